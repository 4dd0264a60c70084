"""What speaks for and against two records being one person, field by field, each in a few grades."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from thangdee.casework.matching.lao_places import Likely, are_mixed_up, code_of_province, is_near, was_in
from thangdee.casework.matching.likeness import likeness
from thangdee.casework.matching.person import Described
from thangdee.casework.matching.years import gap

Rarity = Callable[[str, str], float]  # (kind of field, sound or code) -> logarithm of one in how many

_GRADES = ((0.97, "same_sound"), (0.88, "near"), (0.78, "alike"), (0.66, "little_alike"))
_STRENGTH = {"same_sound": 1.0, "near": 0.9, "alike": 0.7, "little_alike": 0.35, "differs": 0.0}
_CROSSED = 0.78  # likeness at which a nickname in the box of the given name counts
_CROSS_LEAD = 0.1
NAME_FIELDS = ("nickname", "given_name", "family_name")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A grade for each field that both records speak of, and how rare an agreeing value is."""

    grades: tuple[tuple[str, str], ...]
    rarities: tuple[tuple[str, float], ...]


def evidence(sought: Described, other: Described, rarity: Rarity) -> Evidence:
    """Compare two people."""
    grades: dict[str, str] = {}
    rarities: dict[str, float] = {}
    _names(sought, other, rarity, grades, rarities)
    _village(sought, other, rarity, grades, rarities)
    _area(sought, other, rarity, grades, rarities)
    _years(sought, other, grades)
    if sought.sex and other.sex:
        grades["sex"] = "same" if sought.sex == other.sex else "differs"
    return Evidence(tuple(grades.items()), tuple(rarities.items()))


@dataclass(frozen=True, slots=True)
class _Alike:
    """The likeness of the most alike readings of two names, and the readings."""

    share: float = 0.0
    one: str = ""
    other: str = ""


def _best(some: Iterable[str], others: tuple[str, ...]) -> _Alike | None:
    """The most alike readings; none where a side has none."""
    best: _Alike | None = None
    for one in some:
        for other in others:
            share = likeness(one, other)
            if best is None or share > best.share:
                best = _Alike(share, one, other)
    return best


def _names(
    sought: Described, other: Described, rarity: Rarity, grades: dict[str, str], rarities: dict[str, float]
) -> None:
    mine, hers = sought.names, other.names
    found = {
        "nickname": _best(mine.nicknames, hers.nicknames),
        "given_name": _best(mine.given, hers.given),
        "family_name": _best(mine.family, hers.family),
    }
    swapped = (_best(mine.given, hers.family), _best(mine.family, hers.given))
    if _is_swapped(found["given_name"], found["family_name"], *swapped):
        found["given_name"], found["family_name"] = swapped
        grades["names"] = "swapped"
    crossed = _crossed(sought, other, found)
    for field, alike in found.items():
        if alike and not (crossed and field != "family_name" and alike.share < crossed.share):
            _grade(field, alike, rarity, grades, rarities)
    if crossed:
        _grade("crossed", crossed, rarity, grades, rarities)
    _whole(sought, other, rarity, grades, rarities)


def _is_swapped(given: _Alike | None, family: _Alike | None, first: _Alike | None, second: _Alike | None) -> bool:
    straight = [one.share for one in (given, family) if one]
    across = [one.share for one in (first, second) if one]
    return bool(across) and max(across) >= _CROSSED and max(across) > max(straight, default=0.0) + _CROSS_LEAD


def _crossed(sought: Described, other: Described, found: dict[str, _Alike | None]) -> _Alike | None:
    """A nickname of one that is the given name of the other."""
    mine, hers = sought.names, other.names
    across = [one for one in (_best(mine.nicknames, hers.given), _best(mine.given, hers.nicknames)) if one]
    best = max(across, key=lambda one: one.share, default=None)
    straight = max((found[field].share for field in ("nickname", "given_name") if found[field]), default=0.0)  # type: ignore[union-attr]
    return best if best and best.share >= _CROSSED and best.share > straight + _CROSS_LEAD else None


