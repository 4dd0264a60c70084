"""A register in memory, with exactly the look-ups that the sealed one in the database has: hashes of 16 bits."""

from array import array
from collections import defaultdict
from functools import lru_cache
from hashlib import blake2b

from thangdee.casework.matching.blocks import (
    MOST_CANDIDATES,
    LooksUp,
    block_weights,
    blocks,
    hashed_each,
)
from thangdee.casework.matching.person import Described
from thangdee.casework.matching.ranking import Candidate, score


class UnkeyedHashes:
    """Hashes for a register that lives only in the memory of one command."""

    def look_up(self, purpose: str, value: str) -> str:
        """Return the hash of a value in hex digits."""
        return _hash(f"{purpose}|{value}")


class ResidentIndex:
    """Residents by their hashed blocks."""

    def __init__(self, keys: LooksUp) -> None:
        self._keys = keys
        self._residents: list[tuple[str, Described]] = []
        self._having: dict[str, array[int]] = defaultdict(lambda: array("I"))

    def __len__(self) -> int:
        return len(self._residents)

    def add(self, id_: str, resident: Described) -> None:
        """Add one resident."""
        number = len(self._residents)
        self._residents.append((id_, resident))
        for one in set(hashed_each(self._keys, blocks(resident)).values()):
            self._having[one].append(number)

    def candidates(self, enquiry: Described, limit: int = MOST_CANDIDATES) -> list[tuple[str, Described]]:
        """The residents who share the most blocks with the enquiry, the rare ones weighing more."""
        weights = block_weights(self._sizes(set(hashed_each(self._keys, blocks(enquiry)).values())), len(self))
        shared: dict[int, float] = defaultdict(float)
        for one, weight in weights.items():
            for number in self._having[one]:
                shared[number] += weight
        best = sorted(shared, key=lambda number: (-shared[number], number))[:limit]
        return [self._residents[number] for number in best]

    def bucket_sizes(self, enquiry: Described) -> dict[str, int]:
        """Of each plain block of the enquiry, how many residents have it."""
        each = hashed_each(self._keys, blocks(enquiry))
        sizes = self._sizes(set(each.values()))
        return {plain: sizes[one] for plain, one in each.items()}

    def find(self, enquiry: Described) -> list[Candidate]:
        """Rank the residents who may be the person, best first."""
        return score(
            enquiry,
            self.candidates(enquiry),
            register_size=len(self),
            bucket_sizes=self.bucket_sizes(enquiry),
        )

    def _sizes(self, hashes: set[str]) -> dict[str, int]:
        return {one: len(self._having[one]) if one in self._having else 0 for one in hashes}


@lru_cache(maxsize=1 << 18)
def _hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
