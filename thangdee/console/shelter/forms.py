"""What an officer types into the forms about a resident, read kindly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from thangdee.casework.outcomes.reading.dates import UnclearError, read_age, read_day
from thangdee.casework.outcomes.reading.rows import Told
from thangdee.casework.outcomes.record import FIELDS, LONGEST, LONGEST_WORDS, Consent, How, Record
from thangdee.casework.outcomes.resident_rules import (
    NoAskerError,
    NoAssentError,
    NoNameError,
    NoYesError,
    ResidentRefusedError,
    UnfitDayError,
    YesLapsedError,
)
from thangdee.core.time_words import LOCAL_TIME

SEXES = ("female", "male", "other")
HOWS = tuple(How)
# The fields of the form about her, in the order of the screen.
OWN_FIELDS = FIELDS
CONSENT_FIELDS = ("yes", "asked_by", "how", "on", "found_by", "not_found_by")
TOKEN = re.compile(r"[0-9a-f]{32}")
_ENTERED_BACK, _ASKED_BACK = 20, 5
# Where on the form to look when the rules refuse it.
_AT: dict[type[ResidentRefusedError], str] = {
    NoYesError: "yes",
    NoAskerError: "asked_by",
    UnfitDayError: "on",
    YesLapsedError: "on",
    NoAssentError: "assented_by",
    NoNameError: "given_name",
}


@dataclass
class Typed:
    """A form as it came in, and what is wrong with it: field -> code."""

    values: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def refuse(self, refused: ResidentRefusedError) -> None:
        """Say at a field what the rules say."""
        self.wrong.setdefault(_AT.get(type(refused), "yes"), refused.code)


def typed(form: Mapping[str, Any]) -> Typed:
    """Return the fields of a form as short texts; files and what is no text are left out."""
    return Typed({name: value.strip()[:LONGEST_WORDS] for name, value in form.items() if isinstance(value, str)})


def token_of(form: Typed) -> str | None:
    """Return the one-time name of a form, None where it carries none."""
    return form["token"] if TOKEN.fullmatch(form["token"]) else None


def consent_of(form: Typed, now: datetime) -> Consent:
    """Return her answer as the form says it; what is unclear is noted in the form."""
    on = _day(form, "on", now, _ASKED_BACK)
    if on is None:
        form.wrong.setdefault("on", "no_day")
    how = next((one for one in HOWS if one == form["how"]), None)
    if how is None:
        form.wrong["how"] = "no_how"
    if not form["asked_by"]:
        form.wrong["asked_by"] = "no_asker"
    return Consent(
        is_yes=form["yes"] == "yes",
        asked_by=form["asked_by"],
        how=how or How.SPOKEN,
        on=on or _today(now),
        found_by=form["found_by"],
        not_found_by=form["not_found_by"],
        assented_by=form["assented_by"],
    )


def record_of(form: Typed, consent: Consent, now: datetime) -> Record:
    """Return the record as the form says it; what is unclear is noted in the form."""
    about: dict[str, Any] = {name: form[name][:LONGEST] for name in FIELDS}
    entered = _day(form, "date_entered", now, _ENTERED_BACK)
    about["date_entered"] = entered.isoformat() if entered else None
    about["sex"] = form["sex"] if form["sex"] in SEXES else None
    try:
        about["birth_year_or_age"] = read_age(form["birth_year_or_age"], _today(now))
    except UnclearError as unclear:
        form.wrong["birth_year_or_age"] = unclear.why
    return Record(consent=consent, **about)


def told_of(form: Typed, now: datetime) -> Told:
    """Return what is said once for all rows of a file."""
    how = next((one for one in HOWS if one == form["how"]), None)
    return Told(form["asked_by"][:LONGEST], how, _day(form, "on", now, _ASKED_BACK), form["assented_by"][:LONGEST])


def filled_form(record: Record) -> Typed:
    """Return the form of what is written of her."""
    consent = record.consent
    values = {name: getattr(record, name) or "" for name in FIELDS}
    return Typed(values | {"assented_by": consent.assented_by or ""})


def with_assent(record: Record, form: Typed) -> Record:
    """Return the record with the adult who decided it with her."""
    return replace(record, consent=replace(record.consent, assented_by=form["assented_by"]))


def _day(form: Typed, name: str, now: datetime, years_back: int) -> date | None:
    try:
        return read_day(form[name], _today(now), years_back=years_back)
    except UnclearError as unclear:
        form.wrong[name] = unclear.why
        return None


def _today(now: datetime) -> date:
    return now.astimezone(LOCAL_TIME).date()
