"""What a message tells besides its intent: places, months and years, sums of money, ages. Codes and numbers only.

Found by the service with word lists, not by Rasa: it must work while Rasa is away, and Rasa gets codes only (note 9).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from thangdee.flows.entity_dates import Duration, Month, Reading, common_era, dates_in, durations_in, unit_after
from thangdee.flows.number_words import Number
from thangdee.flows.word_lists import any_of, word_lists
from thangdee.referral_directory.places import Mention, places_in

ADULT = 18
_OLDEST = 99
# Fewer years than these beside a word for a child or at the beginning of a message are a length of time or a count.
_LEAST_ALONE, _LEAST_CHILD = 10, 7


@dataclass(frozen=True)
class Money:
    """A sum. `currency` is "THB", "LAK", "USD", or None when unsaid."""

    amount: int
    currency: str | None = None


@dataclass(frozen=True)
class Age:
    """Years of age, the lowest that the words allow. `whose`: the writer's, that of a child spoken of, or untold."""

    years: int
    whose: Literal["self", "other", "untold"] = "untold"

    @property
    def is_minor(self) -> bool:
        """Whether under 18."""
        return self.years < ADULT


@dataclass(frozen=True)
class Entities:
    """All that was found. `places` in the order of the text, with where they stand in it."""

    places: tuple[Mention, ...] = ()
    months: tuple[Month, ...] = ()
    years: tuple[int, ...] = ()
    durations: tuple[Duration, ...] = ()
    money: tuple[Money, ...] = ()
    ages: tuple[Age, ...] = ()


def entities_in(text: str, today: date) -> Entities:
    """Read a message; `today` gives "last month" and two-digit years their meaning."""
    reading = Reading.of(text, today)
    ages = tuple(_ages(reading))
    months, years = dates_in(reading)
    money = tuple(_money(reading))
    return Entities(places_in(text), months, years, durations_in(reading), money, ages)


def _ages(reading: Reading) -> Iterator[Age]:
    yield from _ages_by_birth(reading)
    for number in reading.free():
        age = _age(reading, number)
        if age is not None:
            reading.taken.add(number.start)
            yield age


def _ages_by_birth(reading: Reading) -> Iterator[Age]:
    """Read "ເກີດປີ 2010": whether the birthday has been this year is unknown, so the lower age counts (R8)."""
    for match in _pattern("born").finditer(reading.text):
        born = common_era(int(match["digits"]), reading.today)
        if born and 0 < reading.today.year - born <= _OLDEST:
            reading.take(match.start("digits"), match.end())
            yield Age(reading.today.year - born - 1, "self")


def _age(reading: Reading, number: Number) -> Age | None:
    if not 0 < number.value <= _OLDEST or number.is_scaled:
        return None
    before, unit = reading.before(number.start), unit_after(reading, number)
    is_other_unit = unit in ("day", "week", "month") or (unit is None and _is_counted(reading, number))
    if is_other_unit:
        return None
    if _pattern("not_yet").search(before):
        return Age(number.value - 1, _whose(before)) if _is_not_yet_an_age(number, before) else None
    is_old = _pattern("old").match(reading.text, number.end) is not None
    if _pattern("rule").search(before) or (is_old and _pattern("rule_number").search(before)):
        reading.taken.add(number.start)  # "must I be 18?" tells nobody's age, and is no length of time
        return None
    if is_old or _pattern("marker").search(before):
        return Age(number.value, _whose(before))
    return _age_beside_person(reading, number, before, has_unit=unit == "year")


def _is_not_yet_an_age(number: Number, before: str) -> bool:
    """Tell whether it is an age: "ຍັງບໍ່ຮອດ 18" is an age; "ยังไม่ถึง 3 ปี" may be a length of time."""
    return number.value >= _LEAST_ALONE or bool(_pattern("anywhere_marker").search(before))


def _age_beside_person(reading: Reading, number: Number, before: str, *, has_unit: bool) -> Age | None:
    is_lasting = has_unit and _pattern("lasting_after").match(reading.text, number.end) is not None
    if _pattern("child").search(before):
        least = 1 if has_unit else _LEAST_CHILD
        return Age(number.value, "other") if number.value >= least and not is_lasting else None
    person = _pattern("person").search(before)
    if person or _pattern("third").search(before):
        is_plain = has_unit or _pattern("pause").match(reading.text, number.end) is not None
        is_lasting = has_unit and _pattern("lasting_close").match(reading.text, number.end) is not None
        is_age = is_plain and not is_lasting and number.value >= _LEAST_CHILD
        return Age(number.value, "self" if person else "other") if is_age else None
    if has_unit and number.value >= _LEAST_ALONE and not is_lasting and _pattern("begins").search(before):
        return Age(number.value)
    return None


