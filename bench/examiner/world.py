"""The people of the made-up world, as they truly are: before anybody has written them down."""

from dataclasses import dataclass
from random import Random

from bench.examiner.names import Name, Sex, names, skewed
from bench.examiner.places import District, Place, atlas

# Each with how often: years of coming in, ages then, months between leaving home and coming in.
_ENTERED = {2012: 2, 2013: 4, 2014: 6, 2015: 9, 2016: 9, 2017: 9, 2018: 6, 2019: 3}
_AGES = {12: 2, 13: 4, 14: 9, 15: 15, 16: 20, 17: 20, 18: 8, 19: 5, 20: 4, 22: 4, 24: 3, 27: 3, 31: 2, 36: 1}
_MONTHS_AWAY = {1: 6, 3: 10, 6: 14, 10: 12, 15: 9, 22: 6, 30: 3, 44: 2}
# Shelters by their place in `shelters` of phrases.yml: women's with how often, men's alike.
_WOMENS_SHELTERS = {0: 2, 1: 6, 2: 4, 3: 2}
_MENS_SHELTERS = [4, 5, 6, 7]
_YOUNGEST = 11  # nobody leaves home before


@dataclass
class Person:
    """Who she is. `born`, `left`, `entered`: years, common era; `month` and `day`: of coming in.

    `nicks`: one or two; `married_place`: where her husband's people live; `other_family`: another family name she uses.
    """

    given: Name
    family: Name
    nicks: list[Name]
    sex: Sex
    born: int
    place: Place
    left: int
    left_month: int
    entered: int
    month: int
    day: int
    shelter: int
    khmu: bool
    married_place: Place | None = None
    other_family: Name | None = None


class World:
    """Villages and people drawn from one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(f"world {seed}")
        known = names()
        self._given = {sex: self._shuffled(known.given[sex]) for sex in known.given}
        self._nicks = {sex: self._shuffled(known.nicknames[sex]) for sex in known.nicknames}
        self._families = self._shuffled(known.families)
        self._weights = atlas().weights()
        self.villages = {district: self._villages(district) for district in atlas().districts}

    def residents(self, number: int) -> list[Person]:
        """So many people in the shelters, some of them hard to tell apart: sisters, cousins, the same nickname."""
        out: list[Person] = []
        while len(out) < number:
            person = self.person()
            out += [person, *self._much_like(person)]
        out = out[:number]
        self.rng.shuffle(out)
        return out

    def person(self, place: Place | None = None, family: Name | None = None, sex: Sex | None = None) -> Person:
        """Somebody new, with what is given and the rest by chance."""
        rng, clans = self.rng, names().families_hmong
        hmong = family in clans if family else rng.random() < 0.08
        sex = sex or ("f" if rng.random() < 0.85 else "m")
        family = family or (rng.choice(clans) if hmong else skewed(rng, self._families, 1.3))
        entered, age = _one(rng, _ENTERED), _one(rng, _AGES)
        given = self._given_name(sex, hmong=hmong)
        place = place or self._place()
        month = rng.randint(1, 12)
        left = entered * 12 + month - 1 - _one(rng, _MONTHS_AWAY)
        age = max(age, entered - left // 12 + _YOUNGEST)
        person = Person(
            given=given,
            family=family,
            nicks=self._nicknames(sex, given),
            sex=sex,
            born=entered - age,
            place=place,
            left=left // 12,
            left_month=left % 12 + 1,
            entered=entered,
            month=month,
            day=rng.randint(1, 28),
            shelter=self._shelter(sex),
            khmu=not hmong and rng.random() < 0.35,
        )
        if age >= 18 and rng.random() < 0.35:
            person.married_place = self._place()
        if rng.random() < 0.10:
            person.other_family = skewed(rng, self._families, 1.3)
        return person

    def sister(self, person: Person) -> Person:
        """Of the same house; some went together."""
        her = self._relative(person, [1, 2, 2, 3, 3, 4, 5])
        if self.rng.random() < 0.4:
            her.left, her.left_month = person.left, person.left_month
            her.entered, her.month, her.day = person.entered, person.month, person.day
        return her

    def cousin(self, person: Person) -> Person:
        """Of the same family name and village."""
        return self._relative(person, [0, 1, 2, 3, 5, 7])

    def _shuffled(self, some: list[Name]) -> list[Name]:
        return self.rng.sample(some, len(some))

    def _villages(self, district: District) -> list[Place]:
        villages = names().villages
        return [
            Place(name, self._former_name(name) if self.rng.random() < 0.3 else None, district)
            for name in self.rng.sample(villages, self.rng.randint(6, 9))
        ]

    def _former_name(self, now: Name) -> Name:
        return self.rng.choice([name for name in names().villages if name != now])

    def _much_like(self, person: Person) -> list[Person]:
        lot, out = self.rng.random(), []
        if lot < 0.10:
            out.append(self.sister(person))
        elif lot < 0.16:
            out.append(self.cousin(person))
        elif lot < 0.19:  # another child of the village with the same nickname
            other = self.person(place=person.place, sex=person.sex)
            other.nicks = [person.nicks[0]]
            out.append(other)
        if lot < 0.02:
            out.append(self.sister(person))
        return out

    def _given_name(self, sex: Sex, *, hmong: bool) -> Name:
        return skewed(self.rng, names().given_hmong[sex] if hmong else self._given[sex])

    def _nicknames(self, sex: Sex, given: Name) -> list[Name]:
        out = []
        if self.rng.random() < 0.30 and len(given.parts) > 1:
            out.append(Name(given.parts[-1:]))
        if not out or self.rng.random() < 0.15:
            out.append(skewed(self.rng, self._nicks[sex], 1.3))
        return out

    def _place(self) -> Place:
        return self.rng.choice(self.villages[self.rng.choices(atlas().districts, self._weights)[0]])

    def _shelter(self, sex: Sex) -> int:
        return _one(self.rng, _WOMENS_SHELTERS) if sex == "f" else self.rng.choice(_MENS_SHELTERS)

    def _relative(self, person: Person, years_between: list[int]) -> Person:
        rng = self.rng
        her = self.person(person.place, person.family, person.sex if rng.random() < 0.85 else None)
        nicks = {nick.lao for nick in person.nicks}
        while her.given == person.given or nicks & {nick.lao for nick in her.nicks}:
            her.given = self._given_name(her.sex, hmong=person.family in names().families_hmong)
            her.nicks = self._nicknames(her.sex, her.given)
        gap = rng.choice(years_between)
        her.born = person.born + rng.choice([-1, 1]) * gap
        if her.entered - her.born < _YOUNGEST + 1 or her.left - her.born < _YOUNGEST:  # too young to have gone
            her.born = her.left - rng.choice([12, 13, 14, 15])
        return her


def _one(rng: Random, often: dict[int, int]) -> int:
    return rng.choices(list(often), list(often.values()))[0]
