"""A name put on paper: in which script, by knowledge or by ear, and with slips of the hand."""

from bench.matching.hearing import heard
from bench.matching.lists import Name, stems
from bench.matching.pen import Pen, Script
from bench.matching.sounds import in_lao, in_latin, in_thai, sounds_of
from bench.matching.typing_slips import typed

# Who writes a name by ear still knows some of its parts: บุญ, แก้ว and ทอง are words everybody writes.
_KNOWS_A_PART = 0.25


def written(name: Name, pen: Pen, *, knows: float, foreign: bool) -> str:
    """The name as this pen writes it.

    ``knows`` is how often the writer has the usual spelling at hand (else she writes by ear); ``foreign`` whether she
    speaks the other language and hears as such.
    """
    script = _script(pen)
    known = pen.does(knows)
    if not known:
        pen.done.add("by_ear")
    parts = [_part(part, script, pen, known=known or pen.does(_KNOWS_A_PART), foreign=foreign) for part in name.parts]
    text = _joined(parts, script, pen)
    return typed(text, pen)


def _script(pen: Pen) -> Script:
    others: list[Script] = [one for one in ("lao", "thai", "latin") if one != pen.script]
    return pen.chance.choice(others) if pen.slips("script_mixed", 0.03) else pen.script


def _part(lao: str, script: Script, pen: Pen, *, known: bool, foreign: bool) -> str:
    stem = stems().get(lao)
    if known and script == "lao":
        return lao
    if known and stem:
        ways = stem.th if script == "thai" else stem.french if pen.french else stem.english
        return pen.pick([(way, 1 / (rank + 1)) for rank, way in enumerate(ways)])
    sounds = sounds_of(lao)
    if foreign or not known:
        sounds = heard(sounds, pen, share=1.0 if foreign else 0.35)
    if script == "lao":
        return in_lao(sounds)
    return in_thai(sounds, pen.chance) if script == "thai" else in_latin(sounds, pen.chance, french=pen.french)


def _joined(parts: list[str], script: Script, pen: Pen) -> str:
    if script != "latin":
        return "".join(parts)
    text = "".join(parts)
    return pen.pick([(text.capitalize(), 0.75), (text.upper(), 0.1), (text, 0.1), ("-".join(parts).title(), 0.05)])
