"""One resident, written into a register by one officer of her shelter."""

from dataclasses import replace
from random import Random

from bench.examiner.hand import Called, Hand
from bench.examiner.known import Known, Row, said_home, understood, write_home
from bench.examiner.names import Sex
from bench.examiner.times import THAI_DIGITS, other, written_date, written_year
from bench.examiner.world import Person
from bench.examiner.writers import Officer, Writers, phrases


def register_row(rng: Random, writers: Writers, person: Person, ident: str) -> tuple[Row, Known]:
    """Her row, and what can be understood from it."""
    officer = _officer(rng, writers, person.shelter)
    hand = Hand(rng, officer)
    called = _called(hand, person)
    sex = person.sex if rng.random() > 0.008 else _other(person.sex)
    boxes = hand.boxes(called, officer.second, person.sex)
    age = _told_age(rng, person)
    known = replace(understood(called, boxes), entered=person.entered)
    row: Row = {
        "id": ident,
        "given_name": boxes.given,
        "family_name": boxes.family,
        "nickname": boxes.nick,
        "sex": None,
    }
    if not hand.leaves_out("sex"):
        row["sex"], known.sex = rng.choice(phrases().sexes[officer.words][sex]), sex
    row["birth_year_or_age"] = None
    if rng.random() >= 0.04:
        row["birth_year_or_age"] = _written_age(rng, officer, age, person.entered)
        known.born = frozenset({person.entered - age})
    place = person.place
    village = place.old if place.old and rng.random() < 0.5 else place.name
    write_home(hand, row, known, said_home(rng, place, village, wrong=0.04))
    row["date_entered"] = _written_entry(rng, officer, person)
    row["shelter"] = rng.choice(phrases().shelters[person.shelter])
    if officer.untidy and rng.random() < officer.untidy:
        _make_untidy(rng, row)
    return row, known


def _officer(rng: Random, writers: Writers, shelter: int) -> Officer:
    pool = [one for one in writers.officers if shelter in one.shelters]
    return rng.choices(pool, [2 if one.shelters[0] == shelter else 1 for one in pool])[0]


def _called(hand: Hand, person: Person) -> Called:
    rng = hand.rng
    given = None if hand.leaves_out("given_name") else person.given
    family = None if hand.leaves_out("family_name") or (person.khmu and rng.random() < 0.15) else person.family
    if family and person.other_family and rng.random() < 0.3:
        family = person.other_family
    nick = None if hand.leaves_out("nickname") else person.nicks[0]
    return Called(given if given or nick else person.given, family, nick)


def _other(sex: Sex) -> Sex:
    return "m" if sex == "f" else "f"


def _told_age(rng: Random, person: Person) -> int:
    """Her age on coming in, as she says or as somebody guesses."""
    error = rng.choices([0, 1, -1, 2, 3], [70, 12, 10, 5, 3])[0]
    return person.entered - person.born - (1 if rng.random() < 0.3 else 0) + error


def _written_age(rng: Random, officer: Officer, age: int, entered: int) -> str | int:
    form = rng.choice(["year", "age"]) if officer.born == "year_or_age" else officer.born
    if form == "year":
        era = officer.era if rng.random() > 0.04 else other(officer.era)
        text = written_year(entered - age, era)
    elif form == "age_words":
        text = rng.choice(phrases().age_words[officer.words]).format(age)
    elif form == "age_range":
        text = rng.choice([f"{age - 1}-{age}", f"ประมาณ {age}", f"{age}", f"{age} ปี", f"{age}-{age + 1} ปี"])
    else:
        text = str(age)
    if officer.digits == "thai":
        text = text.translate(THAI_DIGITS)
    return int(text) if officer.ints and text.isdigit() else text


def _written_entry(rng: Random, officer: Officer, person: Person) -> str | None:
    form = rng.choice(officer.dates)
    if rng.random() < 0.03:
        return None
    text = written_date(form, person.entered, person.month, person.day)
    return text.translate(THAI_DIGITS) if officer.digits == "thai" else text


def _make_untidy(rng: Random, row: Row) -> None:
    """Spaces, and characters that look like them or like nothing, where a copied sheet has them."""
    for box, text in row.items():
        if isinstance(text, str) and box != "id" and rng.random() < 0.3:
            spaced = [text + " ", " " + text, text.replace(" ", "  "), text + "\u200b", text.replace(" ", "\u00a0")]
            row[box] = rng.choice(spaced)
