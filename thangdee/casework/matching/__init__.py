"""Tells whether a resident of a shelter may be the person whom a family looks for.

Names in three scripts, places and years as people write them. Pure: no database. What is stored for look-ups are hashes
of 16 bits (`hashed`); only those who share enough of them with an enquiry (`block_weights`, `most_sharing`) are
decrypted and scored (`score`).
"""

from thangdee.casework.matching.blocks import (
    MOST_CANDIDATES,
    LooksUp,
    block_weights,
    blocks,
    hashed,
    hashed_each,
    most_sharing,
)
from thangdee.casework.matching.index import ResidentIndex, UnkeyedHashes
from thangdee.casework.matching.person import Described, described_enquiry, described_resident
from thangdee.casework.matching.ranking import Candidate, is_alert, score
from thangdee.casework.matching.reasons import REASONS, reason_key

__all__ = [
    "MOST_CANDIDATES",
    "REASONS",
    "Candidate",
    "Described",
    "LooksUp",
    "ResidentIndex",
    "UnkeyedHashes",
    "block_weights",
    "blocks",
    "described_enquiry",
    "described_resident",
    "hashed",
    "hashed_each",
    "is_alert",
    "most_sharing",
    "reason_key",
    "score",
]
