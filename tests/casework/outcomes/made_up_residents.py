"""Made-up residents for tests."""

from dataclasses import replace
from datetime import date

from tests.clock import SetClock
from thangdee.casework.outcomes.record import Consent, How, Record


def today(clock: SetClock) -> date:
    return clock.now().date()


def resident(clock: SetClock, **given) -> Record:
    """Keo, 20, of Nasai, who said yes yesterday's yesterday; `given` changes her."""
    consent = Consent(is_yes=True, asked_by="Somjai", how=How.SPOKEN, on=today(clock), found_by="my mother")
    about = {"given_name": "แก้ว", "family_name": "วงสา", "nickname": "น้อย", "sex": "female", "birth_year_or_age": "20"}
    about |= {"village": "นาไซ", "district": "ไชยธานี", "province": "นครหลวงเวียงจันทน์", "date_entered": "2026-01-05"}
    return Record(consent=given.pop("consent", consent), **about | given)


def without_yes(clock: SetClock) -> Record:
    one = resident(clock)
    return replace(one, consent=replace(one.consent, is_yes=False))
