"""The nearest fitting service: order, reasons, what is missing, and where it falls back to."""

from dataclasses import replace
from datetime import date, time

import pytest

from tests.referral_directory.listings import (
    ADULTS,
    FRESH,
    NIGHT,
    OLD,
    TODAY,
    a_directory,
    a_listing,
    a_phone,
    a_site,
    a_state,
    opening,
)
from thangdee.referral_directory.model import Checked, State
from thangdee.referral_directory.nearest import LISTENING, AgeBand, Gender, Scope, Wanted, nearest

IN_PAKSE = Wanted("counselling", "LA1601", gender=Gender.WOMAN, age_band=AgeBand.FROM_18_TO_59)
IN_CHAMPASAK = Wanted("counselling", "LA-CH", gender=Gender.WOMAN, age_band=AgeBand.FROM_18_TO_59)
PAKSE = (15.12, 105.80)


def search(*listings, wanted=IN_PAKSE, **how):
    return nearest(a_directory(*listings), wanted, TODAY, **how)


def ids(outcome):
    return [one.listing.id for one in outcome.matches]


def codes(match):
    return [str(reason) for reason in match.reasons]


def wanting(wanted=IN_PAKSE, **changes):
    return replace(wanted, **changes)


# Order


def test_the_nearer_door_comes_first_and_at_most_three_are_given():
    far, near, middle, further = (
        a_listing("far", site=a_site("LA-LP")),
        a_listing("near", site=a_site("LA1601")),
        a_listing("middle", site=a_site("LA-SV")),
        a_listing("further", site=a_site("LA-PH")),
    )

    assert ids(search(far, near, middle, further)) == ["near", "middle", "far"]
    assert len(search(far, near, middle, further, limit=4).matches) == 4


def test_at_a_like_distance_language_comes_before_metres_and_a_late_check():
    khmu = a_listing(
        "khmu", site=a_site("LA1601", (15.15, 105.85)), languages=("lo", "kjg"), checked=Checked(date(2026, 9, 1))
    )
    lao = a_listing("lao", site=a_site("LA1601", PAKSE), languages=("lo",))

    assert ids(search(lao, khmu, wanted=wanting(place=PAKSE, language="kjg"))) == ["khmu", "lao"]
    assert ids(search(lao, khmu, wanted=wanting(place=PAKSE, language="lo"))) == ["lao", "khmu"]


def test_at_the_same_place_the_later_check_comes_first():
    early, late = (
        a_listing("early", checked=Checked(date(2026, 9, 1))),
        a_listing("late", checked=Checked(date(2026, 11, 1))),
    )

    assert ids(search(early, late)) == ["late", "early"]


def test_a_call_stands_after_the_same_town_and_before_half_a_day_of_travel():
    town, line, capital = a_listing("town", site=a_site("LA1601")), a_listing("line", site=None), a_listing("capital")

    assert ids(search(capital, line, town)) == ["town", "line", "capital"]


def test_urgent_at_night_prefers_who_answers_now_then_a_bed():
    office = a_listing("office", site=a_site("LA1601"), phones=(), opening_times=(opening(),))
    bed = a_listing("bed", site=a_site("LA1601"), is_residential=True, ages=ADULTS)
    line = a_listing("line", site=None, opening_times=(opening("MO,TU,WE,TH,FR,SA,SU", "00:00", "23:59"),))

    assert ids(search(office, bed, line, at=NIGHT)) == ["bed", "office", "line"]
    assert ids(search(office, bed, line, wanted=wanting(urgent=True), at=NIGHT)) == ["line", "bed", "office"]


def test_urgent_does_not_send_anybody_across_the_country_for_longer_hours():
    always = (opening("MO,TU,WE,TH,FR,SA,SU", "00:00", "24:00"),)
    near, far = (
        a_listing("near", site=a_site("LA1601"), phones=()),
        a_listing("far", site=a_site("LA-LP"), opening_times=always),
    )

    assert ids(search(far, near, wanted=wanting(urgent=True), at=NIGHT)) == ["near", "far"]


# Reasons


def test_every_result_says_for_whom_where_and_since_when_it_is_known():
    house = a_listing("house", genders=("women",), site=a_site("LA1601"), languages=("lo",))

    (found,) = search(house, wanted=wanting(language="lo")).matches

    assert codes(found) == ["serves_women", "same_district", "speaks:lo", "assured:2026-10-01"]


