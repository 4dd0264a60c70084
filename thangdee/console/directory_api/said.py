"""Which terms hold for a record: what is said closest to it wins, taxonomy by taxonomy, as in the snapshot."""

from collections import defaultdict
from collections.abc import Iterator

from thangdee.referral_directory.exporting import Row, Tables
from thangdee.referral_directory.model import is_private_home
from thangdee.referral_directory.taxonomy import BY_ID

_FRONT_DOOR = ("visit", "public_front_door")


class Said:
    """The attributes of a set of tables."""

    def __init__(self, tables: Tables) -> None:
        self.taxonomy_of: dict[str, str] = {
            row["id"]: row.get("taxonomy_id") or row["id"] for row in tables["taxonomy_term"]
        }
        self._by_link: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in tables["attribute"]:
            term_id: str = row.get("taxonomy_term_id", "")
            link: str = row.get("link_id", "")
            if term_id and link:
                self._by_link[link][self.taxonomy_of.get(term_id, term_id)].add(term_id)

    def terms(self, *keys: str | None) -> frozenset[str]:
        """Return the ids of the terms that hold; `keys`: the record first, then what it belongs to."""
        held: dict[str, set[str]] = {}
        for key in keys:
            for taxonomy, terms in self._by_link.get(key or "", {}).items():
                held.setdefault(taxonomy, terms)
        return frozenset(one for terms in held.values() for one in terms)


def private_shelters(tables: Tables) -> Iterator[str]:
    """Yield the locations where people stay and nobody said that one may walk in, by the rule that the chat uses."""
    said = Said(tables)
    services = {row["id"]: row for row in tables["service"]}
    for at in tables["service_at_location"]:
        held = [BY_ID[one] for one in said.terms(at["id"], at.get("service_id"), _owner(services, at)) if one in BY_ID]
        stay = {one.name for one in held if one.taxonomy == "stay"}
        is_home = is_private_home(
            is_residential="residential" in stay if stay else None,
            needs={one.name for one in held if one.taxonomy == "need"},
            has_public_front_door=any((one.taxonomy, one.name) == _FRONT_DOOR for one in held),
        )
        if is_home:
            yield at["location_id"]


def _owner(services: dict[str, Row], at: Row) -> str | None:
    owner: str | None = services.get(at.get("service_id", ""), {}).get("organization_id")
    return owner
