"""Rows of the shelters' register and of the families' enquiries, as each side writes them."""

from random import Random
from typing import Any

from bench.matching import times
from bench.matching.boxes import Filled, in_boxes
from bench.matching.lists import Name
from bench.matching.pen import Habits, Pen, Script
from bench.matching.people import Person, family_name, given_name, population
from bench.matching.spelling import written
from bench.matching.whereabouts import home

Row = dict[str, Any]
# How often a name's usual spelling is at hand: (the officer's, the family's), by script.
_OFFICER_KNOWS: dict[Script, float] = {"thai": 0.4, "latin": 0.45, "lao": 0.85}
_FAMILY_KNOWS: dict[Script, float] = {"lao": 0.88, "thai": 0.4, "latin": 0.55}


def officers_pen(chance: Random, habits: Habits) -> Pen:
    """A Thai shelter officer: mostly Thai letters, some Latin from a passport, seldom Lao in the resident's hand."""
    script: Script = chance.choices(("thai", "latin", "lao"), (0.83, 0.12, 0.05))[0]
    return Pen(chance, script, french=chance.random() < 0.35, habits=habits)


def familys_pen(chance: Random, habits: Habits) -> Pen:
    """Somebody of the family: mostly Lao letters, some Thai learnt from television, some Latin letters."""
    script: Script = chance.choices(("lao", "thai", "latin"), (0.73, 0.11, 0.16))[0]
    return Pen(chance, script, french=chance.random() < 0.7, habits=habits)


def register_row(ident: str, person: Person, pen: Pen) -> Row:
    """One resident as the officer entered her."""
    knows, foreign = _OFFICER_KNOWS[pen.script], pen.script != "lao"
    is_child = times.age_on(person.born, person.entered) < 15
    names = Filled(
        _given_in_register(person, pen, knows, foreign=foreign),
        _family_in_register(person, pen, knows, foreign=foreign),
        _nickname_in_register(person, pen, knows, foreign=foreign),
    )
    shelters = population()["shelters"]["women" if person.is_woman else "men"]
    places = home(person, pen, knows=knows, foreign=foreign, village_missing=0.38)
    boxes = in_boxes(
        _somehow_named(names, person, pen, knows), pen, is_woman=person.is_woman, is_child=is_child, one_box=0.1
    )
    row = {
        "id": ident,
        **boxes,
        "sex": _sex(person, pen),
        "birth_year_or_age": times.birth_in_register(person, pen),
        **places,
        "date_entered": times.as_date(person.entered, pen, thai=True),
        "shelter": pen.pick([(one, 1 / (rank + 1)) for rank, one in enumerate(pen.chance.choice(shelters))]),
    }
    return _or_nothing(row, pen)


def enquiry_row(ident: str, person: Person, pen: Pen) -> Row:
    """One enquiry as the family filled it in."""
    knows = _FAMILY_KNOWS[pen.script]
    filed = times.day_filed(person, pen)
    age, birth_year = times.birth_in_enquiry(person, filed, pen)
    names = Filled(
        None if pen.lacks("given", 0.08) else written(_short(person.given, pen), pen, knows=knows, foreign=False),
        None if pen.lacks("family", 0.33) else written(person.family, pen, knows=knows, foreign=False),
        None if pen.lacks("nickname", 0.3) else _called(person, pen, knows, foreign=False, before=0.1),
    )
    is_child = times.age_on(person.born, filed) < 15
    places = home(person, pen, knows=knows, foreign=False, village_missing=0.22)
    boxes = in_boxes(
        _somehow_named(names, person, pen, knows), pen, is_woman=person.is_woman, is_child=is_child, one_box=0.12
    )
    row = {
        "id": ident,
        **boxes,
        "sex": _sex(person, pen),
        "age": age,
        "birth_year": birth_year,
        "year_left": times.year_left(person, pen),
        **places,
        "work": pen.chance.choice(population()["work"][pen.script]) if pen.does(0.5) else None,
        "notes": _notes(person, pen, knows),
        "date_filed": times.as_date(filed, pen, thai=False),
    }
    return _or_nothing(row, pen)


