"""Whom an enquiry may mean: ranked anew each time, opened one by one, and only while the search is open (R15, R20b)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries.model import Enquiry
from thangdee.casework.matching import Candidate, is_alert, score
from thangdee.casework.outcomes import described, residents, searches, shortlist
from thangdee.casework.outcomes.record import Record, is_minor
from thangdee.casework.outcomes.residents import NoSuchEntryError
from thangdee.core.errors import SealBrokenError, ThangdeeError
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.vault import Vault

MOST = 10
# Below this nobody is shown: a page of unlikely people would be a list of residents.
LEAST_SCORE = 0.001
LIKELY, POSSIBLE = 0.6, 0.1


class NotACandidateError(ThangdeeError):
    """The resident is not among those whom the enquiry may mean; there is no other way to one (R20b)."""

    code = "not_a_candidate"


@dataclass(frozen=True)
class Ranked:
    """What a search found, best first. `is_alert`: the first is worth somebody's time."""

    candidates: tuple[Candidate, ...]
    is_alert: bool


@dataclass(frozen=True)
class Compared:
    """One candidate, opened beside the enquiry. `is_wary`: she said by whom she does not wish to be found."""

    candidate: Candidate
    record: Record
    is_minor: bool
    is_wary: bool


async def search(connection: AsyncConnection, vault: Vault, whole: Enquiry, now: datetime) -> Ranked:
    """Rank the residents whom the enquiry may mean. Raises SearchLockedError, StageRefusedError."""
    await searches.need_open(connection, whole.id, now)
    what = await described.told(connection, vault, whole.id)
    sought = described.described(whole, what)
    few = await shortlist.shortlist(connection, vault, sought, now)
    found = score(sought, few.people, register_size=few.register_size, bucket_sizes=few.bucket_sizes)
    return Ranked(tuple(one for one in found if one.score >= LEAST_SCORE)[:MOST], is_alert(found))


async def compare(
    connection: AsyncConnection, vault: Vault, whole: Enquiry, resident_id: str, now: datetime
) -> Compared:
    """Open one candidate of this search. Raises SearchLockedError, StageRefusedError, NotACandidateError."""
    one = await _one_of_them(connection, vault, whole, resident_id, now)
    try:
        entry = await residents.opened(connection, vault, resident_id, now)
    except (NoSuchEntryError, SealBrokenError) as error:
        raise NotACandidateError("no longer there") from error
    record, today = entry.record, now.astimezone(LOCAL_TIME).date()
    return Compared(one, record, is_minor(record, today), bool(record.consent.not_found_by))


async def judge(
    connection: AsyncConnection,
    vault: Vault,
    whole: Enquiry,
    resident_id: str,
    verdict: str,
    staff_id: str,
    now: datetime,
) -> None:
    """Write down what a tracer thinks of one of them. Raises as `compare` does, and UnfitNoteError."""
    await _one_of_them(connection, vault, whole, resident_id, now)
    await searches.judge(connection, whole.id, resident_id, verdict, staff_id, now)


def likeliness(one: Candidate) -> str:
    """Return a score as staff read it: likely, possible, unlikely."""
    return "likely" if one.score >= LIKELY else "possible" if one.score >= POSSIBLE else "unlikely"


async def _one_of_them(
    connection: AsyncConnection, vault: Vault, whole: Enquiry, resident_id: str, now: datetime
) -> Candidate:
    ranked = await search(connection, vault, whole, now)
    one = next((one for one in ranked.candidates if one.id == resident_id), None)
    if one is None and resident_id in await searches.verdicts(connection, whole.id):
        one = Candidate(resident_id, 0.0, ())  # was one when somebody judged, before more was known
    if one is None:
        raise NotACandidateError("not among them")
    return one
