"""What of the directory everybody may read: facts that are fresh, and nothing that endangers a person.

A row is published only when it passes here. Filters, searches and pages see nothing else, so that no question can
be used to feel for what is hidden.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from thangdee.console.directory_api.said import private_shelters
from thangdee.referral_directory.exporting import Row, Tables
from thangdee.referral_directory.hsds import RECORDS, Field
from thangdee.referral_directory.model import Checked, is_public
from thangdee.referral_directory.taxonomy import BY_ID
from thangdee.referral_directory.taxonomy import records as own_terms

# A row of these is one fact with a check of its own; what else hangs on a service stands with the service's check.
_ONE_FACT = {"phone", "schedule", "address", "cost_option"}
# Told only of a place or an organisation that was itself checked.
_OF_CHECKED = {"language", "accessibility", "funding", "organization_identifier", "url"}
_BARE = {
    "location": {"id", "location_type"},
    "organization": {"id", "name", "alternate_name", "description"},
}
# Parents first. Not here, and so never published: contact (persons), metadata (who of the staff changed what).
_HANGING = (
    "phone", "schedule", "address", "cost_option", "language", "accessibility", "service_area", "funding",
    "required_document", "organization_identifier", "url", "service_capacity",
)  # fmt: skip
_ASSURER = "assurer_email"


def publish(tables: Tables, checked: Mapping[str, Checked], secret: Collection[str], today: date) -> Tables:
    """Return the rows for everybody. `checked`: last check by id; `secret`: locations with a sealed address."""
    fresh = frozenset(key for key, one in checked.items() if is_public(one, today))
    sieve = _Sieve(fresh, frozenset(secret) | frozenset(private_shelters(tables)))
    _put_services(sieve, tables)
    _put_locations(sieve, tables)
    sieve.put("unit", tables["unit"])
    for table in _HANGING:
        sieve.put(table, [row for row in tables[table] if table not in _ONE_FACT or row["id"] in fresh])
    _put_terms(sieve, tables, _attributes(sieve, tables["attribute"]))
    return sieve.out


@dataclass
class _Sieve:
    """What passed so far. `hidden`: locations that must not be found; `bare`: records told only in part."""

    fresh: frozenset[str]
    hidden: frozenset[str]
    bare: set[str] = field(default_factory=set)
    out: Tables = field(default_factory=lambda: {name: [] for name in RECORDS})
    ids: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in RECORDS})

    def put(self, table: str, rows: Iterable[Row]) -> None:
        """Let rows through, without links to what is not published; what then hangs on nothing stays behind."""
        given = list(rows)
        self.ids[table] = {row["id"] for row in given}
        self.out[table] = [kept for row in given if (kept := self._linked(table, row))]
        self.ids[table] = {row["id"] for row in self.out[table]}

    def put_partly(self, table: str, rows: Iterable[Row], bare: Collection[str]) -> None:
        """Let rows through; of those in `bare` only what they are."""
        self.bare |= set(bare)
        self.put(table, [_cut(row, _BARE[table]) if row["id"] in bare else row for row in rows])

    def _linked(self, table: str, row: Row) -> Row | None:
        links = [one for one in RECORDS[table].fields if one.links_to and row.get(one.name)]
        gone = {one.name for one in links if not self._may_lead(table, one, row[one.name])}
        if any(one.in_tables and one.name in gone for one in links):
            return None
        if table in _HANGING and len(gone) == len(links):
            return None
        return {name: value for name, value in row.items() if name not in gone}

    def _may_lead(self, table: str, link: Field, key: str) -> bool:
        is_barred = (table in _ONE_FACT and key in self.hidden) or (table in _OF_CHECKED and key in self.bare)
        return not is_barred and key in self.ids[link.links_to or ""]


def _put_services(sieve: _Sieve, tables: Tables) -> None:
    services = [row for row in tables["service"] if row["id"] in sieve.fresh]
    owners = {row.get("organization_id") for row in services} | sieve.fresh
    organisations = [row for row in tables["organization"] if row["id"] in owners]
    sieve.put_partly("organization", organisations, {row["id"] for row in organisations} - sieve.fresh)
    programs = {row.get("program_id") for row in services}
    sieve.put("program", [row for row in tables["program"] if row["id"] in programs])
    sieve.put("service", [{name: row[name] for name in row if name != _ASSURER} for row in services])


def _put_locations(sieve: _Sieve, tables: Tables) -> None:
    """A location is known by what is given there; one where nothing is given is nobody's business."""
    places = [row for row in tables["service_at_location"] if row.get("service_id") in sieve.ids["service"]]
    used = {row.get("location_id") for row in places}
    locations = [row for row in tables["location"] if row["id"] in used]
    bare = {row["id"] for row in locations if row["id"] in sieve.hidden or row["id"] not in sieve.fresh}
    sieve.put_partly("location", locations, bare)
    # What is written of a service at a hidden place may say where it is.
    sieve.put(
        "service_at_location",
        [
            {name: row[name] for name in row if name != "description"} if row["location_id"] in sieve.hidden else row
            for row in places
        ],
    )


def _attributes(sieve: _Sieve, rows: Iterable[Row]) -> list[Row]:
    """Return the attributes of what is published; of what is told in part only those with a term of ours."""
    locations, published = sieve.ids["location"], set[str]().union(*sieve.ids.values())
    hidden_at = {row["id"] for row in sieve.out["service_at_location"] if row["location_id"] in sieve.hidden}
    kept = []
    for row in rows:
        link, ours = row.get("link_id"), BY_ID.get(row.get("taxonomy_term_id", ""))
        if link not in published or (link in sieve.bare and (ours is None or link in locations)):
            continue
        if link in hidden_at and (ours is None or ours.taxonomy == "text"):
            continue
        kept.append(row)
    return kept


def _put_terms(sieve: _Sieve, tables: Tables, attributes: list[Row]) -> None:
    """Our own taxonomies are public as a whole; of others what is used, and what stands above it."""
    ours = own_terms()
    terms = {row["id"]: row for row in (*tables["taxonomy_term"], *ours["taxonomy_term"])}
    used = {row["taxonomy_term_id"] for row in attributes if row.get("taxonomy_term_id") in terms}
    wanted = {row["id"] for row in ours["taxonomy_term"]}
    while used:
        wanted |= used
        used = {above for one in used if (above := terms[one].get("parent_id")) in terms} - wanted
    shown = [terms[one] for one in sorted(wanted)]
    taxonomies = {row["id"]: row for row in (*tables["taxonomy"], *ours["taxonomy"])}
    named = {row.get("taxonomy_id") for row in shown}
    sieve.put("taxonomy", [row for key, row in sorted(taxonomies.items()) if key in named])
    sieve.put("taxonomy_term", shown)
    sieve.put("attribute", attributes)


def _cut(row: Row, names: Collection[str]) -> Row:
    return {name: value for name, value in row.items() if name in names}
