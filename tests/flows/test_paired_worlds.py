"""The same person in two worlds, with her in a shelter and without: what they are sent, and when, is the same (R14).

A thousand pairs run in `python -m bench.enquiry_worlds --lives 1000`; here some of them, and faults that must be seen.
"""

import asyncio
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select, update

from bench.enquiries.dialogues import dialogue, faults, how_many
from bench.enquiries.lives import Twin, life, run
from bench.enquiries.staff import CANARY
from bench.enquiries.world import Line, Rasa, World
from thangdee.casework.enquiries.tables import enquiry
from thangdee.casework.outcomes.model import Stage
from thangdee.casework.outcomes.tables import search
from thangdee.core.columns import metadata
from thangdee.core.jobs import job
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Part, Reply

LIVES, DIALOGUES, SEED = 60, 40, 3
# Screens of other matters to which the model leads now and then; they say nothing about anybody's whereabouts.
_OTHER_SCREENS = (("help.what",), ("court.lead",), ("referral.none",))
_LATER = {Stage.ASKING_HER, Stage.RELEASING, Stage.TOLD}
_DRAWN = re.compile(r"[0-9a-f]{12,}|\b[23456789BCDFGHJKMNPQRSTVWXZ]{8}\b|\b[A-Z0-9]{5}\b")
# What staff's own work leaves in the main schema: that something was done, by whom and when; and the residents' keys.
_OF_STAFF = {"audit", "audit_start", "change", "data_key"}


@pytest.fixture(scope="module")
def seen() -> dict[str, Counter[str]]:
    """What differs between the two main schemas: filled by the run."""
    return {}


@pytest.fixture(scope="module")
def twins(prepared_folder: Path, seen: dict[str, Counter[str]]) -> list[Twin]:
    async def look(found: World, nobody: World) -> None:
        for name, table in metadata.tables.items():
            rows = [await _rows(world, table) for world in (found, nobody)]
            seen[name] = Counter({**(rows[0] - rows[1]), **(rows[1] - rows[0])})

    return asyncio.run(run([life(number, SEED) for number in range(LIVES)], look, prepared=prepared_folder))


async def _rows(world: World, table: Any) -> Counter[str]:
    columns = [one for one in table.c if not isinstance(one.type, LargeBinary)]
    async with world.here.database.read() as connection:
        rows = (await connection.execute(select(*columns))).all()
    return Counter(_DRAWN.sub("#", re.sub(r"'id': \d+|^\(\d+", "", str(tuple(row)))) for row in rows)


def _what(lines: tuple[Line, ...]) -> list[tuple[object, ...]]:
    return [(one.kind, one.text, one.buttons) for one in lines]


def test_trace_transcripts_identical(twins: list[Twin]) -> None:
    different = [(one.number, one.end, one.differ[0]) for one in twins if _what(one.found) != _what(one.nobody)]

    assert different == []
    assert len({one.text for each in twins for one in each.found}) > 60  # they were told many things
    assert not [one for each in twins for one in each.found if CANARY in one.text]
    ends = Counter(one.end for one in twins if one.done >= 2)
    assert len(ends) == 8, f"staff came to these ends: {ends}"
    assert sum(one.done for one in twins) > sum(len(one.refused) for one in twins)
    assert sum(one.end.startswith("told") and not one.refused for one in twins) >= 3  # all the way to her family


def test_trace_timing_indistinguishable(twins: list[Twin]) -> None:
    different = [
        (one.number, one.end)
        for one in twins
        if [(line.at, line.kind, line.manner) for line in one.found]
        != [(line.at, line.kind, line.manner) for line in one.nobody]
    ]

    assert different == []
    fixed = [line for one in twins for line in one.found if line.kind == "fixed"]
    assert len({line.at for line in fixed}) > LIVES


def test_the_main_schema_is_the_same_but_that_staff_did_something(
    twins: list[Twin], seen: dict[str, Counter[str]]
) -> None:
    """The chat may read all of it: no row of it may tell what came of an enquiry (R12)."""
    differ = {name: rows.most_common(3) for name, rows in seen.items() if rows and name not in _OF_STAFF}

    assert twins
    assert differ == {}
    assert {row.split("'")[3] for row in seen["audit"] if "apart:deed" not in row} <= {"audit:verify"}


# --- people who should learn nothing ----------------------------------------------------------------------------


async def test_adversarial_dialogues_learn_nothing(rasa_server: tuple[str, str], prepared_folder: Path) -> None:
    """With the real model; three thousand of them run in `python -m bench.enquiry_worlds --pairs 3000`."""
    drawn = [dialogue(number, SEED) for number in range(DIALOGUES)]

    twins = await run([one for one, _ in drawn], days=4, rasa=Rasa(*rasa_server), prepared=prepared_folder)

    wrong = [(rule, words, line.keys if line else ()) for one in twins for rule, words, line in faults(one)]
    assert how_many() >= 200
    assert len({words for _, words in drawn}) == DIALOGUES
    assert [(one.number, one.end, one.differ[0]) for one in twins if one.differ] == []
    assert [one for one in wrong if one[0] != "R18"] == []
    assert [one for one in wrong if one[2][:1] not in _OTHER_SCREENS] == []


# --- the comparison sees a fault -------------------------------------------------------------------------------


class _Telling(Outward):
    """A fault put in on purpose: one more line once staff ask her, or a second's delay."""

    is_late = False

    async def say(self, reply: Reply, **how: Any) -> str:
        mine = select(search.c.stage).join(enquiry, enquiry.c.id == search.c.enquiry_id)
        stages = (await self.connection.execute(mine.where(enquiry.c.chat_id == self.chat.id))).scalars().all()
        is_found = bool(_LATER & set(stages))
        if is_found and not self.is_late:
            reply = replace(reply, parts=(*reply.parts, Part("enquiry.knock")))
        uid = await super().say(reply, **how)
        if is_found and self.is_late:
            a_second_later = {"run_at": self.now + timedelta(seconds=1)}
            await self.connection.execute(update(job).where(job.c.uid == uid).values(a_second_later))
        return uid


class _Late(_Telling):
    is_late = True


@pytest.mark.parametrize("fault", [_Telling, _Late])
async def test_a_fault_is_seen(fault: type[_Telling], prepared_folder: Path) -> None:
    def make(here: Any) -> Any:
        def outward(connection: Any, chat: Any, now: Any, dedupe: str) -> Outward:
            return fault(connection, here.vault, chat, now, dedupe, here.shown, (), here.directory)

        return outward

    told = [one for one in (life(number, SEED) for number in range(60)) if one.end.startswith("told")][:6]
    twins = await run(told, outward=make, prepared=prepared_folder, leaky=True)

    assert [one.number for one in twins if one.differ] != []
