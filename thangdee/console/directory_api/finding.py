"""What a question finds: filters over what is published, and the order of the answer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from thangdee.console.directory_api.said import Said
from thangdee.core.script import skeleton
from thangdee.referral_directory.exporting import Row, Tables
from thangdee.referral_directory.places import Kind, by_code, distance_km, is_within
from thangdee.referral_directory.snapshot import PLACE_IDENTIFIER

Point = tuple[float, float]
_SEARCHED = (
    "name", "alternate_name", "description", "eligibility_description", "application_process", "fees_description",
    "alert", "code", "taxonomy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as filters see it. `places`: codes of where it is; `areas`: codes of what it serves."""

    id: str
    words: str
    organization_id: str | None = None
    modified: datetime | None = None
    terms: frozenset[str] = frozenset()
    taxonomies: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    points: tuple[Point, ...] = ()

    def distance_from(self, point: Point) -> float | None:
        """Return the kilometres to the nearest place where it is given, None where that is nowhere known."""
        return min((km for one in self.points if (km := distance_km(point, one)) is not None), default=None)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a record must be; None and empty ask for nothing. `place`: a code; `near`: a point, `within_km` of it."""

    search: str = ""
    terms: tuple[str, ...] = ()
    taxonomy: str | None = None
    organization: str | None = None
    modified_after: datetime | None = None
    place: str | None = None
    near: Point | None = None
    within_km: float = 0


def find(listed: Iterable[Entry], wanted: Filter) -> list[str]:
    """Return the ids of what fits: the nearest first where a point is given, else in the order of ids."""
    words = [skeleton(word) for word in wanted.search.split()]
    if words and not any(words):
        return []  # signs only
    fitting = [one for one in listed if _fits(one, wanted) and all(word in one.words for word in words)]
    if wanted.near is None:
        return [one.id for one in fitting]
    far = {one.id: km for one in fitting if (km := one.distance_from(wanted.near)) is not None}
    return sorted((key for key, km in far.items() if km <= wanted.within_km), key=lambda key: (far[key], key))


def entries(tables: Tables) -> dict[str, tuple[Entry, ...]]:
    """Return an entry for every record that the API lists, by table."""
    index = _Index(tables)
    places = {row["id"]: index.at_place(row) for row in tables["service_at_location"]}
    services = [index.service(row, places) for row in tables["service"]]
    organisations = [Entry(row["id"], index.words(row)) for row in tables["organization"]]
    terms = [Entry(row["id"], index.words(row)) for row in tables["taxonomy_term"]]
    taxonomies = [Entry(row["id"], index.words(row)) for row in tables["taxonomy"]]
    made: dict[str, Iterable[Entry]] = {
        "service": services,
        "service_at_location": places.values(),
        "organization": organisations,
        "taxonomy_term": terms,
        "taxonomy": taxonomies,
    }
    return {name: tuple(sorted(listed, key=lambda one: one.id)) for name, listed in made.items()}


@lru_cache(maxsize=1 << 14)
def touches(area: str, place: str) -> bool:
    """Tell whether an area holds a place or lies in it."""
    return is_within(place, area) or is_within(area, place)


def _fits(one: Entry, wanted: Filter) -> bool:
    if wanted.organization and one.organization_id != wanted.organization:
        return False
    if not one.terms.issuperset(wanted.terms) or (wanted.taxonomy and wanted.taxonomy not in one.taxonomies):
        return False
    # What does not say when it changed may have changed.
    if wanted.modified_after and one.modified and one.modified < wanted.modified_after:
        return False
    place = wanted.place
    if place is None:
        return True
    return any(is_within(code, place) for code in one.places) or any(touches(code, place) for code in one.areas)


class _Index:
    """The tables, ready to be asked what belongs to a record."""

    def __init__(self, tables: Tables) -> None:
        self._rows = {
            name: {row["id"]: row for row in tables[name]} for name in ("organization", "service", "location")
        }
        self._said = Said(tables)
        self._attributes = _attributes(tables)
        self._words: dict[str, str] = {}
        self._areas: dict[str, set[str]] = defaultdict(set)
        for row in tables["service_area"]:
            for link in ("service_id", "service_at_location_id"):
                if link in row and row.get("extent_type") == "text":
                    self._areas[row[link]] |= set(_codes(row.get("extent", "")))
        self._at: dict[str, list[str]] = defaultdict(list)
        for row in tables["service_at_location"]:
            self._at[row["service_id"]].append(row["id"])

    def words(self, *rows: Row) -> str:
        """Return all that can be searched in rows, as searches are spelt."""
        return " ".join(self._words_of(row) for row in rows if row)

    def _words_of(self, row: Row) -> str:
        if row["id"] not in self._words:
            said = (row[name] for name in _SEARCHED if name in row)
            self._words[row["id"]] = " ".join(map(_spelt, (*said, *self._attributes.get(row["id"], ()))))
        return self._words[row["id"]]

    def at_place(self, at: Row) -> Entry:
        service = self._rows["service"][at["service_id"]]
        location = self._rows["location"][at["location_id"]]
        owner = self._owner(service)
        terms = self._said.terms(at["id"], service["id"], owner.get("id"))
        code = location.get("external_identifier") if location.get("external_identifier_type") else None
        place = by_code(code) if code and location.get("external_identifier_type") == PLACE_IDENTIFIER else None
        point = (location["latitude"], location["longitude"]) if {"latitude", "longitude"} <= set(location) else None
        # The middle of a province is nowhere near; that of a district will do.
        if point is None and place is not None and place.kind is Kind.DISTRICT:
            point = place.point
        return Entry(
            id=at["id"],
            words=self.words(at, service, owner, location),
            organization_id=owner.get("id"),
            modified=_moment(service.get("last_modified")),
            terms=terms,
            taxonomies=self._taxonomies(terms),
            places=frozenset({place.code} if place else ()),
            areas=frozenset(self._areas.get(at["id"]) or self._areas.get(service["id"]) or ()),
            points=(point,) if point else (),
        )

    def service(self, row: Row, places: dict[str, Entry]) -> Entry:
        owner, at = self._owner(row), [places[key] for key in self._at.get(row["id"], ())]
        terms = (
            frozenset[str]().union(*(one.terms for one in at)) if at else self._said.terms(row["id"], owner.get("id"))
        )
        return Entry(
            id=row["id"],
            words=" ".join(one.words for one in at) or self.words(row, owner),
            organization_id=owner.get("id"),
            modified=_moment(row.get("last_modified")),
            terms=terms,
            taxonomies=self._taxonomies(terms),
            places=frozenset[str]().union(*(one.places for one in at)),
            areas=frozenset[str]().union(*(one.areas for one in at))
            if at
            else frozenset(self._areas.get(row["id"], ())),
            points=tuple(point for one in at for point in one.points),
        )

    def _owner(self, service: Row) -> Row:
        return self._rows["organization"].get(service.get("organization_id", ""), {})

    def _taxonomies(self, terms: Iterable[str]) -> frozenset[str]:
        return frozenset(self._said.taxonomy_of[one] for one in terms)


@lru_cache(maxsize=1 << 14)
def _spelt(text: str) -> str:
    return skeleton(text)  # names of terms and places stand in many records


def _attributes(tables: Tables) -> dict[str, list[str]]:
    terms = {row["id"]: row for row in tables["taxonomy_term"]}
    found: dict[str, list[str]] = defaultdict(list)
    for row in tables["attribute"]:
        term = terms.get(row.get("taxonomy_term_id", ""), {})
        # What our text terms are called says nothing of the record; what they hold does.
        names = () if term.get("taxonomy") == "thangdee-text" else (term.get("name"), term.get("description"))
        found[row["link_id"]] += [text for text in (row.get("value"), *names) if text]
    return found


def _codes(extent: str) -> Iterator[str]:
    for word in extent.replace(",", " ").split():
        if by_code(word) is not None:
            yield word


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
