"""Which box of the form a name ends up in: titles, one box for all, swapped boxes, nickname in brackets."""

from dataclasses import dataclass, replace

from bench.matching.pen import Pen
from bench.matching.people import population

Boxes = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Filled:
    """The names as written, before they are put into boxes; None where nobody asked or knew."""

    given: str | None
    family: str | None
    nickname: str | None


def in_boxes(names: Filled, pen: Pen, *, is_woman: bool, is_child: bool, one_box: float) -> Boxes:
    """Put the names into the three boxes of the form; ``one_box`` is how often all stand in the first."""
    if names.given is None and names.nickname and pen.slips("box:nickname_as_given", 0.55):
        names = Filled(names.nickname, names.family, None)
    if names.given and names.family and pen.slips("box:given_and_family_swapped", 0.025):
        names = Filled(names.family, names.given, names.nickname)
    given = names.given
    if given and pen.slips("box:title", 0.22):
        given = f"{title(pen, is_woman=is_woman, is_child=is_child)}{pen.pick([(' ', 0.45), ('', 0.55)])}{given}"
    names = replace(names, given=given)
    if given and pen.slips("box:all_in_one", one_box):
        return {"given_name": _in_one(names, pen), "family_name": None, "nickname": None}
    if given and names.nickname and pen.slips("box:nickname_in_brackets", 0.06):
        names = Filled(_in_one(replace(names, family=None), pen), names.family, None)
    return {"given_name": names.given, "family_name": names.family, "nickname": names.nickname}


def title(pen: Pen, *, is_woman: bool, is_child: bool) -> str:
    """A word of address as it stands before names."""
    kind = ("girls" if is_child else "women") if is_woman else ("boys" if is_child else "men")
    return str(pen.chance.choice(population()["titles"][kind][pen.script]))


def _in_one(names: Filled, pen: Pen) -> str:
    known = " ".join(one for one in (names.given, names.family) if one)
    if not names.nickname:
        return known
    called = {"lao": "ຊື່ຫຼິ້ນ", "thai": "ชื่อเล่น", "latin": "alias"}[pen.script]
    return pen.pick(
        [
            (f"{known} ({names.nickname})", 0.55),
            (f"{known}({names.nickname})", 0.15),
            (f"{known} {called} {names.nickname}", 0.15),
            (f"{known} / {names.nickname}", 0.1),
            (f"{names.nickname} {known}", 0.05),
        ]
    )
