"""Names to places: what `find` and `places_in` look up."""

from dataclasses import dataclass, field
from functools import cache

import yaml

from thangdee.referral_directory.places.gazetteer import DATA, Needs, Spelling, is_within, spellings
from thangdee.referral_directory.places.place import Kind, Place
from thangdee.referral_directory.places.spelling import by_ear, frame, has_lao_or_thai, key, latin

HEAD = 2  # letters by which the lengths of names are listed, so that a message is walked once
_EAR_LENGTH = 5  # shorter sounds are everyday words too


@dataclass(frozen=True, slots=True)
class Index:
    """Spellings by their form, and for each beginning the lengths of the names that begin so, longest first."""

    lettered: dict[str, tuple[Spelling, ...]] = field(default_factory=dict)
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    latin: dict[str, tuple[Spelling, ...]] = field(default_factory=dict)
    heard: dict[str, tuple[Spelling, ...]] = field(default_factory=dict)
    frames: frozenset[str] = frozenset()
    not_places: frozenset[str] = frozenset()


@cache
def index() -> Index:
    """Return the index; made at the first use, a fifth of a second."""
    lettered: dict[str, list[Spelling]] = {}
    latin_forms: dict[str, list[Spelling]] = {}
    heard: dict[str, list[Spelling]] = {}
    for one in spellings():
        if has_lao_or_thai(one.text):
            _add(lettered, key(one.text), one)
        else:
            _add(latin_forms, latin(one.text).replace(" ", ""), one)
            if len(ear := by_ear(one.text)) >= _EAR_LENGTH:
                _add(heard, ear, one)
    not_places = frozenset(markers()["not_places"])
    lengths = _lengths([*lettered, *not_places])
    return Index(_frozen(lettered), lengths, _frozen(latin_forms), _frozen(heard), _frames(latin_forms), not_places)


@cache
def markers() -> dict[str, tuple[str, ...]]:
    """Words that tell what a name beside them is, by list; Lao and Thai ones as the bare letters of `key`."""
    lists: dict[str, list[str]] = yaml.safe_load((DATA / "markers.yml").read_text(encoding="utf-8"))
    return {
        name: tuple(words) if name.startswith("latin") else tuple({key(word) for word in words})
        for name, words in lists.items()
    }


def distinct(places: list[Place]) -> tuple[Place, ...]:
    """Drop repeats, and what lies inside a place before it: the district Champasak behind its province."""
    kept: list[Place] = []
    for place in places:
        if not any(is_within(place, one.code) for one in kept if one.kind is not Kind.COUNTRY):
            kept.append(place)
    return tuple(kept)


def _add(forms: dict[str, list[Spelling]], form: str, one: Spelling) -> None:
    if form:
        forms.setdefault(form, []).append(one)


def _frozen(forms: dict[str, list[Spelling]]) -> dict[str, tuple[Spelling, ...]]:
    return {form: tuple(sorted(known, key=_rank)) for form, known in forms.items()}


def _rank(one: Spelling) -> tuple[bool, int, bool]:
    """Its own name before an alias, provinces before districts, Laos before Thailand."""
    kinds = (Kind.COUNTRY, Kind.PROVINCE, Kind.DISTRICT)
    return not one.is_name, kinds.index(one.place.kind), one.place.country != "LA"


def _frames(forms: dict[str, list[Spelling]]) -> frozenset[str]:
    """The frames of the names that may be known by their sound."""
    return frozenset(frame(form) for form, known in forms.items() if any(one.needs is Needs.NOTHING for one in known))


def _lengths(forms: list[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for form in forms:
        found.setdefault(form[:HEAD], set()).add(len(form))
    return {head: tuple(sorted(lengths, reverse=True)) for head, lengths in found.items()}
