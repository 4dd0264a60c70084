"""`thangdee directory nearest`: ranked services and why, for people and for programs."""

import argparse
import json

import pytest

from thangdee.processes.directory_nearest import add_nearest, run_nearest
from thangdee.processes.wiring import Installation
from thangdee.referral_directory import changes, freshness
from thangdee.referral_directory.assurances import How
from thangdee.referral_directory.taxonomy import stable_id


def chosen(*words):
    parser = argparse.ArgumentParser()
    add_nearest(parser.add_subparsers(dest="deed"))
    return parser.parse_args(["nearest", *words])


async def add_sample(installation: Installation, name: str, *, gender: str, assured: bool = True) -> str:
    """A made-up house in Pakse for all of Laos."""
    now, service, place = installation.clock.now(), stable_id(name), stable_id(f"{name} place")
    site = {"id": place, "location_type": "physical", "external_identifier": "LA1601"}
    records = {
        "service": {"id": service, "name": name, "status": "active", "minimum_age": 12},
        "location": site | {"external_identifier_type": "thangdee-place"},
        "service_at_location": {"id": stable_id(f"{name} at"), "service_id": service, "location_id": place},
        "service_area": {"id": stable_id(f"{name} area"), "service_id": service, "extent_type": "text", "extent": "LA"},
    }
    async with installation.database.write() as connection:
        for table, values in records.items():
            await changes.save(connection, table, values, by="noy", now=now)
        for taxonomy, term in (("need", "shelter"), ("gender", gender), ("stay", "residential")):
            await changes.say(connection, "service", service, taxonomy, {term: ""}, by="noy", now=now)
        if assured:
            for entity, entity_id in (("service", service), ("location", place)):
                await freshness.assure(connection, entity, entity_id, by="noy", how=How.VISIT, now=now)
    return stable_id(f"{name} at")


async def test_it_prints_the_ranked_services_and_why(installation, capsys):
    for_women = await add_sample(installation, "Sample house", gender="women")

    words = ("--need", "shelter", "--place", "ปากเซ", "--gender", "woman", "--age", "16")
    assert await run_nearest(installation, chosen(*words, "--json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert await run_nearest(installation, chosen(*words)) == 0
    shown = capsys.readouterr().out

    assert (told["scope"], told["place"], told["missing"], told["asks"]) == ("here", "LA1601", None, [])
    (service,) = told["services"]
    assert (service["id"], service["name"]) == (for_women, "Sample house")
    assert service["reasons"] == [
        "serves_women",
        "serves_minors",
        "place_not_shown",
        "residential",
        "assured:2026-11-22",
    ]
    assert "1. Sample house" in shown
    assert "serves_women serves_minors place_not_shown" in shown


async def test_an_empty_answer_says_what_was_missing_and_staff_see_why(installation, capsys):
    await add_sample(installation, "Sample house", gender="women")
    unsure = await add_sample(installation, "Sample unsure house", gender="men", assured=False)
    words = ("--need", "shelter", "--place", "15.12,105.80", "--gender", "man", "--age", "30")

    assert await run_nearest(installation, chosen(*words)) == 0
    shown = capsys.readouterr().out
    assert await run_nearest(installation, chosen(*words, "--staff", "--json")) == 0
    told = json.loads(capsys.readouterr().out)

    assert "missing here: only_for:women" in shown
    assert "a person must help" in shown
    assert [one["id"] for one in told["services"]] == [unsure]
    assert "never_checked" in told["services"][0]["reasons"]
    assert [one["reason"] for one in told["rejected"]] == ["only_for:women"]


@pytest.mark.parametrize(("place", "said"), [("ວຽງຈັນ", "LA-VI"), ("nowhere at all", "No such place")])
async def test_a_place_that_may_be_several_or_none_is_not_guessed(installation, capsys, place, said):
    assert await run_nearest(installation, chosen("--need", "shelter", "--place", place)) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [("--age", "young"), ("--gender", "girl"), ("--at", "night"), ("--need", "police")],
    ids=lambda words: words[0],
)
def test_what_is_not_understood_is_refused(words, capsys):
    with pytest.raises(SystemExit):
        chosen("--need", "shelter", "--place", "LA", *words)
    assert words[1] in capsys.readouterr().err
