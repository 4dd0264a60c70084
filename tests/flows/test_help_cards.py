"""A service in words: of a place where people live neither the short card nor the details tell where it is."""

from dataclasses import replace

import pytest

from tests.referral_directory.listings import FRESH, TODAY, a_directory, a_listing, a_site
from thangdee.core.words import LANGUAGES
from thangdee.flows.help_cards import card, details
from thangdee.flows.help_search import Found
from thangdee.flows.reply import Part
from thangdee.referral_directory.model import Address, Listing
from thangdee.referral_directory.nearest import AgeBand, Scope, Wanted, nearest
from thangdee.referral_directory.places import by_code, province_of

DISTRICT = "LA1301"
STREET = "1 Sample Street"
SITE = replace(a_site(DISTRICT, (16.57, 104.76)), addresses=(Address("address", (STREET,), FRESH),))
HOME = a_listing(
    "home", needs=("shelter",), ages=("18_59",), is_residential=True, has_public_front_door=False, site=SITE
)
HOMES = (
    HOME,
    replace(HOME, is_residential=None),
    replace(HOME, is_residential=False, site=replace(SITE, is_home=True)),
)
OFFICE = replace(HOME, is_residential=False)


def _said(listing: Listing, language: str) -> list[Part]:
    found = nearest(a_directory(listing), Wanted("shelter", "LA0101", age_band=AgeBand.FROM_18_TO_59), TODAY)
    shown = Found(Scope.HERE, found.matches, found.place)
    return [*card(0, shown, language, TODAY), *details(listing, language, TODAY)]


def _where(language: str) -> set[str]:
    """The words that would tell where it is."""
    district, province = by_code(DISTRICT), province_of(DISTRICT)
    assert district
    assert province
    return {STREET, district.name(language), province.name(language)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("listing", HOMES)
def test_no_card_tells_where_people_live(listing: Listing, language: str) -> None:
    parts = _said(listing, language)

    keys, told = [part.key for part in parts], str(parts)
    assert keys.count("help.line.place_not_shown") == 2
    assert not {"help.line.place", "help.line.address", "help.line.walk_in"} & set(keys)
    assert not any(key.endswith("_km") for key in keys)
    assert [one for one in _where(language) if one in told] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cards_of_an_office_tell_where_it_is(language: str) -> None:
    """The other test means something only if this one finds the words."""
    parts = _said(OFFICE, language)

    assert [one for one in _where(language) if one not in str(parts)] == []
    assert "help.line.place_not_shown" not in [part.key for part in parts]
