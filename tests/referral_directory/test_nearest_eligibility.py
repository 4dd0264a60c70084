"""Who is let in where: each row of the matrix is a person, each column a service (R8, R43)."""

from pathlib import Path

import pytest
import yaml

from tests.referral_directory.listings import TODAY, a_directory, a_listing, a_phone, a_site, a_state
from thangdee.referral_directory.model import Checked, State, Status
from thangdee.referral_directory.nearest import AgeBand, Gender, Returnee, Wanted, nearest

MATRIX = yaml.safe_load(Path(__file__).with_name("eligibility_matrix.yml").read_text(encoding="utf-8"))
COLUMNS = MATRIX["columns"].split()
PERSONS = MATRIX["persons"]


def the_service(name):
    said = dict(MATRIX["services"][name])
    changes = {
        field: said[field] for field in ("genders", "ages", "families", "returnees", "kind", "areas") if field in said
    }
    changes.setdefault("genders", ())
    if said.get("remote"):
        changes["site"] = None
    if "assured_on" in said:
        changes["checked"] = Checked(said["assured_on"])
    if "state" in said:
        changes["states"] = a_state(State(said["state"]))
    return a_listing(
        name,
        is_residential=said.get("stay"),
        status=Status(said.get("status", "active")),
        free_places=said.get("free_places"),
        phones=(a_phone(),) if said.get("phone", True) else (),
        **changes,
    )


def the_person(row):
    given = {field: value for field, value in row.items() if field != "cells"}
    given["gender"], given["age_band"] = Gender(given["gender"]), AgeBand(given["age_band"])
    given["returnee"] = Returnee(given.get("returnee", "unknown"))
    return Wanted("counselling", "LA-VT", **given)


def named(row):
    return " ".join(str(value) if value is not True else field for field, value in row.items() if field != "cells")


DIRECTORY = a_directory(*(the_service(name) for name in MATRIX["services"]))


def expected(row):
    always = {name: said["always"] for name, said in MATRIX["services"].items() if "always" in said}
    cells = dict(zip(COLUMNS, row["cells"].split(), strict=True))
    return {name: MATRIX["legend"][cell] for name, cell in cells.items()} | always


def answered(wanted, directory=DIRECTORY):
    """What the public gets, and the first reason against each of the others."""
    matches = nearest(directory, wanted, TODAY, limit=99).matches
    answers = {one.listing.id: "allowed" for one in matches}
    for name, listing in directory.by_id.items():
        if name not in answers:
            outcome = nearest(a_directory(listing), wanted, TODAY)
            assert not outcome.matches
            answers[name] = first_reason(listing, wanted)
    return answers


def first_reason(listing, wanted):
    """Staff are told the rule; what only protects the public from old facts is told by the match itself."""
    outcome = nearest(a_directory(listing), wanted, TODAY, for_staff=True)
    if outcome.rejected:
        return outcome.rejected[0].reason.code
    (match,) = outcome.matches
    return next((code for code in ("stale", "never_checked") if match.has(code)), "no_checked_phone")


@pytest.mark.parametrize("row", PERSONS, ids=named)
def test_referral_matching_matrix(row):
    assert answered(the_person(row)) == expected(row)


def test_the_matrix_has_every_gender_age_and_situation_and_at_least_eighty_persons():
    assert len(PERSONS) >= 80
    assert {(row["gender"], row["age_band"]) for row in PERSONS} >= {
        (g.value, a.value) for g in Gender for a in AgeBand
    }
    for field in ("with_children", "couple", "urgent", "language"):
        assert any(row.get(field) for row in PERSONS), field
    assert len({named(row) for row in PERSONS}) == len(PERSONS)


def test_unknown_age_is_minor():
    """R8: who has not said it gets only what takes minors, and the flow may ask."""
    adults, children = a_listing("adults", ages=("18_59",)), a_listing("children", ages=("12_17",))

    outcome = nearest(a_directory(adults, children), Wanted("counselling", "LA-VT"), TODAY)

    assert [one.listing.id for one in outcome.matches] == ["children"]
    assert outcome.asks == ("age_band",)


def test_a_place_to_stay_for_which_nobody_said_so_is_one():
    house = a_listing("house", needs=("shelter",), is_residential=None, genders=(), site=a_site())

    outcome = nearest(a_directory(house), Wanted("shelter", "LA-VT", gender=Gender.WOMAN), TODAY)

    assert not outcome.matches
    assert str(outcome.missing) == "for_whom_not_said"


def test_police_is_found_only_by_the_need_police_report():
    station = a_listing("station", kind="police", needs=("emergency_rescue", "missing_person"))
    directory = a_directory(station)

    for need in ("emergency_rescue", "missing_person"):
        outcome = nearest(directory, Wanted(need, "LA-VT", urgent=True), TODAY)
        assert not outcome.matches
        assert str(outcome.missing) == "nothing_here:LA-VT"  # nobody is pointed to the police by a refusal either
    (found,) = nearest(directory, Wanted("police_report", "LA-VT"), TODAY).matches
    assert found.listing is station


def test_a_border_is_never_between_a_person_and_a_door():
    across = a_listing("across", site=a_site("TH-43"), areas=("LA", "TH"))
    line = a_listing("line", site=None, areas=("LA", "TH"))

    outcome = nearest(a_directory(across, line), Wanted("counselling", "LA-VT"), TODAY)

    assert [one.listing.id for one in outcome.matches] == ["line"]
