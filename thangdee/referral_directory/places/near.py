"""How far places are from each other, and which are neighbours."""

import csv
import json
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import asin, cos, radians, sin, sqrt

from thangdee.referral_directory.places.gazetteer import DATA, all_places, province_of, provinces, the_place
from thangdee.referral_directory.places.place import Kind, Place, Point

_EARTH_KM = 6371.0
_NEARBY_DISTRICTS = 6
_NEARBY_THAI_PROVINCES = 5
_TOO_FAR_KM = 250.0
_SHARED_POINTS = 2  # one is a corner where provinces only touch

Ring = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A place where people cross between the countries: a Lao district and a Thai province."""

    name: str
    lao: str
    thai: str


def point_of(place: Place | str) -> Point | None:
    """Return the point of the place, of a Thai district that of its province, of a country none."""
    place = the_place(place)
    if place.point:
        return place.point
    province = province_of(place)
    return province.point if province else None


def distance_km(one: Place | str | Point, other: Place | str | Point) -> float | None:
    """Return the distance as the crow flies; none when one of them is a country."""
    first, second = _point(one), _point(other)
    return _km(first, second) if first and second else None


def nearest_district(lat: float, lon: float) -> Place | None:
    """Return the Lao district for a shared location, or in Thailand the province (its districts have no points).

    The province outlines decide whether it is in Laos, within about two kilometres; there the nearest district point
    of that province counts. None when everything known is more than 250 km away.
    """
    here = (lat, lon)
    inside = next(
        (code for code, rings in lao_outlines().items() if any(_is_inside(here, ring) for ring in rings)), None
    )
    known = _lao_districts(inside) if inside else provinces("TH")
    best = min(known, key=lambda place: _km(here, point_of(place) or here))
    return best if _km(here, point_of(best) or here) <= _TOO_FAR_KM else None


@cache
def neighbours(code: str) -> tuple[Place, ...]:
    """Return the places beside this one, nearest first, its own country before the other side of the border.

    Lao provinces: those that share at least two points of the simplified outlines. Lao districts: the six nearest by
    their points among the districts of the same and of bordering provinces. Thai provinces: the five nearest by their
    points (the capitals). Across the border: where there is a known crossing, always a province on the Thai side.
    A Thai district has the neighbours of its province; a country has none.
    """
    place = the_place(code)
    if place.kind is Kind.COUNTRY:
        return ()
    if place.country == "TH":
        province = province_of(place) or place
        return (*_nearest(province, provinces("TH"), _NEARBY_THAI_PROVINCES), *_across(province))
    if place.kind is Kind.PROVINCE:
        return (*_nearest(place, _bordering(code), None), *_across(place))
    around = (place.parent or "", *(one.code for one in _bordering(place.parent or "")))
    districts = tuple(one for province in around for one in _lao_districts(province))
    return (*_nearest(place, districts, _NEARBY_DISTRICTS), *_across(place))


@cache
def _all_crossings() -> tuple[Crossing, ...]:
    with (DATA / "crossings.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Crossing(row["name"], row["lao"], row["thai"]) for row in csv.DictReader(file))


def crossings(code: str) -> tuple[Crossing, ...]:
    """Return the known crossings of a province or Lao district, of a Thai district those of its province."""
    place = the_place(code)
    if place.kind is Kind.DISTRICT and place.country == "LA":
        return tuple(one for one in _all_crossings() if one.lao == code)
    province = province_of(place)
    area = province.code if province else code
    return tuple(one for one in _all_crossings() if area in (one.thai, the_place(one.lao).parent))


@cache
def lao_outlines() -> dict[str, tuple[Ring, ...]]:
    """Return the outlines of the Lao provinces by code: rings of (longitude, latitude)."""
    shapes = json.loads((DATA / "lao_outlines.json").read_text(encoding="utf-8"))
    return {code: tuple(tuple((x, y) for x, y in ring) for ring in rings) for code, rings in shapes.items()}


@cache
def _bordering(province: str) -> tuple[Place, ...]:
    found = []
    for one, other in combinations(lao_outlines(), 2):
        if province in (one, other) and len(_points(one) & _points(other)) >= _SHARED_POINTS:
            found.append(the_place(other if one == province else one))
    return tuple(found)


@cache
def _points(province: str) -> frozenset[Point]:
    return frozenset(point for ring in lao_outlines()[province] for point in ring)


@cache
def _lao_districts(province: str) -> tuple[Place, ...]:
    return tuple(one for one in all_places() if one.parent == province)


def _across(place: Place) -> tuple[Place, ...]:
    codes = {one.lao if place.country == "TH" else one.thai for one in crossings(place.code)}
    other_side = {one for code in codes if (one := province_of(code))}
    return _nearest(place, tuple(other_side), None)


def _nearest(place: Place, others: tuple[Place, ...], count: int | None) -> tuple[Place, ...]:
    by_distance = sorted((distance_km(place, one) or 0.0, one.code, one) for one in others if one.code != place.code)
    return tuple(one for _, _, one in by_distance[:count])


def _point(where: Place | str | Point) -> Point | None:
    return where if isinstance(where, tuple) else point_of(where)


def _km(one: Point, other: Point) -> float:
    (lat1, lon1), (lat2, lon2) = ((radians(value) for value in point) for point in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))


def _is_inside(point: Point, ring: Ring) -> bool:
    """Count how often a line to the east crosses the ring; odd means inside."""
    lat, lon = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
