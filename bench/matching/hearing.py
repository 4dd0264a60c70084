"""Damage by ear: what an officer of the other language hears, as small changes of sounds."""

from collections.abc import Callable
from dataclasses import replace

from bench.matching.pen import Pen
from bench.matching.sounds import Sounds, Syllable, other_length

# (name, probability a syllable, change). None where the syllable gives no occasion.
Change = Callable[[Syllable, Pen], Syllable | None]


def heard(sounds: Sounds, pen: Pen, *, share: float = 1.0) -> Sounds:
    """Return the sounds as heard; each kind of mishearing is drawn once a syllable that gives occasion for it.

    ``share`` lessens all probabilities: who speaks the language hears better.
    """
    changed = []
    for syllable in sounds:
        one = syllable
        for kind, probability, change in CHANGES:
            other = change(one, pen)
            if other is not None and other != one and pen.slips(f"ear:{kind}", probability * share):
                one = other
        changed.append(one)
    return _shortened(tuple(changed), pen, share)


def _shortened(sounds: Sounds, pen: Pen, share: float) -> Sounds:
    weak = [at for at, one in enumerate(sounds) if one.vowel == "a" and not one.coda]
    if len(sounds) > 2 and weak and pen.slips("ear:weak_syllable_lost", 0.05 * share):
        lost = pen.chance.choice(weak)
        return sounds[:lost] + sounds[lost + 1 :]
    return sounds


def _onset(pairs: dict[str, str]) -> Change:
    def change(one: Syllable, pen: Pen) -> Syllable | None:
        choices = pairs.get(one.onset)
        return replace(one, onset=pen.chance.choice(choices.split())) if choices else None

    return change


def _vowel(pairs: dict[str, str]) -> Change:
    def change(one: Syllable, pen: Pen) -> Syllable | None:
        choices = pairs.get(one.vowel)
        return replace(one, vowel=pen.chance.choice(choices.split())) if choices else None

    return change


def _coda(pairs: dict[str, str]) -> Change:
    def change(one: Syllable, pen: Pen) -> Syllable | None:
        choices = pairs.get(one.coda)
        if choices is None:
            return None
        coda = pen.chance.choice(choices.split())
        return replace(one, coda="" if coda == "-" else coda)

    return change


def _no_tone(one: Syllable, _: Pen) -> Syllable | None:
    return replace(one, tone="") if one.tone else None


def _other_tone(one: Syllable, pen: Pen) -> Syllable | None:
    is_dead = one.coda in set("ກດບ") or (not one.coda and one.vowel in {"a", "i", "u", "ue", "o", "e"})
    return None if is_dead else replace(one, tone=pen.chance.choice("່້"))


def _no_cluster(one: Syllable, _: Pen) -> Syllable | None:
    return replace(one, onset=one.onset[0]) if one.onset in {"ກວ", "ຂວ", "ຄວ"} else None


def _other_class(one: Syllable, _: Pen) -> Syllable | None:
    other = {"ຂ": "ຄ", "ຄ": "ຂ", "ສ": "ຊ", "ຊ": "ສ", "ທ": "ຖ", "ຖ": "ທ", "ພ": "ຜ", "ຜ": "ພ", "ຟ": "ຝ", "ຝ": "ຟ",
             "ຫ": "ຮ", "ຮ": "ຫ", "ໝ": "ມ", "ໜ": "ນ", "ຫຼ": "ລ", "ຫລ": "ລ", "ຫງ": "ງ", "ຫຍ": "ຍ", "ຫວ": "ວ"}  # fmt: skip
    return replace(one, onset=other[one.onset]) if one.onset in other else None


def _length(one: Syllable, _: Pen) -> Syllable | None:
    return other_length(one)


CHANGES: tuple[tuple[str, float, Change], ...] = (
    ("tone_lost", 0.45, _no_tone),
    ("tone_wrong", 0.04, _other_tone),
    ("class_of_consonant", 0.12, _other_class),
    ("length_of_vowel", 0.07, _length),
    ("r_l_h", 0.06, _onset({"ລ": "ຣ ຣ ນ", "ຮ": "ຣ ຣ ລ", "ຣ": "ລ ຮ", "ຫຼ": "ຣ"})),
    ("v_w_b", 0.025, _onset({"ວ": "ບ ຟ", "ບ": "ປ ວ", "ຟ": "ພ", "ຝ": "ຜ"})),
    ("aspiration", 0.025, _onset({"ພ": "ປ ຟ", "ຜ": "ປ", "ຄ": "ກ", "ຂ": "ກ", "ທ": "ຕ", "ຖ": "ຕ", "ປ": "ພ ບ", "ກ": "ຄ",
                                  "ຕ": "ທ ດ"})),
    ("s_ch", 0.03, _onset({"ຊ": "ຈ", "ສ": "ຈ", "ຈ": "ຊ"})),
    ("ny_y_ng", 0.12, _onset({"ຍ": "ຢ ຢ ນ ງ", "ຢ": "ຍ", "ງ": "ຍ ອ ນ", "ຫງ": "ຍ ງ", "ຫຍ": "ຢ ຍ"})),
    ("d_l_n", 0.015, _onset({"ດ": "ລ ຕ", "ນ": "ລ", "ມ": "ນ"})),
    ("diphthong", 0.05, _vowel({"ia": "ee ii", "ua": "oo uu", "uea": "oee ia", "ai": "aa", "ay": "ai", "oe": "ue e",
                                 "oee": "uee"})),
    ("neighbour_vowel", 0.035, _vowel({"o": "aw u", "oo": "aaw uu", "aaw": "oo", "aw": "o", "e": "ae i", "ee": "aae ii",
                                       "ae": "e a", "aae": "ee", "i": "e ii", "u": "o", "ue": "i u", "uee": "oee"})),
    ("last_consonant", 0.03, _coda({"ນ": "ງ ມ", "ງ": "ນ", "ມ": "ນ", "ກ": "ດ -", "ດ": "ກ ບ", "ບ": "ດ", "ຍ": "-",
                                     "ວ": "-"})),
    ("cluster_lost", 0.25, _no_cluster),
)  # fmt: skip
