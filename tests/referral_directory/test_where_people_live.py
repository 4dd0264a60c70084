"""Where people live is told to nobody, by one rule for the search, the chat's cards and the public API."""

import itertools
from dataclasses import replace

import pytest

from tests.console.public_directory import example_tables, said
from tests.referral_directory.hsds_files import AT, EXAMPLES, LOCATION, NOW, SERVICE, bring_in
from tests.referral_directory.listings import TODAY, a_directory, a_listing, a_site
from thangdee.console.directory_api.said import private_shelters
from thangdee.core.database import Database
from thangdee.referral_directory import changes
from thangdee.referral_directory.model import Listing
from thangdee.referral_directory.nearest import AgeBand, Match, Wanted, nearest
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.taxonomy import stable_id

WHERE = {"km", "about_km", "same_district", "same_province", "neighbouring_province", "other_province", "in_country"}
STAYS = ((), ("residential",), ("day",), ("day", "residential"))


def a_home(name: str = "home", **other) -> Listing:
    given = {"needs": ("shelter",), "ages": ("18_59",), "is_residential": True, "has_public_front_door": False}
    return a_listing(name, **(given | other))


def _found(listing: Listing, place: object = "LA1301") -> Match:
    (match,) = nearest(a_directory(listing), Wanted("shelter", place, age_band=AgeBand.FROM_18_TO_59), TODAY).matches
    return match


@pytest.mark.parametrize(
    ("changes_", "hidden"),
    [
        ({}, True),
        ({"is_residential": None}, True),
        ({"is_residential": None, "needs": ("counselling",)}, False),
        ({"is_residential": False}, False),
        ({"has_public_front_door": True}, False),
        ({"has_public_front_door": True, "site": a_site(secret=True)}, True),
        ({"is_residential": False, "site": a_site(secret=True)}, True),
        ({"is_residential": False, "site": replace(a_site(), is_home=True)}, True),
        ({"site": None}, False),
    ],
)
def test_a_place_is_hidden_where_people_live_unless_one_may_walk_in(changes_: dict, hidden: bool) -> None:
    assert a_home(**changes_).hides_its_place is hidden


@pytest.mark.parametrize("place", ["LA1301", "LA-SV", "LA-VT", (16.57, 104.76)])
def test_the_search_tells_neither_place_nor_distance_of_a_home(place: object) -> None:
    match = _found(a_home(site=a_site("LA1301", (16.57, 104.76))), place)

    assert match.has("place_not_shown")
    assert match.km is None
    assert not {reason.code for reason in match.reasons} & WHERE


def test_the_order_of_homes_in_one_province_does_not_tell_which_is_nearer() -> None:
    far, near = (
        a_home(name, site=a_site(code, point)) for name, code, point in
        (("a", "LA1312", (16.0, 106.0)), ("b", "LA1301", (16.57, 104.76)))
    )  # fmt: skip

    outcome = nearest(a_directory(near, far), Wanted("shelter", (16.57, 104.76), age_band=AgeBand.FROM_18_TO_59), TODAY)

    assert [one.listing.id for one in outcome.matches] == ["a", "b"]


async def test_chat_and_api_hide_the_same_places(database: Database) -> None:
    """The rule is asked of the same record, once as the search reads it and once as the API does."""
    await bring_in(database, EXAMPLES / "csv")
    for stay, is_shelter, has_door in itertools.product(STAYS, (False, True), (False, True)):
        wanted = {
            "stay": stay,
            "need": ("shelter",) if is_shelter else ("counselling",),
            "visit": ("public_front_door",) if has_door else ("discreet_visit",),
        }
        tables = example_tables()
        async with database.write() as connection:
            for taxonomy, names in wanted.items():
                await changes.say(connection, "service", SERVICE, taxonomy, dict.fromkeys(names, ""), by="noy", now=NOW)
            listing = (await load_snapshot(connection)).by_id[AT]
        for taxonomy, names in wanted.items():
            for name in names:
                tables = said(tables, SERVICE, taxonomy, name)

        assert listing.hides_its_place is (LOCATION in set(private_shelters(tables))), wanted


async def test_a_home_hides_the_place_of_every_other_service_there_also_when_it_is_closed(database: Database) -> None:
    await bring_in(database, EXAMPLES / "csv")
    home = stable_id("a home")
    async with database.write() as connection:
        before = (await load_snapshot(connection)).by_id[AT]
        service = {"id": home, "name": "Home", "status": "defunct"}
        await changes.save(connection, "service", service, by="noy", now=NOW)
        at = {"id": stable_id("at home"), "service_id": home, "location_id": LOCATION}
        await changes.save(connection, "service_at_location", at, by="noy", now=NOW)
        await changes.say(connection, "service", home, "stay", {"residential": ""}, by="noy", now=NOW)
        after = (await load_snapshot(connection)).by_id[AT]

    assert not before.hides_its_place
    assert after.hides_its_place
