"""Whatever the directory holds and whoever asks: no result breaks a hard rule, and nothing that fits is hidden.

The rules are written here a second time, in other words than the program's.
"""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.referral_directory.listings import (
    ADULTS,
    EVERY_AGE,
    FRESH,
    OLD,
    TODAY,
    a_directory,
    a_listing,
    a_phone,
    a_site,
    a_state,
)
from thangdee.referral_directory.model import Checked, State, Status
from thangdee.referral_directory.nearest import POLICE_REPORT, AgeBand, Gender, Returnee, Scope, Wanted, nearest
from thangdee.referral_directory.places import province_of

PLACES = ("LA-VT", "LA0101", "LA-SV", "LA1301", "LA-CH", "LA1601", "TH-30", "TH-43", "TH-10")
NEEDS = ("shelter", "counselling", "migration_advice")


def mostly(usual, *others):
    """What most records say, and now and then something else: else hardly any search would find anything."""
    return st.sampled_from((usual,) * 4 + others)


def some(*values):
    return st.sets(st.sampled_from(values), max_size=3)


a_listing_of_any_kind = st.builds(
    lambda **said: a_listing("", **said),
    kind=mostly("ngo", "police", None),
    needs=mostly(("shelter",), ("counselling",), ("migration_advice", "shelter")),
    genders=mostly(("any",), ("women",), ("men",), ("transgender",), ("women", "transgender"), ("women", "men"), ()),
    ages=mostly(EVERY_AGE, ("12_17",), ADULTS, ()),
    returnees=mostly((), ("official",), ("not_identified",), ("any",), ("official", "not_identified")),
    families=some("couples", "mothers_with_children"),
    languages=some("lo", "th", "kjg"),
    areas=mostly(("LA",), ("TH",), ("LA", "TH"), ("LA-SV",), ("LA1601",), ("LA0101",), ("TH-30",), ()),
    site=st.builds(a_site, mostly("LA-VT", *PLACES), secret=st.booleans(), kind=mostly("physical", "virtual"))
    | st.none(),
    is_residential=mostly(True, False, None),
    has_public_front_door=st.booleans(),
    status=mostly(Status.ACTIVE, Status.PAUSED, Status.DEFUNCT),
    states=mostly((), *(a_state(state) for state in State)),
    free_places=mostly(None, 0, 2),
    phones=mostly((a_phone(),), (), (a_phone(OLD),)),
    checked=mostly(FRESH, OLD, Checked()),
)
directories = st.lists(a_listing_of_any_kind, max_size=6).map(
    lambda found: a_directory(*(replace(one, id=f"s{number}") for number, one in enumerate(found)))
)
persons = st.builds(
    Wanted,
    need=mostly("shelter", *NEEDS, POLICE_REPORT),
    place=mostly("LA-VT", *PLACES, "LA", "TH", None, (17.97, 102.6), (14.97, 102.1)),
    country=st.sampled_from(("LA", "TH", None)),
    gender=st.sampled_from(Gender),
    age_band=st.sampled_from(AgeBand),
    language=st.sampled_from((None, "lo", "kjg")),
    urgent=st.booleans(),
    with_children=st.booleans(),
    couple=st.booleans(),
    returnee=st.sampled_from(Returnee),
    residential_ok=mostly(True, False),
)


def stays(wanted, one):
    return one.is_residential or (one.is_residential is None and wanted.need == "shelter" and not one.is_remote)


def is_hidden(one):
    lives = one.is_residential or (one.is_residential is None and "shelter" in one.needs)
    return one.site.is_confidential or (lives and not one.has_public_front_door)