def _given_in_register(person: Person, pen: Pen, knows: float, *, foreign: bool) -> str | None:
    if pen.lacks("given", 0.07):
        return None
    name = _short(person.given, pen)
    if pen.slips("given:invented", 0.025):
        name = given_name(pen.chance, is_woman=person.is_woman)
    return written(name, pen, knows=knows, foreign=foreign)


def _family_in_register(person: Person, pen: Pen, knows: float, *, foreign: bool) -> str | None:
    if pen.lacks("family", 0.43):
        return None
    name = person.family
    if person.married_name and pen.slips("family:married", 0.5):
        name = person.married_name
    elif pen.slips("family:invented", 0.04):
        name = family_name(pen.chance)
    return written(name, pen, knows=knows, foreign=foreign)


def _nickname_in_register(person: Person, pen: Pen, knows: float, *, foreign: bool) -> str | None:
    if pen.lacks("nickname", 0.38):
        return None
    own = _called(person, pen, knows, foreign=foreign, before=0.03)
    if not person.called_there or not pen.slips("nickname:from_colleagues", 0.75):
        return own
    there = written(person.called_there, pen, knows=knows, foreign=foreign)
    return pen.pick([(there, 0.7), (f"{own}/{there}", 0.1), (f"{own}, {there}", 0.1), (f"{there} ({own})", 0.1)])


def _called(person: Person, pen: Pen, knows: float, *, foreign: bool, before: float) -> str:
    text = written(person.nickname, pen, knows=knows, foreign=foreign)
    if pen.slips("nickname:with_address", before):
        words = population()["before_nicknames"]["women" if person.is_woman else "men"]
        return str(pen.chance.choice(words[pen.script])) + text
    return text


def _short(name: Name, pen: Pen) -> Name:
    """The name as people shorten it: its last part."""
    return Name(name.parts[-1:]) if len(name.parts) > 1 and pen.slips("given:shortened", 0.025) else name


def _or_nothing(row: Row, pen: Pen) -> Row:
    """Some people write that there is nothing, rather than leave the box empty."""
    if not pen.slips("box:words_for_nothing", 0.05):
        return row
    words = population()["nothing"][pen.script]
    boxes = ("family_name", "nickname", "village", "district")
    return row | {key: pen.chance.choice(words) for key in boxes if row[key] is None}


def _somehow_named(names: Filled, person: Person, pen: Pen, knows: float) -> Filled:
    """Nobody is entered without any name at all."""
    if names.given or names.nickname:
        return names
    nickname: Name = person.nickname
    return Filled(None, names.family, written(nickname, pen, knows=knows, foreign=pen.script == "thai"))


def _sex(person: Person, pen: Pen) -> str | None:
    if pen.lacks("sex", 0.06):
        return None
    is_woman = person.is_woman != pen.slips("sex:other", 0.008)
    ways: list[str] = population()["sexes"]["women" if is_woman else "men"]
    of_script = {"thai": (0, 1, 4), "lao": (2, 2, 1), "latin": (1, 3, 7)}[pen.script]
    return ways[pen.chance.choice(of_script)]


def _notes(person: Person, pen: Pen, knows: float) -> str | None:
    kinds = [("nickname", 0.14), ("companion", 0.18), ("year", 0.08), ("mother", 0.1), ("plain", 0.25)]
    if person.village.former:
        kinds.append(("old_village", 0.4))
    told = [kind for kind, probability in kinds if pen.does(probability)]
    if not told or pen.lacks("notes", 0.35):
        return None
    pen.done.update(f"notes:{kind}" for kind in told)
    return ". ".join(_note(kind, person, pen, knows) for kind in told)


def _note(kind: str, person: Person, pen: Pen, knows: float) -> str:
    template = str(pen.chance.choice(population()["notes"][kind][pen.script]))
    names = {
        "nickname": person.nickname,
        "given": person.given,
        "companion": person.companion,
        "mother": person.mother,
        "old_village": person.village.former or person.village.name,
    }
    words = {
        key: written(name, pen, knows=knows, foreign=False) for key, name in names.items() if f"{{{key}}}" in template
    }
    return template.format(**words, year=person.left.year)
