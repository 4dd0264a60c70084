"""What a careful reader would understand from one row; and writing down where somebody is from, which both sides do."""

from dataclasses import dataclass
from random import Random
from typing import Any

from bench.examiner.hand import Boxes, Called, Hand
from bench.examiner.names import Name, Sex
from bench.examiner.places import District, Place, Province, atlas

Row = dict[str, Any]  # one line of a file, with the keys of `thangdee match`


@dataclass
class Known:
    """What stands in a row, whatever its spelling; names in right Lao, years in the common era.

    `born`: every year that the row allows; `left` stands in enquiries, `entered` in registers.
    """

    given: str | None
    family: str | None
    nick: str | None
    village: frozenset[str] = frozenset()
    district: tuple[str, str] | None = None
    province: str | None = None
    sex: Sex | None = None
    born: frozenset[int] = frozenset()
    left: int | None = None
    entered: int | None = None


def understood(called: Called, boxes: Boxes) -> Known:
    """The names that stand somewhere in the boxes."""
    given, family, nick = (
        name.lao if name and box not in boxes.dropped else None
        for box, name in (("given", called.given), ("family", called.family), ("nick", called.nick))
    )
    return Known(given=given, family=family, nick=nick)


@dataclass(frozen=True)
class Home:
    """Where somebody is said to be from, rightly or not."""

    village: Name
    district: District
    province: Province


def said_home(rng: Random, place: Place, village: Name, wrong: float, elsewhere: Place | None = None) -> Home:
    """The place as somebody tells it. `village`: its name now or before; `elsewhere`: told instead.

    `wrong`: how often the district is a neighbouring one; the province is another in 0.6 of that.
    """
    district = rng.choice(atlas().beside(place.district)) if rng.random() < wrong else place.district
    province = rng.choice(atlas().provinces) if rng.random() < wrong * 0.6 else district.province
    if not elsewhere:
        return Home(village, district, province)
    village = elsewhere.name if rng.random() < 0.3 else village
    return Home(village, elsewhere.district, elsewhere.district.province)


def write_home(hand: Hand, row: Row, known: Known, home: Home) -> None:
    """Fill the three boxes for places."""
    writer = hand.writer
    village = None if hand.leaves_out("village") else hand.place("village", hand.name(home.village))
    district = None if hand.leaves_out("district") else hand.place("district", hand.area(home.district))
    province = None if hand.leaves_out("province") else hand.place("province", hand.area(home.province))
    known.village = frozenset({home.village.lao} if village else ())
    known.district = (home.district.province.lao[0], home.district.lao[0]) if district else None
    known.province = home.province.lao[0] if province else None
    if hand.chance(writer.one_place) and village:
        village = " ".join(one for one in (village, district, province) if one)
        district = province = None
    if village and writer.full_place and hand.chance(0.3):
        village += hand.rng.choice([" ໜ່ວຍ 3", " ກຸ່ມບ້ານພັດທະນາ", " ໜ່ວຍ 12"])
    row["village"] = village or hand.nothing()
    row["district"] = district or (None if village else hand.nothing())
    row["province"] = province
