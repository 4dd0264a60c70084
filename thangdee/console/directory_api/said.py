"""Which terms hold for a record: what is said closest to it wins, taxonomy by taxonomy, as in the snapshot."""

from collections import defaultdict
from collections.abc import Iterator

from thangdee.referral_directory.exporting import Row, Tables
from thangdee.referral_directory.taxonomy import term

_RESIDENTIAL = term("stay", "residential").id
_STAY = {_RESIDENTIAL, term("stay", "day").id}
_SHELTER = term("need", "shelter").id
_FRONT_DOOR = term("visit", "public_front_door").id


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
    """Yield the locations where people stay and nobody said that one may walk in: their address is not for everybody.

    A place to stay counts as one that people live in where nobody wrote down whether they do.
    """
    said = Said(tables)
    services = {row["id"]: row for row in tables["service"]}
    for at in tables["service_at_location"]:
        terms = said.terms(at["id"], at.get("service_id"), _owner(services, at))
        one_stays = _RESIDENTIAL in terms or (_SHELTER in terms and not terms & _STAY)
        if one_stays and _FRONT_DOOR not in terms:
            yield at["location_id"]


def _owner(services: dict[str, Row], at: Row) -> str | None:
    owner: str | None = services.get(at.get("service_id", ""), {}).get("organization_id")
    return owner
