"""Our own taxonomies: what HSDS has no field for is said by attributes with these terms."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# Ids are made from codes, so that every installation and every export has the same ones.
_NAMESPACE = uuid.UUID("5d3b0e0e-3f0f-5a57-9c1c-6a1f4f0c7a11")
_PREFIX = "thangdee-"


@dataclass(frozen=True)
class Term:
    """One term; `taxonomy` and `name` without our prefix: `need`, `shelter`. `names`: by language."""

    taxonomy: str
    name: str
    names: dict[str, str]

    @property
    def code(self) -> str:
        """The code in exports, e.g. `thangdee-need:shelter`."""
        return f"{_PREFIX}{self.taxonomy}:{self.name}"

    @property
    def id(self) -> str:
        """The id that follows from the code."""
        return stable_id(self.code)


def stable_id(name: str) -> str:
    """Return the UUID that belongs to a name, the same everywhere and for ever."""
    return str(uuid.uuid5(_NAMESPACE, name))


_FILE: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))


def _terms() -> dict[tuple[str, str], Term]:
    made = (
        Term(taxonomy.removeprefix(_PREFIX), str(name), names)
        for taxonomy, content in _FILE["taxonomies"].items()
        for name, names in content["terms"].items()
    )
    return {(term.taxonomy, term.name): term for term in made}


TERMS: dict[tuple[str, str], Term] = _terms()
BY_ID: dict[str, Term] = {term.id: term for term in TERMS.values()}
NEED_OF_INTENT: dict[str, str] = _FILE["need_of_intent"]


def term(taxonomy: str, name: str) -> Term:
    """Return a term, e.g. `term("need", "shelter")`. Raises KeyError for an unknown one."""
    return TERMS[taxonomy, name]


def names_of(taxonomy: str) -> tuple[str, ...]:
    """Return the names of a taxonomy's terms, in the order of the file."""
    return tuple(name for of, name in TERMS if of == taxonomy)


def records() -> dict[str, list[dict[str, Any]]]:
    """Return the taxonomies and terms as HSDS records, for the database and for exports."""
    taxonomies = [
        {"id": stable_id(name), "name": name, "description": content["description"]}
        for name, content in _FILE["taxonomies"].items()
    ]
    terms = [
        {
            "id": one.id,
            "code": one.code,
            "name": one.names["en"],
            "description": f"{one.names['lo']} / {one.names['th']}",
            "taxonomy": f"{_PREFIX}{one.taxonomy}",
            "taxonomy_id": stable_id(f"{_PREFIX}{one.taxonomy}"),
            "language": "en",
        }
        for one in TERMS.values()
    ]
    return {"taxonomy": taxonomies, "taxonomy_term": terms}
