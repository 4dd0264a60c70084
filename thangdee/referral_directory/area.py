"""Does a service serve this place, how far is it, and what may be said about where it is."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from thangdee.referral_directory.model import Listing, Site, is_public
from thangdee.referral_directory.places import (
    Kind,
    Place,
    by_code,
    distance_km,
    nearest_district,
    neighbours,
    point_of,
    province_of,
)
from thangdee.referral_directory.wanted import Reason, Scope, Wanted

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Where:
    """The person's place, worked out once. `covering`: every area that holds it. `is_exact`: km may be told."""

    code: str | None = None
    country: str | None = None
    province: str | None = None
    covering: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    point: Point | None = None
    is_exact: bool = False
    is_shared: bool = False


def where_is(wanted: Wanted) -> Where:
    """Return where the person is, as exactly as was said; a code that nobody knows says nothing."""
    if isinstance(wanted.place, tuple):
        found = nearest_district(*wanted.place)
        return _where(found, shared=wanted.place) if found else _where(by_code(wanted.country or ""))
    return _where(by_code(wanted.place or wanted.country or ""))


def scope_of(where: Where, listing: Listing) -> Scope | Reason:
    """Return how near the area served comes to the person, or why the service cannot serve there at all."""
    country = _country_to_go_to(listing)
    areas = listing.areas or (frozenset({country}) if country else frozenset())
    if not areas:
        return Reason("area_not_said")
    if country and country != where.country:
        return Reason("other_country", country)
    return _scope(where, areas) or Reason("other_country", ",".join(sorted({area[:2] for area in areas})))


def _scope(where: Where, areas: frozenset[str]) -> Scope | None:
    if areas & where.covering:
        return Scope.HERE
    served = {province for area in areas if (province := _province_of_code(area))}
    if where.province in served:
        return Scope.SAME_PROVINCE
    if served & where.beside:
        return Scope.NEIGHBOURING_PROVINCE
    return Scope.COUNTRY if any(area[:2] == where.country for area in areas) else None


def kilometres(where: Where, listing: Listing, today: date) -> float | None:
    """Return how far it is, for the order of results.

    A place that must not be told, and one that nobody checked lately, counts from the middle of its province.
    """
    site = listing.site
    if listing.is_remote or site is None or where.point is None:
        return None
    point = _point(listing, site, today)
    return distance_km(where.point, point) if point else None


def told_distance(where: Where, listing: Listing, today: date) -> Reason | None:
    """Return `km` between two points or district centres, `about_km` (tens) where one is only a province's centre."""
    site, far = listing.site, kilometres(where, listing, today)
    if far is None or site is None or listing.hides_its_place:
        return None
    place = _place_of(site)
    if where.is_exact and _is_sure(listing, site, today) and (site.point or _is_lao_district(place)):
        is_one_centre = place is not None and place.code == where.code and not (where.is_shared and site.point)
        return None if is_one_centre else Reason("km", str(round(far)))
    is_one_province = place is not None and _province_code(place) == where.province
    return None if is_one_province else Reason("about_km", str(max(10, 10 * round(far / 10))))


def told_place(where: Where, listing: Listing, today: date) -> Reason:
    """Return where it is, in words that give no home away, and no district that may be out of date."""
    site = listing.site
    if site is None or listing.is_remote:
        return Reason("by_phone")
    if listing.hides_its_place:
        return Reason("place_not_shown")
    place = _place_of(site)
    province = _province_code(place) if place else None
    if place is None or province is None or where.province is None:
        return Reason("in_country", where.country or "")
    if place.kind is Kind.DISTRICT and place.code == where.code and _is_sure(listing, site, today):
        return Reason("same_district")
    if province == where.province:
        return Reason("same_province")
    return Reason("neighbouring_province" if province in where.beside else "other_province", province)


def _where(place: Place | None, *, shared: Point | None = None) -> Where:
    if place is None:
        return Where()
    province = province_of(place)
    around = neighbours(province.code) if province else ()
    return Where(
        code=place.code,
        country=place.country,
        province=province.code if province else None,
        covering=frozenset({place.code, place.country, *([province.code] if province else [])}),
        beside=frozenset(one.code for one in around if one.country == place.country),
        point=shared or point_of(place),
        is_exact=shared is not None or _is_lao_district(place),
        is_shared=shared is not None,
    )


def _country_to_go_to(listing: Listing) -> str | None:
    """A border must not lie between a person and a door; a telephone has none."""
    site = listing.site
    if site is None or listing.is_remote:
        return None
    if site.place:
        return site.place[:2]
    place = _place_of(site)
    return place.country if place else None


@lru_cache(maxsize=4096)
def _province_of_code(code: str) -> str | None:
    place = by_code(code)
    return _province_code(place) if place else None


def _province_code(place: Place) -> str | None:
    province = province_of(place)
    return province.code if province else None


def _place_of(site: Site) -> Place | None:
    if site.place:
        return by_code(site.place)
    return _nearest(site.point) if site.point and not site.is_confidential else None


@lru_cache(maxsize=4096)
def _nearest(point: Point) -> Place | None:
    return nearest_district(*point)


def _point(listing: Listing, site: Site, today: date) -> Point | None:
    place = _place_of(site)
    if not _is_sure(listing, site, today):
        province = province_of(place) if place else None
        return province.point if province else None
    return site.point or (point_of(place) if place else None)


def _is_sure(listing: Listing, site: Site, today: date) -> bool:
    return not listing.hides_its_place and is_public(site.checked, today)


def _is_lao_district(place: Place | None) -> bool:
    return place is not None and place.kind is Kind.DISTRICT and place.point is not None
