"""Patterns by which months, years and units of time are known, made of the word lists of entity_words.yml."""

import re
from collections.abc import Callable
from functools import cache

from thangdee.flows.word_lists import any_of, word_lists


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return a compiled pattern by its name; all are matched with plain text (`word_lists.plain`)."""
    return re.compile(_MADE[name]())


def _words(*names: str) -> str:
    return any_of([word for name in names for word in word_lists()[name]])


def _named() -> str:
    lists = word_lists()
    weak = [rf"(?P<weak_{number}>{any_of(names)})" for number, names in lists["months_to_mark"].items()]
    strong = [rf"(?P<strong_{number}>{any_of(names)})" for number, names in lists["months"].items()]
    return "|".join(strong + weak)


def _unit() -> str:
    named = "|".join(rf"(?P<{unit}>{any_of(words)})" for unit, words in word_lists()["units"].items())
    return rf"[\s-]*(?:{named})"


def _counted() -> str:
    money = [word for words in word_lists()["currency"].values() for word in words]
    return rf"\s*(?:{any_of(word_lists()['counted'] + money)}|%)"


def _relative_to(unit: str) -> str:
    lists = word_lists()
    native = any_of(lists[unit])
    parts = [rf"{native}\s*(?P<{which}>{any_of(lists[which])})" for which in ("last", "next", "this")]
    return "|".join([*parts, *(rf"(?P<en_{which}>\b{which} {unit}\b)" for which in ("last", "this", "next"))])


_DATE = (
    r"(?<![\d/.-])(?:\d{1,2}[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4}|\d{2})|(?P<month_only>\d{1,2})/(?P<year_only>\d{4})"
    r"|(?P<year_iso>\d{4})-(?P<month_iso>\d{1,2})(?:-\d{1,2})?)(?![\d/-])"
)
_MARK = r"(?P<mark>{})?\s*[,']?\s*(?P<digits>\d{{4}}|\d{{2}})(?![\d,.]?\d)"
_MADE: dict[str, Callable[[], str]] = {
    "date": lambda: _DATE,
    "named": _named,
    "unit": _unit,
    "ago": lambda: rf"\s*{_words('ago')}",
    "counted": _counted,
    "person_end": lambda: rf"{_words('person_before')}\s*$",
    "month_end": lambda: rf"(?:{_words('month')}\s*(?:ที\s*)?|\b{_words('before_english_month')}\s)$",
    "pay_month_end": lambda: rf"{_words('not_month_before')}\s*{_words('month')}\s*$",
    "year_behind": lambda: r"[\s.,]*" + _MARK.format(_words("buddhist", "common", "year") + r"|'"),
    "marked_year": lambda: _MARK.format(_words("buddhist", "common", "year") + r"|(?<![a-z\d])'").replace(")?", ")", 1),
    "in_time_end": lambda: rf"{_words('in_time', 'year', 'born')}\s*$",
    "money_end": lambda: rf"{_words('money_before')}[^\d]{{0,12}}$",
    "relative_month": lambda: _relative_to("month"),
    "relative_year": lambda: _relative_to("year"),
    "one_unit": lambda: rf"(?:(?P<year>{_words('year')})|{_words('month')})\s*(?:หนึง|นึง)",
}
