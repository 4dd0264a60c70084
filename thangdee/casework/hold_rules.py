"""Which replies wait for a second person: those that could tell where somebody is sheltered (R19).

A shelter's name, in any of three scripts and however it is spelled; in a talk about a missing relative also any
province or district of Thailand; and what is known of a case that this chat is linked with.
"""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Collection
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.alerts import alert
from thangdee.casework.chats import Chat
from thangdee.casework.enquiries.tables import enquiry
from thangdee.casework.shelter_names import ShelterNames, read_shelter_names
from thangdee.casework.thai_places import names_thai_place
from thangdee.casework.transcripts import said
from thangdee.core.script import skeleton
from thangdee.referral_directory.snapshot import revision_of

# The intents of somebody who looks for somebody (flows/intents.yml).
TRACING = frozenset({"find_relative", "paid_finder", "tracing_status", "info_shelter_contact"})
_SHORTEST_TERM = 3
# Letters of other scripts that look like ours, marks that nobody sees, and words with a gap after each letter.
_LOOKALIKES = str.maketrans(
    "аеорсухіѕԁһјԛԝкмтнвАЕОРСУХІЅЈКМТНВΑΒΕΖΗΙΚΜΝΟΡΤΥΧο0", "aeopcyxisdhjqwkmthbAEOPCYXISJKMTHBABEZHIKMNOPTYXoo"
)
_UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u180b-\u180f\u200b-\u200f\u2060-\u2064\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_SPREAD = re.compile(r"\b[A-Za-z](?:[\W_]{1,2}[A-Za-z]\b){3,}")
_NO_LETTER = re.compile(r"[\W_]+")

# Returns what is known of the cases that a chat is linked with: names, places, phone numbers.
CaseTerms = Callable[[AsyncConnection, str], Awaitable[Collection[str]]]
# Tells whether words have one of the terms in them by ear, in whichever script.
SoundAlike = Callable[[str, Collection[str]], bool]


class HoldReason(StrEnum):
    """Why a reply waits."""

    SHELTER = "shelter"
    PROVINCE = "province"
    CASE = "case"


async def no_case_terms(_connection: AsyncConnection, _chat_id: str) -> Collection[str]:
    """Return nothing: no chat is linked with a case."""
    return ()


def no_sounds(_words: str, _terms: Collection[str]) -> bool:
    """Listen to nothing: terms are looked for as they are written."""
    return False


class HoldRules:
    """Asks the rules; reads the shelters' names again when the directory changed."""

    def __init__(self, case_terms: CaseTerms = no_case_terms, sound_alike: SoundAlike = no_sounds) -> None:
        self._case_terms = case_terms
        self._sound_alike = sound_alike
        self._shelters = ShelterNames(())
        self._revision: tuple[int, ...] | None = None

    async def why_held(self, connection: AsyncConnection, whose: Chat, words: str) -> HoldReason | None:
        """Return why these words to this person wait for a second person, None if they do not."""
        words = all_spellings(words)
        terms = await self._case_terms(connection, whose.id)
        letters, written = [skeleton(term) for term in terms], skeleton(words)
        if any(len(term) >= _SHORTEST_TERM and term in written for term in letters) or self._sound_alike(words, terms):
            return HoldReason.CASE
        if await self._names_shelter(connection, words):
            return HoldReason.SHELTER
        if names_thai_place(words) and await is_about_missing(connection, whose):
            return HoldReason.PROVINCE
        return None

    async def _names_shelter(self, connection: AsyncConnection, words: str) -> bool:
        revision = await revision_of(connection)
        if revision != self._revision:
            self._shelters = await read_shelter_names(connection)
            self._revision = revision
        return self._shelters.are_in(words)


def all_spellings(words: str) -> str:
    """Return the words and, below, the same without disguise: what a reader sees is what the rules should see."""
    plain = "".join(one if "\u0e00" <= one <= "\u0eff" else unicodedata.normalize("NFKC", one) for one in words)
    plain = _UNSEEN.sub("", plain).translate(_LOOKALIKES)
    plain = _SPREAD.sub(lambda found: _NO_LETTER.sub("", found[0]), plain)
    return words if plain == words else f"{words}\n\n{plain}"


async def is_about_missing(connection: AsyncConnection, whose: Chat) -> bool:
    """Tell whether this person ever spoke of somebody who is missing: topic, alerts, words that are kept."""
    if whose.session.topic in TRACING:
        return True
    asks = select(enquiry.c.id).where(enquiry.c.chat_id == whose.id).limit(1)
    if (await connection.execute(asks)).scalar() is not None:
        return True
    raised = select(alert.c.id).where(alert.c.chat_id == whose.id, alert.c.reason.in_(TRACING)).limit(1)
    if (await connection.execute(raised)).scalar() is not None:
        return True
    heard = select(said.c.id).where(said.c.chat_id == whose.id, said.c.intent.in_(TRACING)).limit(1)
    return (await connection.execute(heard)).scalar() is not None
