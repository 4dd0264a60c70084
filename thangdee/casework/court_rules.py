"""Court and compensation as rules: what may be written down, what is still owed, when it may be closed.

Nothing here is worked out for anybody: money counts as paid only where somebody wrote that it was (issue 6, point 7).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from thangdee.core.errors import ThangdeeError

CURRENCIES = ("THB", "LAK", "USD")
# Somebody asks again within this time, for as long as anything is expected.
LONGEST_SILENCE = timedelta(days=90)
LONGEST_NOTE = 2000
_MOST = Decimal("1e13")
_HUNDRED = 100


class Stage(StrEnum):
    """Where a case stands. "Not known yet" is an answer, too."""

    NOT_KNOWN = "not_known"
    POLICE = "police"
    PROSECUTOR = "prosecutor"
    COURT = "court"
    JUDGED = "judged"
    APPEALED = "appealed"
    PAID = "paid"
    STOPPED = "stopped"


class Source(StrEnum):
    """From whom it is known."""

    PERSON = "person"
    LAWYER = "lawyer"
    POLICE = "police"
    PROSECUTOR = "prosecutor"
    COURT = "court"
    SHELTER = "shelter"
    OFFICE = "office"
    NGO = "ngo"
    PAPER = "paper"


class Payer(StrEnum):
    """Who owes or paid."""

    OFFENDER = "offender"
    FUND = "fund"
    EMPLOYER = "employer"


class Way(StrEnum):
    """How money was paid. Through somebody else's hands is a way, too, and stands out."""

    CASH = "cash"
    OWN_ACCOUNT = "own_account"
    CHEQUE = "cheque"
    OFFICE = "office"
    OTHER_PERSON = "other_person"


# After these nobody has to ask again.
LAST = frozenset({Stage.PAID, Stage.STOPPED})


class UnfitEntryError(ThangdeeError):
    """An entry that cannot be true, or leaves out what must be said; `why` is a code."""

    code = "unfit_entry"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotToldError(ThangdeeError):
    """It cannot be closed yet: the person was not told, or the message has not arrived; `why` is a code."""

    code = "not_told"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Telling:
    """When and how the person was told. `is_under_way`: shown in the chat, and the message has not arrived yet."""

    at: datetime
    how: str
    by: str | None = None
    is_under_way: bool = False
    has_failed: bool = False


@dataclass(frozen=True)
class StatusEntry:
    """What a member of staff writes down of a case. `known_on`: since when; `ask_on`: by when somebody asks again."""

    stage: Stage
    known_on: date
    source: Source
    next_on: date | None = None
    ask_on: date | None = None
    note: str = field(default="", repr=False)


@dataclass(frozen=True)
class MoneyEntry:
    """What a member of staff writes down of money. `on_day`, `how`: must be said of what was paid."""

    is_paid: bool
    hundredths: int
    currency: str
    from_whom: Payer
    source: Source
    on_day: date | None = None
    how: Way | None = None


@dataclass(frozen=True)
class Status:
    """What is known of a case. `ask_on`: by when somebody asks again. `staff_id`: who wrote it, or "person"."""

    id: str
    number: int
    stage: Stage
    known_on: date
    source: Source
    looked_at: datetime
    staff_id: str
    next_on: date | None = None
    ask_on: date | None = None
    told: Telling | None = None
    closed_at: datetime | None = None
    note: str = field(default="", repr=False)

    def says_the_same(self, other: "Status | None") -> bool:
        """Tell whether the person would read the same, but for the day it was looked at."""
        return other is not None and (self.stage, self.next_on) == (other.stage, other.next_on)


@dataclass(frozen=True)
class Money:
    """Money due, or paid. Hundredths of a baht, kip or dollar."""

    id: str
    is_paid: bool
    hundredths: int
    currency: str
    from_whom: Payer
    source: Source
    at: datetime
    staff_id: str
    on_day: date | None = None
    how: Way | None = None
    told: Telling | None = None
    is_struck: bool = False


@dataclass(frozen=True)
class Pressure:
    """Once somebody asked the person to take back what she said."""

    id: str
    at: datetime
    seen_at: datetime | None = None
    seen_by: str | None = None