def lets_in(wanted, one):
    """Every rule about the person, as a sentence each."""
    everyone = "any" in one.genders or {"women", "men", "transgender"} <= one.genders
    own_word = {"woman": "women", "man": "men"}.get(
        wanted.gender, "transgender" if "trans" in wanted.gender else "nobody"
    )
    welcome = everyone or own_word in one.genders or (not one.genders and not stays(wanted, one))
    minor = wanted.age_band in ("under_12", "12_17", "under_18", "unknown")
    bands = {"under_12", "12_17"} if wanted.age_band in ("under_18", "unknown") else {wanted.age_band}
    of_age = bool(bands & one.ages) if one.ages else not (minor and stays(wanted, one))
    paper = (
        not one.returnees
        or bool(one.returnees & {"any", wanted.returnee})
        or one.returnees == {"official", "not_identified"}
    )
    together = not stays(wanted, one) or not wanted.couple or "couples" in one.families
    is_mother = wanted.gender in ("woman", "transgender_woman") or wanted.couple
    children = (
        not stays(wanted, one) or not wanted.with_children or (is_mother and "mothers_with_children" in one.families)
    )
    bed = wanted.residential_ok or not stays(wanted, one)
    return all((welcome, of_age, paper, together, children, bed))


def is_open_and_known(wanted, one):
    police = one.kind != "police" or wanted.need == POLICE_REPORT
    callable_ = not one.is_remote or any(phone.checked == FRESH for phone in one.phones)
    return police and callable_ and one.takes_people(TODAY) and one.checked == FRESH


def serves(country, one):
    """Somewhere in the country, and no border on the way."""
    if one.is_remote:
        return any(area[:2] == country for area in one.areas)
    areas = one.areas or {one.site.place}
    return one.site.place[:2] == country and any(area[:2] == country for area in areas)


def country_of(wanted):
    place = {(17.97, 102.6): "LA", (14.97, 102.1): "TH"}.get(wanted.place, wanted.place)
    return (place or wanted.country or "??")[:2]


def may_use(wanted, one):
    asked = one.kind == "police" if wanted.need == POLICE_REPORT else wanted.need in one.needs
    return asked and lets_in(wanted, one) and is_open_and_known(wanted, one) and serves(country_of(wanted), one)


@settings(max_examples=600, deadline=None)
@given(directories, persons)
def test_no_result_ever_breaks_a_hard_rule_and_nothing_that_fits_is_hidden(directory, wanted):
    outcome = nearest(directory, wanted, TODAY, limit=99)

    fitting = {one.id for one in directory.listings if may_use(wanted, one)}
    found = {one.listing.id for one in outcome.matches}
    if outcome.scope is Scope.PHONE:
        assert not fitting
        assert all(one.listing.is_remote and one.has("instead") for one in outcome.matches)
        assert all(may_use(replace(wanted, need=one.value("instead")), one.listing) for one in outcome.matches)
    else:
        assert found <= fitting
        assert bool(found) == bool(fitting)
        assert (outcome.scope is Scope.PERSON) == (not found)


@settings(max_examples=150, deadline=None)
@given(directories, persons)
def test_no_police_without_asking_and_no_place_told_where_people_live_even_to_staff(directory, wanted):
    for for_staff in (False, True):
        for one in nearest(directory, wanted, TODAY, limit=99, for_staff=for_staff).matches:
            assert one.listing.kind != "police" or wanted.need == POLICE_REPORT
            if not one.listing.is_remote and is_hidden(one.listing):
                told = {reason.code for reason in one.reasons}
                assert "place_not_shown" in told
                assert not told & {"km", "about_km", "same_district", "same_province", "other_province"}


@settings(max_examples=150, deadline=None)
@given(directories, persons)
def test_here_means_that_it_serves_the_place_and_every_result_says_why(directory, wanted):
    outcome = nearest(directory, wanted, TODAY, limit=99)

    assert (outcome.missing is None) == (outcome.scope is Scope.HERE)
    for one in outcome.matches:
        assert len({reason.code for reason in one.reasons}) == len(one.reasons) >= 3
        if outcome.scope is Scope.HERE:
            province = province_of(outcome.place)
            covering = {outcome.place, outcome.place[:2], province and province.code}
            assert covering & (one.listing.areas or {one.listing.site.place[:2]})


@settings(max_examples=100, deadline=None)
@given(directories, persons)
def test_the_same_question_has_the_same_answer_in_any_order_of_records(directory, wanted):
    other = a_directory(*reversed(directory.listings))

    assert nearest(directory, wanted, TODAY).matches == nearest(other, wanted, TODAY).matches
