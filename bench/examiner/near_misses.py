"""People who are in no shelter but much like somebody who is."""

from random import Random

from bench.examiner.world import Person, World

_KINDS = ["sister", "sister", "cousin", "cousin", "nickname", "nickname", "given", "namesake", "too_late"]


def near_miss(rng: Random, world: World, resident: Person) -> tuple[Person, str, int | None]:
    """Somebody like the resident, in which way, and (for one who left too late to be her) the year of leaving home.

    `nickname`: of one village and nickname, years older or younger; `given`: of one district and given name;
    `namesake`: both names the same, from elsewhere, years apart; `too_late`: of one village and given name, but left
    after the resident had come in.
    """
    kind = rng.choice(_KINDS)
    if kind == "sister":
        return world.sister(resident), kind, None
    if kind == "cousin":
        return world.cousin(resident), kind, None
    if kind == "nickname":
        other = world.person(place=resident.place, sex=resident.sex)
        other.nicks = [resident.nicks[0]]
        other.born = _born(other, resident.born + rng.choice([-7, -5, -4, 4, 5, 6]))
        return other, kind, None
    if kind == "given":
        other = world.person(sex=resident.sex)
        other.given, other.place = resident.given, rng.choice(world.villages[resident.place.district])
        return other, kind, None
    if kind == "namesake":
        other = world.person(family=resident.family, sex=resident.sex)
        other.given, other.born = resident.given, _born(other, resident.born + rng.choice([-8, -6, -5, 5, 6, 9]))
        return other, kind, None
    other = world.person(place=resident.place, sex=resident.sex)
    other.given, other.born = resident.given, min(resident.born + rng.choice([-4, -3, 3, 4]), resident.entered - 12)
    return other, kind, resident.entered + rng.choice([2, 3])


def _born(person: Person, year: int) -> int:
    """The year, or a little before: nobody leaves home under eleven."""
    return min(year, person.left - 11)
