"""What two records of one person probably share: short keys, stored only as keyed hashes of 16 bits (R24).

A key is made of rough sounds, districts and bands of birth years. It gathers candidates, it identifies nobody.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from math import log
from typing import Protocol

from thangdee.casework.matching.person import Described
from thangdee.casework.matching.sound import coarse, vowelled

MOST_CANDIDATES = 400  # decrypted and scored for one enquiry
_PURPOSE = "resident"
_HEX_DIGITS = 4  # 16 bits
_BAND = 6  # years
_TOO_COMMON, _ALWAYS_FETCHED = 0.04, 250  # share of the register; people


class LooksUp(Protocol):
    """Whoever hashes with a key of its own: core.keyring.Keyring."""

    def look_up(self, purpose: str, value: str) -> str:
        """Return the keyed hash of a value in hex digits."""
        ...


def blocks(person: Described) -> frozenset[str]:
    """The plain keys of a person; never stored as they are."""
    return frozenset(chain(_of_names(person), _of_home(person)))


def hashed_each(keys: LooksUp, plain: Iterable[str]) -> dict[str, str]:
    """Each plain key with the 16 bits that are kept of its hash."""
    return {one: keys.look_up(_PURPOSE, one)[:_HEX_DIGITS] for one in plain}


def hashed(keys: LooksUp, plain: Iterable[str]) -> frozenset[str]:
    """What is stored of plain keys."""
    return frozenset(hashed_each(keys, plain).values())


def block_weights(sizes: Mapping[str, int], register_size: int) -> dict[str, float]:
    """The weight of each hash by how many residents have it; those that too many have are left out."""
    most = max(_ALWAYS_FETCHED, _TOO_COMMON * register_size)
    return {one: log(1 + register_size / size) for one, size in sizes.items() if 0 < size <= most}


def most_sharing(
    rows: Iterable[tuple[str, str]], weights: Mapping[str, float], limit: int = MOST_CANDIDATES
) -> list[str]:
    """The residents who share the most with an enquiry, of (resident, hash) rows; at most ``limit``."""
    shared: dict[str, float] = {}
    for resident, one in rows:
        shared[resident] = shared.get(resident, 0.0) + weights.get(one, 0.0)
    return best_of(shared, limit)


def best_of(shared: Mapping[str, float], limit: int) -> list[str]:
    """The residents with the highest sums, best first."""
    return sorted(shared, key=lambda one: (-shared[one], one))[:limit]


def name_block(sound: str) -> str:
    """The key of everybody with a name that sounds roughly so."""
    return f"c:{coarse(sound)}" if len(coarse(sound)) > 1 else f"v:{vowelled(sound)}"


def district_block(code: str) -> str:
    """The key of everybody from a district."""
    return f"d:{code}"


def province_block(code: str) -> str:
    """The key of everybody from a province."""
    return f"p:{code}"


def village_block(sound: str) -> str:
    """The key of everybody from a village that sounds roughly so."""
    return f"w:{coarse(sound)}"


def _of_names(person: Described) -> Iterator[str]:
    names, places = person.names, _districts(person)
    provinces = sorted({_region(code) for code, _ in person.home.provinces})
    bands = _bands(person)
    for sound in dict.fromkeys((*names.nicknames[:4], *names.given[:4], *names.family[:3])):
        rough, key = coarse(sound), name_block(sound)
        yield key
        yield f"v:{vowelled(sound)}"
        if len(rough) > 3:
            yield from (f"x:{rough[:at]}{rough[at + 1 :]}" for at in range(len(rough)))
            yield f"x:{rough}"
        for code in places:
            yield f"{code}:{rough[:2]}"
            yield f"{code}:{vowelled(sound)[:3]}"
        for code in provinces:
            yield f"{key}:{code}"
            yield f"{code}:{rough[:2]}"
        for band in bands:
            yield f"{key}:{band}"
    for first in names.given[:2]:
        for second in (*names.nicknames[:2], *names.family[:2]):
            yield f"2:{'+'.join(sorted((coarse(first)[:2], coarse(second)[:2])))}"


def _of_home(person: Described) -> Iterator[str]:
    bands = _bands(person)
    for code in _districts(person):
        yield district_block(code)
        yield from (f"{code}:{band}:{person.sex}" for band in bands)
    for code, _ in person.home.provinces:
        yield province_block(code)
    for sound in (*person.home.villages[:3], *person.home.former[:2]):
        yield village_block(sound)
        yield from (f"{village_block(sound)}:{band}" for band in bands)


def _region(province: str) -> str:
    """The province; as one those that are written one for the other."""
    return "LA-V" if province in ("LA-VT", "LA-VI", "LA-XS") else province


def _districts(person: Described) -> list[str]:
    return [code for code, _ in person.home.districts[:2]]


def _bands(person: Described) -> list[str]:
    """Two rows of bands, shifted by half: births three years apart share at least one."""
    years = {year for span in person.births if span.doubt < 2 for year in (span.first, span.last)}
    found = {f"a{year // _BAND}" for year in years} | {f"b{(year + _BAND // 2) // _BAND}" for year in years}
    return sorted(found)[:6]
