"""A writer at work: what she puts into the boxes for names and places."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from bench.examiner.names import Name, Sex
from bench.examiner.places import Area
from bench.examiner.slips import Script, cased, spoilt, write
from bench.examiner.writers import Writer, phrases


@dataclass(frozen=True)
class Called:
    """The names of a person which the writer knows and gives."""

    given: Name | None
    family: Name | None
    nick: Name | None


@dataclass(frozen=True)
class Boxes:
    """What stands in the three boxes; `dropped`: names (`given`, `family`, `nick`) that stand in none of them."""

    given: str | None
    family: str | None
    nick: str | None
    dropped: frozenset[str] = field(default=frozenset())


class Hand:
    """One writer, with one run of chance."""

    def __init__(self, rng: Random, writer: Writer) -> None:
        self.rng, self.writer, self.script = rng, writer, writer.script

    def chance(self, likely: float) -> bool:
        """True so often."""
        return self.rng.random() < likely

    def leaves_out(self, box: str) -> bool:
        """True if she leaves this box empty now."""
        return self.chance(self.writer.leaving_out(box))

    def nothing(self) -> str | None:
        """What she writes where she knows nothing."""
        return self.rng.choice(phrases().unknown[self.script]) if self.chance(self.writer.blanks) else None

    def name(self, name: Name, script: Script | None = None) -> str:
        """A name in her own script, or officially in another."""
        script = script or self.script
        text = write(name, self.rng, script, self.writer.style if script == self.script else 0, self.writer.slips)
        return cased(text, self.writer.case) if script == "latin" else text

    def area(self, area: Area) -> str:
        """A district or a province, misspelt by the same hand."""
        rng, slips = self.rng, self.writer.slips
        known: Sequence[str] = getattr(area, self.script)
        usual = 0 if self.script == "lao" else min(self.writer.style, len(known) - 1)
        text = known[usual] if self.chance(0.85 if self.script == "lao" else 0.75) else rng.choice(known)
        text = spoilt(text, rng, self.script, replace(slips, ear=slips.ear * 0.5))
        return cased(text, self.writer.case) if self.script == "latin" else text

    def place(self, kind: str, text: str) -> str:
        """The text with what is written before (or after) a `village`, a `district` or a `province`."""
        if not self.chance(self.writer.prefix):
            return text
        word = self.rng.choice(phrases().before_places[self.script][kind])
        word = {"upper": word.upper(), "lower": word.lower()}.get(self.writer.case, word)
        return text + word if word.startswith(" ") else word + text

    def boxes(self, called: Called, second: Script | None, sex: Sex) -> Boxes:
        """The three boxes for names; `second`: a script in which the given name stands once more."""
        given = self._given(called.given, second) if called.given else None
        family = self.name(called.family) if called.family else None
        nick = self._call(sex) + self.name(called.nick) if called.nick else None
        title = self._title(sex)
        layout = self.rng.choices(list(self.writer.layouts), list(self.writer.layouts.values()))[0]
        if not given and not nick:
            return Boxes(None, family, None)
        if layout in {"one", "joined", "family_first", "spoken"}:
            return self._one_box(layout, title, given, family, nick)
        if layout == "facebook":
            return self._profile(given, family, nick)
        if layout == "swapped" and given and family:
            return Boxes(family, given, nick)
        if nick:
            return self._with_nick(layout, title, given, family, nick)
        return Boxes(title + (given or ""), family, None)

    def _given(self, name: Name, second: Script | None) -> str:
        given = self.name(name)
        if not second:
            return given
        return f"{given} ({self.name(name, second)})" if self.chance(0.5) else f"{given} / {self.name(name, second)}"

    def _call(self, sex: Sex) -> str:
        return self.rng.choice(phrases().calls[self.script][sex]) if self.chance(self.writer.call) else ""

    def _title(self, sex: Sex) -> str:
        if not self.chance(self.writer.title):
            return ""
        title = self.rng.choice(phrases().titles[self.script][sex])
        return title.upper() if self.writer.case == "upper" else title

    def _with_nick(self, layout: str, title: str, given: str | None, family: str | None, nick: str) -> Boxes:
        if layout == "brackets" and given:
            return Boxes(f"{title}{given} ({nick})", family, None)
        if layout != "nick_first":
            return Boxes(title + given if given else None, family, nick)
        if self.chance(0.4):
            return Boxes(nick, family, given)
        return Boxes(nick, family, None, frozenset({"given"}))

    def _one_box(self, layout: str, title: str, given: str | None, family: str | None, nick: str | None) -> Boxes:
        """Title and names in the first box; in one layout, and in words as they are spoken, the nickname too."""
        names = [one for one in ((family, given) if layout == "family_first" else (given, family)) if one]
        full = title + " ".join(names)
        if not names:
            return Boxes(nick, None, None) if self.chance(0.5) else Boxes(None, None, nick)
        if layout == "one":
            return Boxes(f"{full} ({nick})" if nick else full, None, None)
        if layout == "spoken":
            return Boxes(f"ຊື່ {full}" + (f" ຊື່ຫຼິ້ນ {nick}" if nick else ""), None, None)
        return Boxes(full, None, nick)

    def _profile(self, given: str | None, family: str | None, nick: str | None) -> Boxes:
        """What a profile calls itself: one of the names, perhaps the family name, and a flourish."""
        tail = self.rng.choice(phrases().tails)
        first = nick if nick and self.chance(0.4) else given or nick
        with_family = bool(family) and self.chance(0.75)
        with_nick = bool(nick) and first != nick and self.chance(0.75)
        gone = {
            "given": first != given,
            "family": not with_family,
            "nick": bool(nick) and first != nick and not with_nick,
        }
        text = f"{first} {family}{tail}" if with_family else f"{first}{tail}"
        return Boxes(text, None, nick if with_nick else None, frozenset(name for name in gone if gone[name]))