def _is_counted(reading: Reading, number: Number) -> bool:
    return _pattern("counted").match(reading.text, number.end) is not None


def _whose(before: str) -> Literal["self", "other", "untold"]:
    if _pattern("anywhere_child").search(before):
        return "other"
    return "self" if _pattern("anywhere_person").search(before) else "untold"


def _money(reading: Reading) -> Iterator[Money]:
    """Sums in the order of the text. In a range ("60,000-70,000 baht") the currency and "thousand" serve both ends."""
    numbers = list(reading.free())
    amounts = {number.start: number.value for number in numbers}
    currencies = {number.start: _currency(reading, number) for number in numbers}
    for first, second in zip(reversed(numbers[:-1]), reversed(numbers[1:]), strict=True):
        if _pattern("range").fullmatch(reading.text, first.end, second.start):
            currencies[first.start] = currencies[first.start] or currencies[second.start]
            if second.is_scaled and not first.is_scaled and first.value < 100:
                amounts[first.start] = first.value * 10 ** (len(str(second.value)) - 1)
    for number in numbers:
        currency, is_raised = currencies[number.start], amounts[number.start] != number.value
        if currency or is_raised or _is_sum(reading, number):
            reading.taken.add(number.start)
            yield Money(amounts[number.start], currency)


def _currency(reading: Reading, number: Number) -> str | None:
    for name in word_lists()["currency"]:
        if _pattern(f"{name}_after").match(reading.text, number.end):
            return str(name)
        if _pattern(f"{name}_before").search(reading.before(number.start)):
            return str(name)
    return None


def _is_sum(reading: Reading, number: Number) -> bool:
    """Tell whether a number without a currency is money: 6 ໝື່ນ, 15k, "ຈ່າຍ 5000"; not 200 people, not a phone number."""
    if _is_counted(reading, number) or number.is_headless or reading.text[number.start] == "0":
        return False
    if number.is_scaled:
        return True
    is_written = not number.is_worded and 100 <= number.value < 10**10
    return is_written and _pattern("money").search(reading.before(number.start)) is not None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    currency, _, side = name.partition("_")
    if currency in word_lists()["currency"]:
        words = any_of(word_lists()["currency"][currency])
        # "ບາດ" is the coin and a wound; ฿ and $ may stand on either side.
        wound = r"(?!แผ|เจ)" if currency == "THB" else ""
        return re.compile(rf"\s*{words}{wound}" if side == "after" else rf"{_SIGNS[currency]}\s*$")
    return re.compile(_made()[name])


_SIGNS = {"THB": "฿", "LAK": "₭", "USD": r"\$"}


@cache
def _made() -> dict[str, str]:
    lists = word_lists()
    ages = {name: any_of(words) for name, words in lists["ages"].items()}
    money = [word for words in lists["currency"].values() for word in words]
    filler = rf"(?:\s*(?:{ages['filler']}))*\s*"
    year = any_of(lists["units"]["year"])
    era = any_of(lists["year"] + lists["buddhist"] + lists["common"])
    return {
        "born": rf"{any_of(lists['born'])}\s*(?:ใน|in|ตอน)?\s*{era}?\s*(?P<digits>\d{{4}})(?!\d)",
        "marker": rf"{ages['marker']}(?:\s*{ages['rule_between']})?{filler}$",
        "rule": rf"(?:{ages['rule_before']}\s*{ages['marker']}|{ages['marker']}\s*{ages['rule_between']}){filler}$",
        "rule_number": rf"{ages['rule_before']}\s*$",
        "not_yet": rf"{ages['not_yet']}\s*$",
        "old": rf"[\s-]*{ages['old']}",
        "child": rf"{ages['child']}{filler}$",
        "person": rf"{ages['person']}{filler}$",
        "third": rf"{ages['third']}{filler}$",
        "anywhere_marker": ages["marker"],
        "anywhere_child": ages["child"],
        "anywhere_person": ages["person"],
        "begins": r"(?:^|[\n.,;!?])\s*$",
        "pause": rf"\s*(?:$|[,.;!?\n]|{year}|{ages['polite']})",
        "lasting_close": rf"\s*{year}{ages['lasting_after']}",
        "lasting_after": rf"\s*{year}\s*{ages['lasting_after']}",
        "counted": rf"\s*(?:{any_of(lists['counted'] + money)}|%)",
        "range": r"\s*(?:-|–|~|ถึง|ถืง|หา|ฮอด|to|or|หลื|หรือ|thueng|hot)?\s*",
        "money": rf"{any_of(lists['money_before'])}[^\d\n]{{0,14}}$",
    }
