"""Help at once for whoever looks for a relative: how visits work, the eight shelters, whom to ask."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from thangdee.flows.answers import PERSON, answer_of, number_lines
from thangdee.flows.deciding import Proposal
from thangdee.flows.enquiry_buttons import ALWAYS, LETTER, OFFICES, VISITS
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply

REGIONS = ("north", "central", "south")


@dataclass(frozen=True)
class ShelterFact:
    """What is known of one shelter: of which year, from which document. Its name and rules are texts."""

    code: str
    region: str
    contact: str
    as_of: int
    source: str
    review_by: date


@cache
def shelter_facts() -> tuple[ShelterFact, ...]:
    """Return the eight government shelters, in the order of the file."""
    read = yaml.safe_load(Path(__file__).with_name("shelter_facts.yml").read_text(encoding="utf-8"))
    return tuple(ShelterFact(**one) for one in read["shelters"])


async def show(outward: Outward, _: str) -> None:
    """Say what can be done today."""
    await outward.say(Reply((Part("enquiry.help"), ALWAYS), (VISITS, LETTER, OFFICES, CRISIS)))


async def show_visits(outward: Outward, _: str) -> None:
    """Say how an official visit comes about, and ask for the region."""
    regions = tuple(Button(f"buttons.enquiry_region_{one}", f"e:a.vr:{one}") for one in REGIONS)
    await outward.say(Reply((Part("enquiry.visits"), ALWAYS, Part("enquiry.visits_where")), (*regions, CRISIS)))


async def show_region(outward: Outward, region: str) -> Proposal | None:
    """Say what is known of the shelters of a region, with the year, and honestly where nothing is."""
    if region not in REGIONS:
        return {"say": "chat.old_button"}
    lines = tuple(part for one in shelter_facts() if one.region == region for part in _lines(one))
    parts = (Part("enquiry.visits_in_region"), *lines, Part("enquiry.line.may_have_changed"), ALWAYS)
    await outward.say(Reply(parts, (LETTER, VISITS, PERSON, CRISIS)))
    return None


async def show_offices(outward: Outward, _: str) -> None:
    """Say who else can be asked, with the numbers that may be shown."""
    known = answer_of("enquiry.offices")
    numbers = number_lines(known.figures if known else (), outward.figures)
    await outward.say(Reply((Part("enquiry.offices"), *numbers, ALWAYS), (LETTER, VISITS, PERSON, CRISIS)))


def _lines(one: ShelterFact) -> tuple[Part, Part]:
    contact = Part(f"enquiry.line.contact.{one.contact}", {"year": str(one.as_of)})
    return Part(f"enquiry.shelter.{one.code}"), contact
