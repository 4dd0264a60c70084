"""When a resident may be entered: with her own yes, and never without (R20b)."""

from datetime import datetime

from thangdee.casework.outcomes.record import NAMES, Record, is_minor, lapses_at
from thangdee.core.errors import ThangdeeError
from thangdee.core.time_words import LOCAL_TIME


class ResidentRefusedError(ThangdeeError):
    """The entry cannot be taken as it is; nothing of it was stored."""

    code = "resident_refused"


class NoYesError(ResidentRefusedError):
    """She did not say yes to being looked for (R20b)."""

    code = "no_yes"


class NoAskerError(ResidentRefusedError):
    """It is not said who asked her."""

    code = "no_asker"


class UnfitDayError(ResidentRefusedError):
    """The day of her yes lies ahead."""

    code = "unfit_day"


class YesLapsedError(ResidentRefusedError):
    """Her yes is older than 180 days: she is asked again."""

    code = "yes_lapsed"


class NoAssentError(ResidentRefusedError):
    """She may be under 18, and it is not said which adult decided it with her (R8, R9)."""

    code = "no_assent"


class NoNameError(ResidentRefusedError):
    """There is no name of any kind."""

    code = "no_name"


def check(record: Record, now: datetime) -> None:
    """Raise ResidentRefusedError, of the first kind that holds, where a record may not be stored."""
    consent, today = record.consent, now.astimezone(LOCAL_TIME).date()
    if not consent.is_yes:
        raise NoYesError("no yes, no entry")
    if not consent.asked_by:
        raise NoAskerError("who asked her?")
    if consent.on > today:
        raise UnfitDayError("a day that lies ahead")
    if lapses_at(consent) <= now:
        raise YesLapsedError("ask her again")
    if is_minor(record, today) and not consent.assented_by:
        raise NoAssentError("under 18, or nobody knows")
    if not any(getattr(record, name) for name in NAMES):
        raise NoNameError("no name at all")