@pytest.mark.parametrize(
    ("place", "site", "expected"),
    [
        ("LA-CH", a_site("LA-CH"), ["same_province"]),
        ("LA-CH", a_site("LA-SL"), ["neighbouring_province:LA-SL", "about_km:"]),
        ("LA1601", a_site("LA1301"), ["other_province:LA-SV", "km:"]),
        ("LA1601", a_site("LA-SV"), ["other_province:LA-SV", "about_km:"]),
        ("LA1601", a_site("LA1602"), ["same_province", "km:"]),
        (PAKSE, a_site("LA1601", (15.2, 105.8)), ["same_district", "km:9"]),
        ("LA", a_site("LA-SV"), ["in_country:LA"]),
        ("LA1601", None, ["by_phone"]),
    ],
)
def test_where_is_told_as_exactly_as_it_is_known(place, site, expected):
    (found,) = search(a_listing("one", site=site), wanted=wanting(place=place)).matches

    told = [code for code in codes(found) if not code.startswith(("serves", "assured"))]
    assert len(told) == len(expected)
    assert all(one.startswith(start) for one, start in zip(told, expected, strict=True))


def test_a_confidential_address_gives_no_distance_and_no_district():
    secret = a_listing("secret", site=a_site("LA1602", secret=True))

    for place in ("LA1601", "LA1602", PAKSE, "LA-CH", "LA-SV", "LA"):
        (found,) = search(secret, wanted=wanting(place=place)).matches
        assert found.km is None
        assert codes(found) == ["serves_everyone", "place_not_shown", "assured:2026-10-01"]


def test_a_place_that_nobody_checked_lately_is_told_by_its_province_only():
    moved = a_listing("moved", site=a_site("LA1602", (15.2, 105.9), checked=OLD))

    for place, told in (
        (PAKSE, ["same_province"]),
        ("LA1602", ["same_province"]),
        ("LA-SL", ["neighbouring_province:LA-CH", "about_km:"]),
    ):
        (found,) = search(moved, wanted=wanting(place=place)).matches
        where = [code for code in codes(found) if not code.startswith(("serves", "assured"))]
        assert [code.rstrip("0123456789") for code in where] == told


def test_the_order_does_not_tell_in_which_district_a_confidential_address_is():
    orders = {
        tuple(
            ids(
                search(
                    a_listing("secret", site=a_site(district, secret=True)), a_listing("open", site=a_site("LA1606"))
                )
            )
        )
        for district in ("LA1601", "LA1602", "LA1605", "LA1609")
    }

    assert len(orders) == 1


def test_open_now_is_told_only_from_hours_that_were_checked():
    always = opening("MO,TU,WE,TH,FR,SA,SU", "00:00", "24:00")
    day = a_listing("day", opening_times=(opening(),))

    def told(listing, at):
        return [code for code in codes(search(listing, at=at).matches[0]) if code.startswith(("open", "closed"))]

    assert told(a_listing("always", opening_times=(always,)), None) == ["open_24h"]
    assert told(day, time(9)) == ["closed_now"]  # a Sunday
    assert told(day, None) == []
    assert told(a_listing("old", opening_times=(opening(checked=OLD),)), time(9)) == []


def test_only_numbers_that_were_checked_lately_are_given():
    old, fresh = a_phone(OLD), a_phone(FRESH)

    assert search(a_listing("one", phones=(old, fresh))).matches[0].phones == (fresh,)
    assert search(a_listing("one", phones=(old,))).matches[0].phones == ()


# What is missing, and the way back


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"genders": ("men",)}, "only_for:men"),
        ({"ages": ("12_17",)}, "only_ages:12_17"),
        ({"free_places": 0}, "all_full"),
        ({"states": a_state(State.FULL, until=date(2026, 12, 1))}, "all_full"),
        ({"states": a_state(State.CLOSED)}, "nothing_open"),
        ({"states": a_state(State.FUNDING_ENDED)}, "nothing_open"),
        ({"checked": OLD}, "nothing_fresh"),
        ({"checked": Checked()}, "nothing_fresh"),
        ({"areas": ("TH",), "site": None}, "nothing_here:LA1601"),
        ({"needs": ("education",)}, "nothing_for_need:counselling"),
    ],
)
def test_an_empty_search_says_which_rule_left_nothing(changes, missing):
    outcome = search(a_listing("one", **changes))

    assert (outcome.scope, outcome.matches, str(outcome.missing)) == (Scope.PERSON, (), missing)


