"""From the words of a list to HSDS rows: every id follows from the `id` in the list, so seeding again finds it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from thangdee.referral_directory.snapshot import PLACE_IDENTIFIER
from thangdee.referral_directory.taxonomy import stable_id, term

# Word in a list -> our taxonomy; a word with a single term is written as one, `state` carries its days.
_SAID = {
    "needs": "need", "genders": "gender", "ages": "age", "returnees": "returnee", "spoken": "spoken", "stay": "stay",
    "family": "family", "visit": "visit", "referral": "referral", "state": "state", "mark": "mark",
}  # fmt: skip
_TEXTS = ("name", "description", "contact_rule")
_UNIT = {"id": stable_id("seed unit place"), "name": "Place to sleep"}

Said = Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """Which document speaks of a record; of several the youngest tells the year."""

    table: str
    row_id: str
    codes: str

    @property
    def year(self) -> int:
        """The last two digits of a code are its year."""
        return max(2000 + int(code[-2:]) for code in self.codes.split())


@dataclass
class Draft:
    """The rows of one list, by table, and where they come from. A sample has no sources."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    sources: list[Source] = field(default_factory=list)

    def add_provider(self, said: Said) -> None:
        """Add an organisation with its services."""
        key = organisation_id(said["id"])
        row = {"id": key, "name": said["name"]["en"], "description": said["description"]["en"]}
        parent = {"parent_organization_id": organisation_id(said["parent"])} if "parent" in said else {}
        self._add("organization", row | parent, said)
        self._attribute(key, "organization", "kind", said["kind"])
        for service in said.get("services", ()):
            self.add_service(key, service)

    def add_service(self, organisation: str, said: Said) -> None:
        """Add a service, the place where it is given (without one it is given by phone) and the area it serves."""
        key = service_id(said["id"])
        row = {"id": key, "organization_id": organisation, "name": said["name"]["en"]}
        row |= {"description": said["description"]["en"], "status": said.get("status", "active")}
        self._add("service", row | {"eligibility_description": said.get("eligibility")}, said)
        if "place" in said:
            self._add_site(key, organisation, said)
        extent = {"extent_type": "text", "extent": " ".join(said["areas"])}
        self.rows["service_area"].append({"id": _id(key, "area"), "service_id": key} | extent)
        if "hours" in said:
            hours = {"id": _id(key, "hours"), "service_id": key, "freq": "WEEKLY"}
            self.rows["schedule"].append(hours | said["hours"])
        if "phone" in said:
            self.rows["phone"].append({"id": _id(key, "phone"), "service_id": key, "number": said["phone"]})
        if "free_places" in said:
            self._add_places(key, said["free_places"])

    def _add_site(self, service: str, organisation: str, said: Said) -> None:
        location = _id(service, "location")
        place = {"external_identifier": said["place"], "external_identifier_type": PLACE_IDENTIFIER}
        row = {"id": location, "location_type": "physical", "organization_id": organisation} | place
        self.rows["location"].append(row)
        self._name_source("location", location, said)
        at = {"id": _id(service, "at"), "service_id": service, "location_id": location}
        self.rows["service_at_location"].append(at)

    def _add_places(self, service: str, available: int) -> None:
        if not self.rows["unit"]:
            self.rows["unit"].append(_UNIT)
        row = {"id": _id(service, "places"), "service_id": service, "unit_id": _UNIT["id"], "available": available}
        self.rows["service_capacity"].append(row)

    def _add(self, table: str, row: dict[str, Any], said: Said) -> None:
        self.rows[table].append(row)
        self._name_source(table, row["id"], said)
        for what in _TEXTS:
            for language, text in said.get(what, {}).items():
                if language != "en" or what == "contact_rule":  # name and description are English in the row itself
                    self._attribute(row["id"], table, "text", f"{what}-{language}", text)
        for word, taxonomy in _SAID.items():
            for name in said.get(word, ()):
                value = said[word][name] if isinstance(said[word], dict) else ""
                self._attribute(row["id"], table, taxonomy, name, value)

    def _attribute(self, of: str, table: str, taxonomy: str, name: str, value: str = "") -> None:
        # The id that `changes.say` gives, so that staff who say it again do not say it twice.
        ids = {"id": _id(of, f"{taxonomy} {name}"), "link_id": of, "link_entity": table}
        self.rows["attribute"].append(ids | {"taxonomy_term_id": term(taxonomy, name).id, "value": value})

    def _name_source(self, table: str, row_id: str, said: Said) -> None:
        if "source" in said:
            self.sources.append(Source(table, row_id, said["source"]))


def organisation_id(name: str) -> str:
    """Return the id of an organisation by its `id` in the list."""
    return stable_id(f"seed organization {name}")


def service_id(name: str) -> str:
    """Return the id of a service by its `id` in the list."""
    return stable_id(f"seed service {name}")


def _id(of: str, what: str) -> str:
    return stable_id(f"{of} {what}")