@dataclass(frozen=True)
class CourtFile:
    """All of one matter, newest last; struck-out money stays to be seen."""

    matter_id: str
    history: tuple[Status, ...] = ()
    money: tuple[Money, ...] = ()
    pressures: tuple[Pressure, ...] = ()

    @property
    def status(self) -> Status | None:
        """What is known now."""
        return self.history[-1] if self.history else None

    @property
    def counted(self) -> tuple[Money, ...]:
        """The money that was not struck out."""
        return tuple(one for one in self.money if not one.is_struck)

    @property
    def tellings(self) -> tuple[Telling | None, ...]:
        """When she was told of what counts now: the status, then the money."""
        return (*(one.told for one in self.history[-1:]), *(one.told for one in self.counted))

    @property
    def is_untold(self) -> bool:
        """Whether something was not told to the person yet."""
        return None in self.tellings


@dataclass(frozen=True)
class Owed:
    """One kind of money: what is due and what was paid, never the one for the other."""

    currency: str
    due: int
    paid: int

    @property
    def missing(self) -> int:
        """What is due and was not paid; nothing where more was paid than was due."""
        return max(self.due - self.paid, 0)


def owed(money: Iterable[Money]) -> tuple[Owed, ...]:
    """Return what is due and paid, by currency."""
    counted = [one for one in money if not one.is_struck]
    return tuple(
        Owed(
            currency,
            sum(one.hundredths for one in counted if one.currency == currency and not one.is_paid),
            sum(one.hundredths for one in counted if one.currency == currency and one.is_paid),
        )
        for currency in CURRENCIES
        if any(one.currency == currency for one in counted)
    )


def is_money_expected(known: CourtFile) -> bool:
    """Tell whether money is still to come: then the warning about strangers' accounts is read, by everybody."""
    return any(one.missing for one in owed(known.money))


def check_status(new: StatusEntry, known: CourtFile, today: date) -> None:
    """Refuse what cannot stand in the record. Raises UnfitEntryError."""
    _need(new.known_on <= today, "known_later")
    _need(new.next_on is None or new.next_on >= new.known_on, "next_before")
    is_paid = any(one.is_paid for one in known.counted)
    _need(new.stage is not Stage.PAID or is_paid, "nothing_paid")
    _need(len(new.note) <= LONGEST_NOTE, "long_note")
    if new.stage in LAST:
        return
    _need(new.ask_on is not None, "nobody_asks")
    _need(new.ask_on is None or today <= new.ask_on <= today + LONGEST_SILENCE, "asks_too_late")


def check_money(new: MoneyEntry, known: CourtFile, today: date) -> None:
    """Refuse money that cannot be. Raises UnfitEntryError."""
    # "Not known yet" can be written; money of a case that nobody knows says too little.
    _need(known.status is not None, "no_status")
    _need(new.hundredths > 0, "no_amount")
    _need(new.currency in CURRENCIES, "no_currency")
    if new.is_paid:
        _need(new.on_day is not None, "no_day")
        _need(new.on_day is None or new.on_day <= today, "paid_later")
        _need(new.how is not None, "no_way")


def check_close(known: CourtFile) -> None:
    """Refuse to close what the person does not know, or what says "paid" and is not. Raises NotToldError."""
    status = known.status
    if status is None or status.closed_at is not None:
        raise NotToldError("nothing_open")
    if known.is_untold:
        raise NotToldError("not_told")
    told = [one for one in known.tellings if one is not None]
    if any(one.has_failed for one in told):
        raise NotToldError("not_arrived")
    if any(one.is_under_way for one in told):
        raise NotToldError("under_way")
    if status.stage is Stage.PAID and is_money_expected(known):
        raise NotToldError("less_paid")


def amount(written: str) -> int:
    """Return hundredths of what was written, such as "12,000" or "1500.50". Raises UnfitEntryError."""
    plain = written.strip().replace(",", "").replace(" ", "")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise UnfitEntryError("no_amount") from error
    _need(plain.replace(".", "", 1).isdecimal() and 0 < value < _MOST, "no_amount")
    hundredths = value * _HUNDRED
    _need(hundredths == hundredths.to_integral_value(), "no_amount")
    return int(hundredths)


def written(hundredths: int) -> str:
    """Return an amount with its thousands apart: "12,000", "1,500.50"."""
    whole, rest = divmod(hundredths, _HUNDRED)
    return f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"


def _need(is_right: bool, why: str) -> None:
    if not is_right:
        raise UnfitEntryError(why)
