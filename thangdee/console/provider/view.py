"""What a receiver's page shows: fields with their names, times to promise, moments, in the viewer's language."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from thangdee.casework.media import Media
from thangdee.casework.providers.receiving import Asked, Received
from thangdee.casework.referrals.facts import Value
from thangdee.casework.referrals.field_words import name_of, words_of
from thangdee.casework.referrals.model import Field, Speed
from thangdee.console.desk_view import language_of
from thangdee.core import words
from thangdee.core.time_words import LOCAL_TIME, SAYABLE, weekday, when

_URGENT = (timedelta(hours=1), timedelta(hours=2), timedelta(hours=4))
_SOON = timedelta(hours=4)
_QUARTER = timedelta(minutes=15)
_MORNING = time(10)
_DAY_ENDS = time(17)
_AT = "%Y-%m-%dT%H:%M"
# Somebody else may look at the phone or answer it.
_SEEN_BY_OTHERS = frozenset({"others", "sometimes"})
_MARK_LENGTH = 16


@dataclass(frozen=True)
class Choice:
    """A time to promise: what the form sends, and how it is said."""

    value: str
    label: str


@dataclass(frozen=True)
class ShownField:
    """One field. `language`: of the letters, where they are the person's own. `dial`: what a phone dials.

    `file`: a recording; None: gone.
    """

    name: str
    label: str
    words: str
    language: str | None
    is_sensitive: bool
    dial: str
    has_file: bool
    file: Media | None


@dataclass(frozen=True)
class ShownQuestion:
    """One question of theirs. `answer`: in words, None while there is none to show."""

    code: str
    words: str | None
    state: str
    answer: str | None
    language: str | None
    has_file: bool
    file: Media | None
    at: str


def moment(at: datetime, now: datetime, language: str) -> str:
    """Return a moment in words where it lies close ahead, else with its day."""
    local = at.astimezone(LOCAL_TIME)
    if now <= at <= now + SAYABLE:
        return when(at, now, language)
    return f"{weekday(at, language)} {local:%d/%m/%Y %H:%M}"


def promises(speed: Speed, now: datetime, language: str) -> list[Choice]:
    """Return the times that are offered to promise; the first is the one that is chosen already."""
    if speed is Speed.URGENT:
        return [_choice(_up(now + length), now, language) for length in _URGENT]
    today = now.astimezone(LOCAL_TIME).date()
    days = [datetime.combine(today + timedelta(days=number), _MORNING, LOCAL_TIME) for number in (1, 2, 3)]
    soon = _up(now + _SOON).astimezone(LOCAL_TIME)
    is_today = soon.date() == today and _MORNING <= soon.time() <= _DAY_ENDS
    return [_choice(one, now, language) for one in ([soon, *days] if is_today else days)]


def promised(chosen: str, day: str, clock: str) -> datetime | None:
    """Return the time that a form says; None where it says none that can be read."""
    written = f"{day}T{clock[:5]}" if chosen == "other" else chosen
    try:
        return datetime.strptime(written, _AT).replace(tzinfo=LOCAL_TIME)
    except ValueError:
        return None


def shown_fields(told: dict[Field, Value], files: dict[str, Media], language: str) -> list[ShownField]:
    """Return the fields in the order of the person's screens."""
    return [
        ShownField(
            name=field.value,
            label=name_of(field, language),
            words=words_of(field, _without_file(value), language),
            language=language_of(str(value.get("text", ""))),
            is_sensitive=bool(value.get("tell_no_family")),
            dial=_digits(str(value.get("text", ""))) if field is Field.PHONE else "",
            has_file="media" in value,
            file=files.get(str(value.get("media", ""))),
        )
        for field, value in told.items()
    ]


def warnings(told: dict[Field, Value]) -> list[str]:
    """Return what must be minded before the person is approached, as codes: `provider.secret.<code>`."""
    codes = {field: _codes(told.get(field, {})) for field in (Field.PHONE_SEEN, Field.REACH_BY, Field.REACH_HOURS)}
    found = ["phone_seen"] if codes[Field.PHONE_SEEN] & _SEEN_BY_OTHERS else []
    found += ["only_when_i_write"] if "only_when_i_write" in codes[Field.REACH_HOURS] else []
    return found + [one for one in ("chat", "visit") if one in codes[Field.REACH_BY]]


def _codes(value: Value) -> set[str]:
    return {*value.get("codes", ()), *([value["code"]] if "code" in value else [])}


def shown_questions(asked: list[Asked], files: dict[str, Media], now: datetime, language: str) -> list[ShownQuestion]:
    """Return their questions with what is told of the answers."""
    return [_question(one, files, now, language) for one in asked]


def mark_of(received: Received, told: frozenset[Field], asked: list[str], tries: int) -> str:
    """Return a mark that changes with all that the page shows; it tells nothing itself."""
    one = received.referral
    seen = (received.is_open, one.state.value, one.contact_by, sorted(told), asked, tries)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:_MARK_LENGTH]


def _question(one: Asked, files: dict[str, Media], now: datetime, language: str) -> ShownQuestion:
    value = one.answer or {}
    code = value.get("code")
    said = words.text(f"provider.answer.{one.question.code}.{code}", language) if code else value.get("text")
    return ShownQuestion(
        code=one.question.code,
        words=one.words,
        state=one.question.state.value,
        answer=None if said is None else str(said),
        language=language_of(str(value.get("text", ""))),
        has_file="media" in value,
        file=files.get(str(value.get("media", ""))),
        at=moment(one.question.asked_at, now, language),
    )


def _digits(number: str) -> str:
    return "".join(one for one in number if one in "+0123456789")


def _without_file(value: Value) -> Value:
    return {name: said for name, said in value.items() if name != "media"}


def _choice(at: datetime, now: datetime, language: str) -> Choice:
    return Choice(at.astimezone(LOCAL_TIME).strftime(_AT), moment(at, now, language))


def _up(at: datetime) -> datetime:
    """Return the next full quarter of an hour."""
    past = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at if not past else at - past + _QUARTER