def test_the_rule_told_is_the_one_that_the_best_candidate_came_to():
    stale = a_listing("stale", genders=("men",), checked=OLD)
    for_men, full = a_listing("men", genders=("men",)), a_listing("full", free_places=0)

    assert str(search(stale, for_men).missing) == "only_for:men"
    assert str(search(stale, for_men, full).missing) == "all_full"


def test_what_was_never_checked_tells_the_public_nothing_about_itself():
    assert str(search(a_listing("one", genders=("men",), checked=Checked())).missing) == "nothing_fresh"


def test_it_falls_back_to_the_next_province_the_country_the_phone_and_a_person():
    ladder = [
        (Scope.HERE, a_listing("here", areas=("LA1601",))),
        (Scope.SAME_PROVINCE, a_listing("next district", areas=("LA1602",))),
        (Scope.NEIGHBOURING_PROVINCE, a_listing("next province", areas=("LA-SL",))),
        (Scope.COUNTRY, a_listing("country", areas=("LA-PH",))),
        (Scope.PHONE, a_listing("listener", site=None, needs=(LISTENING[1],))),
    ]
    for step, (scope, listing) in enumerate(ladder):
        outcome = search(*(one for _, one in ladder[step:]))
        assert outcome.scope is scope
        assert ids(outcome) == [listing.id]
        assert (outcome.missing is None) == (scope is Scope.HERE)
    assert search().scope is Scope.PERSON


def test_the_next_province_is_never_across_the_border():
    thai = a_listing("thai", site=None, areas=("TH-34",))  # Ubon Ratchathani, beside Champasak

    assert search(thai).scope is Scope.PERSON


def test_who_listens_by_phone_says_that_it_is_something_else():
    line = a_listing("line", site=None, needs=("migration_advice",))

    outcome = search(line, wanted=wanting(need="shelter"))

    assert str(outcome.missing) == "nothing_for_need:shelter"
    assert outcome.matches[0].value("instead") == "migration_advice"


# Questions whose answers matter


def test_it_asks_only_for_what_would_let_in_more():
    women = a_listing("women", genders=("women",))
    nobody = wanting(gender=Gender.UNKNOWN, age_band=AgeBand.UNKNOWN)

    assert search(women, wanted=nobody).asks == ("gender",)
    assert search(a_listing("adults", ages=("18_59",)), wanted=nobody).asks == ("age_band",)
    assert search(a_listing("paper", returnees=("official",)), wanted=nobody).asks == ("returnee",)
    assert search(a_listing("all"), wanted=nobody).asks == ()


def test_it_asks_for_the_district_or_the_place_where_that_would_help():
    district = a_listing("district", areas=("LA1602",))

    assert search(district, wanted=IN_CHAMPASAK).asks == ("district",)
    assert search(district).asks == ()
    assert search(district, wanted=wanting(place=None, country="LA")).asks == ("place",)
    assert search(district, wanted=wanting(place=None, country="LA")).scope is Scope.COUNTRY


def test_without_any_place_it_asks_for_one():
    for place in (None, "nowhere", (51.5, 0.1)):
        outcome = search(a_listing("one"), a_listing("line", site=None), wanted=wanting(place=place))
        assert (outcome.scope, outcome.asks, str(outcome.missing)) == (Scope.PERSON, ("place",), "place_not_said")


def test_a_shared_point_counts_as_its_district():
    outcome = search(a_listing("one", areas=("LA1601",)), wanted=wanting(place=PAKSE))

    assert (outcome.scope, outcome.place) == (Scope.HERE, "LA1601")


# Staff


def test_staff_see_what_is_stale_marked_and_the_first_reason_against_the_rest():
    stale, never = a_listing("stale", checked=OLD), a_listing("never", checked=Checked())
    police, men = a_listing("police", kind="police"), a_listing("men", genders=("men",))

    outcome = search(stale, never, police, men, for_staff=True)

    assert {one.listing.id: (one.is_fresh, codes(one)[-1]) for one in outcome.matches} == {
        "stale": (False, "stale:2026-08-01"),
        "never": (False, "never_checked"),
    }
    refused = {one.listing.id: str(one.reason) for one in outcome.rejected}
    assert refused == {"police": "police_only_when_asked", "men": "only_for:men"}
    assert search(stale, men).rejected == ()
