"""What somebody at home says of the person they look for."""

from dataclasses import dataclass, replace
from random import Random

from bench.examiner.hand import Boxes, Called, Hand
from bench.examiner.known import Known, Row, said_home, understood, write_home
from bench.examiner.names import Name
from bench.examiner.times import other, written_date, written_year
from bench.examiner.world import Person
from bench.examiner.writers import Enquirer, Era, Writers, phrases


@dataclass(frozen=True)
class _Asking:
    """One enquirer at work on one person. `left`: the year they say she left; `filed`: the year of the enquiry."""

    hand: Hand
    habits: Enquirer
    person: Person
    left: int
    filed: int

    @property
    def rng(self) -> Random:
        return self.hand.rng


def enquiry_row(rng: Random, writers: Writers, person: Person, left: int | None = None) -> tuple[Row, Known]:
    """An enquiry (its `id` still empty), and what can be understood from it. `left`: a year that is not hers."""
    habits = rng.choices(writers.enquirers, [one.weight for one in writers.enquirers])[0]
    hand = Hand(rng, habits)
    called = _called(hand, habits, person)
    boxes = _cut(hand.boxes(called, None, person.sex), habits)
    known = understood(called, boxes)
    told, filed, month = _years(rng, habits, person, left)
    asking = _Asking(hand, habits, person, told, filed)
    row: Row = {
        "id": "",
        "given_name": boxes.given,
        "family_name": boxes.family or hand.nothing(),
        "nickname": boxes.nick,
    }
    row["sex"] = None
    if not hand.leaves_out("sex"):
        row["sex"], known.sex = rng.choice(phrases().sexes[hand.script][person.sex]), person.sex
    _write_age(asking, row, known)
    _write_leaving(asking, row, known)
    village = _write_home(asking, row, known)
    row["work"] = rng.choice(phrases().work[hand.script]) if rng.random() < 0.5 else None
    row["notes"] = _notes(asking, known, village) if rng.random() < habits.notes else None
    form = rng.choice(["iso"] * 8 + ["dmy", "th_slash"])
    row["date_filed"] = written_date(form, filed, month, rng.randint(1, 28))
    return row, known


def _called(hand: Hand, habits: Enquirer, person: Person) -> Called:
    rng = hand.rng
    given = None if hand.leaves_out("given_name") else person.given
    family = None if hand.leaves_out("family_name") or (person.khmu and rng.random() < 0.3) else person.family
    if family and person.other_family and rng.random() < habits.mother_family:
        family = person.other_family
    nick = None
    if not hand.leaves_out("nickname"):
        nick = person.nicks[-1] if rng.random() < 0.8 else person.nicks[0]
    return Called(given, family, nick if given or nick else person.nicks[0])


def _cut(boxes: Boxes, habits: Enquirer) -> Boxes:
    """The names as they fit the box of a ticket, and in this hand's case throughout."""
    if habits.cut and boxes.given and len(boxes.given) > habits.cut:
        lost = boxes.dropped if boxes.family else boxes.dropped | {"family"}
        boxes = replace(boxes, given=boxes.given[: habits.cut].rstrip(), dropped=lost)
    if boxes.given and habits.script == "latin" and habits.case == "lower":
        boxes = replace(boxes, given=boxes.given.lower())
    return boxes


def _years(rng: Random, habits: Enquirer, person: Person, other_left: int | None) -> tuple[int, int, int]:
    """The year they say she left, and year and month of the enquiry."""
    left = person.left if other_left is None else other_left
    if rng.random() < habits.year_error:
        left += rng.choice([-1, 1]) if left < person.entered else -1
    if other_left is None and rng.random() < 0.05:
        left = person.entered + rng.choice([1, 1, 2])
    filed = max(left, person.left) + rng.choices([0, 1, 2, 3], [3, 5, 3, 1])[0]
    return left, filed, rng.randint(person.left_month if filed == person.left else 1, 12)


def _write_age(asking: _Asking, row: Row, known: Known) -> None:
    """How old she is, the year of her birth, both or neither."""
    rng, habits, person = asking.rng, asking.habits, asking.person
    row["age"] = row["birth_year"] = None
    if rng.random() < habits.age:
        then = asking.left if rng.random() < 0.65 else asking.filed
        age = max(8, then - person.born + rng.choice(habits.age_error))
        known.born |= {asking.left - age, asking.filed - age}
        row["age"] = _age_in_words(asking, age, when_she_left=then == asking.left)
    if rng.random() < habits.born:
        year = person.born + (rng.choice([-1, 1]) if rng.random() < 0.1 else 0)
        known.born |= {year}
        row["birth_year"] = _number(asking, written_year(year, _era(asking)))


def _age_in_words(asking: _Asking, age: int, *, when_she_left: bool) -> str | int:
    rng, script = asking.rng, asking.hand.script
    text = str(age) if rng.random() < 0.6 else rng.choice(phrases().age_words[script]).format(age)
    if when_she_left and rng.random() < 0.2:
        text += {"lao": " ຕອນໄປ", "thai": " ตอนไป", "latin": " ton pai"}[script]
    return _number(asking, text) if text.isdigit() else text


def _write_leaving(asking: _Asking, row: Row, known: Known) -> None:
    era = _era(asking)
    row["year_left"] = None
    if not asking.hand.leaves_out("year_left"):
        row["year_left"], known.left = _number(asking, written_year(asking.left, era)), asking.left


def _write_home(asking: _Asking, row: Row, known: Known) -> Name:
    """Where she is from; gives the name by which they call the village."""
    rng, habits, person = asking.rng, asking.habits, asking.person
    place, married = person.place, person.married_place
    village = place.old if place.old and rng.random() < habits.old_village else place.name
    elsewhere = married if married and rng.random() < habits.married else None
    if habits.husband:
        elsewhere = married
    write_home(asking.hand, row, known, said_home(rng, place, village, 0.03, elsewhere))
    return village


def _notes(asking: _Asking, known: Known, village: Name) -> str:
    rng, hand, place = asking.rng, asking.hand, asking.person.place
    out = []
    if place.old and rng.random() < 0.35:
        also = place.name if village is place.old else place.old
        known.village |= {also.lao}
        words = {"lao": "ບ້ານເກົ່າ/ໃໝ່ຊື່", "thai": "หมู่บ้านเรียกอีกชื่อ", "latin": "ban also called"}
        out.append(f"{words[hand.script]} {hand.name(also)}")
    if not out or rng.random() < 0.6:
        out.append(rng.choice(phrases().notes[hand.script]))
    if known.nick is None and rng.random() < 0.15:
        nick = asking.person.nicks[0]
        known.nick = nick.lao
        words = {"lao": "ຊື່ຫຼິ້ນ", "thai": "ชื่อเล่น", "latin": "nickname"}
        out.append(f"{words[hand.script]} {hand.name(nick)}")
    return ", ".join(out)


def _era(asking: _Asking) -> Era:
    return asking.habits.era if asking.rng.random() > 0.06 else other(asking.habits.era)


def _number(asking: _Asking, text: str) -> str | int:
    ints = asking.habits.ints
    return int(text) if ints and asking.rng.random() < ints else text
