"""Entities: months, years, money and ages as people write them, in five ways of writing; places come along."""

import time
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
import yaml

from thangdee.flows.entities import Entities, entities_in
from thangdee.flows.entity_dates import Reading, common_era, dates_in, durations_in

TODAY = date(2026, 11, 22)
MESSAGES = yaml.safe_load(Path(__file__).with_name("entity_messages.yml").read_text(encoding="utf-8"))
FIELDS = ("places", "months", "years", "durations", "money", "ages")


def _told(found: Entities) -> dict[str, list[object]]:
    """What was found, written as in the file."""
    told = {
        "places": [mention.place.code for mention in found.places],
        "months": [f"{one.number}/{one.year}" if one.year else str(one.number) for one in found.months],
        "years": list(found.years),
        "durations": [f"{one.count} {one.unit}" for one in found.durations],
        "money": [f"{one.amount} {one.currency or '?'}" for one in found.money],
        "ages": [f"{one.years}" + (f" {one.whose}" if one.whose != "untold" else "") for one in found.ages],
    }
    return {name: listed for name, listed in told.items() if listed}


@pytest.mark.parametrize("message", MESSAGES, ids=[one["text"] or "empty" for one in MESSAGES])
def test_a_message_tells_this_and_nothing_else(message: dict) -> None:
    wanted = {
        name: [type_ if name == "years" else str(type_) for type_ in message[name]]
        for name in FIELDS
        if name in message
    }

    assert _told(entities_in(message["text"], TODAY)) == wanted


def test_there_are_messages_of_every_kind() -> None:
    assert len(MESSAGES) >= 150
    for name in FIELDS[1:]:
        assert sum(name in message for message in MESSAGES) >= 15, name


@pytest.mark.parametrize(
    ("written", "era", "year"),
    [
        (2566, None, 2023), (2023, None, 2023), (66, None, 2023), (23, None, 2023), (69, None, 2026), (70, None, 2027), (71, None, 1971),
        (98, None, 1998), (26, None, 2026), (5, "common", 2005), (66, "common", 1966), (43, "buddhist", 2000),
        (2023, "buddhist", None), (2566, "common", None), (1066, None, None), (9999, None, None),
    ],
)  # fmt: skip
def test_years_end_in_the_common_era(written: int, era: str | None, year: int | None) -> None:
    assert common_era(written, TODAY, era=era) == year


def test_results_are_codes_and_numbers_never_words() -> None:
    found = entities_in("ລູກສາວອາຍຸ 15 ໄປເດືອນ 3 ປີ 66 ຕິດໜີ້ 3 ໝື່ນບາດ ຢູ່ 2 ປີ", TODAY)

    known = {"THB", "LAK", "USD", "day", "week", "month", "year", "self", "other", "untold"}
    values = [
        getattr(one, field.name)
        for name in ("months", "durations", "money", "ages")
        for one in getattr(found, name)
        for field in fields(one)
    ]
    assert values
    assert {value for value in values if isinstance(value, str)} <= known


def test_a_minor_is_under_eighteen() -> None:
    assert [one.is_minor for text in ("ອາຍຸ 17", "ອາຍຸ 18") for one in entities_in(text, TODAY).ages] == [True, False]


@pytest.mark.parametrize(
    "piece", ["ລູກສາວອາຍຸ 15 ຕິດໜີ້ 3 ໝື່ນ ", "หา", "1 2 3 4 ", "ເດືອນ 3 ", "five hundred thousand ", "สิบ", "1,", "a"]
)
def test_the_longest_message_is_read_in_time(piece: str) -> None:
    text = (piece * 4096)[:4096]
    reading = Reading.of(text, TODAY)
    dates_in(reading)
    started = time.process_time()

    for _ in range(3):
        reading = Reading.of(text, TODAY)
        dates_in(reading)
        durations_in(reading)
    spent = (time.process_time() - started) / 3

    assert spent < 0.5  # a generous limit for a busy machine: what must not happen is quadratic time
