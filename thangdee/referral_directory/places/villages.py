"""Villages, from lists that operators bring: none ship with the program."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

from rapidfuzz import fuzz

from thangdee.referral_directory.places.gazetteer import by_code
from thangdee.referral_directory.places.place import Kind
from thangdee.referral_directory.places.spelling import by_ear, has_lao_or_thai, key, latin

COLUMNS = ("id", "district", "name", "name_th", "name_en", "former_names", "merged_into")
_REQUIRED = ("id", "district", "name")
_LONGEST = 120
_LIKE_ENOUGH = 75.0
_MOST = 8
_PREFIXES = ("ບ້ານ", "บ้าน", "ban ", "baan ")


@dataclass(frozen=True, slots=True)
class Village:
    """A village of a district; ``merged_into`` is the id of the village that it became part of."""

    id: str
    district: str
    name: str
    name_th: str
    name_en: str
    former_names: tuple[str, ...]
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class VillageError:
    """What is wrong in a list: the line of the file (the header is 1), the column, the problem."""

    row: int
    field: str
    problem: str


def read_villages(file: TextIO) -> tuple[tuple[Village, ...], tuple[VillageError, ...]]:
    """Read a CSV list with the columns of `COLUMNS`; with any error no village is returned.

    Former names are parted by ";". A village may be merged into one that stands anywhere in the list.
    """
    reader = csv.DictReader(file)
    header = [name.lstrip("\ufeff").strip() for name in reader.fieldnames or ()]
    if missing := [name for name in _REQUIRED if name not in header]:
        return (), tuple(VillageError(1, name, "the column is missing") for name in missing)
    if unknown := [name for name in header if name not in COLUMNS]:
        return (), tuple(VillageError(1, name, "no such column") for name in unknown)
    reader.fieldnames = header
    rows = [(reader.line_num, row) for row in reader]
    errors = tuple(error for line, row in rows for error in _row_errors(line, row))
    villages = [(line, _village(row)) for line, row in rows] if not errors else []
    errors += tuple(_list_errors(villages))
    return ((), errors) if errors else (tuple(village for _, village in villages), ())


def find_village(text: str, district: str, villages: Iterable[Village]) -> tuple[Village, ...]:
    """Return the villages of a district whose present or former name is like the text, best first, at most eight.

    A merged village answers with the one it became; a name typed badly counts when three in four letters agree.
    """
    known = {village.id: village for village in villages}
    scored: dict[str, float] = {}
    for village in known.values():
        if village.district == district and (score := _likeness(text, village)) >= _LIKE_ENOUGH:
            now = _present(village, known).id
            scored[now] = max(score, scored.get(now, 0.0))
    best = sorted(scored.items(), key=lambda one: (-one[1], one[0]))[:_MOST]
    return tuple(known[id_] for id_, _ in best)


def _row_errors(line: int, row: dict[str, str]) -> Iterator[VillageError]:
    if None in row:
        yield VillageError(line, COLUMNS[-1], "more cells than columns")
        return
    for name in _REQUIRED:
        if not (row[name] or "").strip():
            yield VillageError(line, name, "is empty")
    for name, value in row.items():
        if len(value or "") > _LONGEST:
            yield VillageError(line, name, f"longer than {_LONGEST} letters")
    district = (row["district"] or "").strip()
    place = by_code(district)
    if district and (place is None or place.kind is not Kind.DISTRICT):
        yield VillageError(line, "district", "not the code of a district, such as LA1301")


def _village(row: dict[str, str]) -> Village:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    former = tuple(name.strip() for name in cells["former_names"].split(";") if name.strip())
    return Village(
        cells["id"], cells["district"], cells["name"], cells["name_th"], cells["name_en"], former,
        cells["merged_into"] or None,
    )  # fmt: skip


def _list_errors(villages: list[tuple[int, Village]]) -> Iterator[VillageError]:
    known: dict[str, Village] = {}
    for line, village in villages:
        if village.id in known:
            yield VillageError(line, "id", "stands twice in the list")
        known.setdefault(village.id, village)
    for line, village in villages:
        if village.merged_into and village.merged_into not in known:
            yield VillageError(line, "merged_into", "no village in the list has this id")
        elif village.merged_into and _present(village, known).merged_into:
            yield VillageError(line, "merged_into", "goes round in a circle")


def _present(village: Village, known: dict[str, Village]) -> Village:
    """Follow the mergers; a circle ends where it began, a village not in the list with the last known one."""
    seen = {village.id}
    while (into := village.merged_into) and into in known and into not in seen:
        village = known[into]
        seen.add(into)
    return village


def _likeness(text: str, village: Village) -> float:
    names = (village.name, village.name_th, village.name_en, *village.former_names)
    return max(fuzz.ratio(_form(text, name), _form(name, name)) for name in names if name)


def _form(text: str, like: str) -> str:
    """The form of a name by which it is compared with one in the script of ``like``."""
    text = text.strip().lower()
    for prefix in _PREFIXES:
        text = text.removeprefix(prefix)
    if has_lao_or_thai(text) != has_lao_or_thai(like):
        return ""
    return key(text) if has_lao_or_thai(text) else by_ear(latin(text))