def _whole(
    sought: Described, other: Described, rarity: Rarity, grades: dict[str, str], rarities: dict[str, float]
) -> None:
    """Given and family name written as one word on one side only."""
    if grades.get("given_name", "differs") in ("same_sound", "near"):
        return
    mine, hers = sought.names, other.names
    glued = [one for one in (_best(mine.full, hers.given), _best(mine.given, hers.full)) if one and len(one.one) > 5]
    best = max(glued, key=lambda one: one.share, default=None)
    if best and best.share >= _CROSSED:
        grades.pop("given_name", None), rarities.pop("given_name", None)
        _grade("whole_name", best, rarity, grades, rarities)


def _grade(field: str, alike: _Alike, rarity: Rarity, grades: dict[str, str], rarities: dict[str, float]) -> None:
    grades[field] = next((grade for least, grade in _GRADES if alike.share >= least), "differs")
    if strength := _STRENGTH[grades[field]]:
        rarities[field] = strength * min(rarity("name", alike.one), rarity("name", alike.other))


def _village(
    sought: Described, other: Described, rarity: Rarity, grades: dict[str, str], rarities: dict[str, float]
) -> None:
    mine, hers = sought.home, other.home
    now = _best(mine.villages, hers.villages)
    former = (
        _best((*mine.villages, *mine.former), (*hers.villages, *hers.former)) if mine.former or hers.former else None
    )
    best = former if former and (now is None or former.share > now.share + 0.05) else now
    if best is None:
        return
    grade = next((name for least, name in _GRADES[:3] if best.share >= least), "differs")
    if grade != "differs":
        rarities["village"] = _STRENGTH[grade] * min(rarity("village", best.one), rarity("village", best.other))
    grades["village"] = "former_name" if best is not now and grade != "differs" else grade


def _area(
    sought: Described, other: Described, rarity: Rarity, grades: dict[str, str], rarities: dict[str, float]
) -> None:
    mine, hers = sought.home, other.home
    if mine.districts and hers.districts:
        grade, code = _districts(mine.districts, hers.districts)
        grades["district"] = grade
        if grade == "same":
            rarities["district"] = rarity("district", code)
            return
    if mine.provinces and hers.provinces:
        grades["province"], code = _provinces(sought, other)
        if grades["province"] == "same" and grades.get("district") in (None, "differs"):
            rarities["province"] = rarity("province", code)


_DISTRICT_ORDER = ("same", "neighbour", "differs")


def _districts(mine: Likely, hers: Likely) -> tuple[str, str]:
    """The best grade of any two readings that are likely enough."""
    best, code = "differs", ""
    for one, _ in mine:
        for other, _ in hers:
            grade = "same" if one == other else "neighbour" if is_near(one, other) else "differs"
            if _DISTRICT_ORDER.index(grade) < _DISTRICT_ORDER.index(best):
                best, code = grade, one
    return best, code


def _provinces(sought: Described, other: Described) -> tuple[str, str]:
    mine, hers = sought.home, other.home
    shared = {code for code, _ in mine.provinces} & {code for code, _ in hers.provinces}
    if shared:
        return "same", min(shared)
    pairs = [(one, two) for one, _ in mine.provinces for two, _ in hers.provinces]
    moved = [(code, province) for code, _ in mine.districts for province, _ in hers.provinces]
    moved += [(code, province) for code, _ in hers.districts for province, _ in mine.provinces]
    if any(was_in(code, province) or code_of_province(code) == province for code, province in moved):
        return "former", ""
    return ("mixed_up", "") if any(are_mixed_up(one, two) for one, two in pairs) else ("differs", "")


def _years(sought: Described, other: Described, grades: dict[str, str]) -> None:
    apart = gap(sought.births, other.births)
    if apart is not None:
        grades["birth_year"] = (
            "same" if apart < 1 else f"{int(apart)}_off" if apart < 5 else "far_off" if apart < 8 else "differs"
        )
    if sought.left and other.seen:
        late = max(two.last - one.first for one in sought.left for two in other.seen)
        sure = [two.last - one.first for one in sought.left for two in other.seen if not one.doubt + two.doubt]
        grades["time"] = _time(max(sure, default=late), late)


def _time(sure: int, late: int) -> str:
    """Whether the shelter took her in after she left: entered years after, as written and with every doubt."""
    if sure >= 0:
        return "after" if sure <= 3 else "long_after"
    if sure == -1:
        return "year_before"
    return "before_in_doubt" if late >= 0 else "before"
