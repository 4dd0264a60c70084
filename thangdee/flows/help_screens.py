"""The questions of "who helps near me": what kind of help, where; at most four choices each, by button or by digit."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from thangdee.flows.answers import PERSON
from thangdee.flows.menu import CRISIS
from thangdee.flows.reply import MOST_BUTTONS, Button, Reply, say
from thangdee.referral_directory.places import Place, by_code
from thangdee.referral_directory.taxonomy import term

ROOT = "root"
ELSEWHERE = Button("buttons.help_elsewhere", "f:e:")
_PEOPLE = ("woman", "man", "transgender", "anybody")


@dataclass(frozen=True)
class Settings:
    """help_near.yml."""

    needs: dict[str, tuple[str, ...]]
    places: dict[str, tuple[str, ...]]
    urgent: frozenset[str]
    for_whom: dict[str, str]
    figures: dict[str, tuple[str, ...]]


@cache
def settings() -> Settings:
    """Return help_near.yml."""
    read = yaml.safe_load(Path(__file__).with_name("help_near.yml").read_text(encoding="utf-8"))
    listed = {name: {key: tuple(some) for key, some in read[name].items()} for name in ("needs", "places", "figures")}
    return Settings(**listed, urgent=frozenset(read["urgent"]), for_whom=read["for_whom"])


def which_need(node: str = ROOT) -> Reply:
    """Ask what kind of help is looked for."""
    children = settings().needs.get(node) or settings().needs[ROOT]
    return say("help.what", buttons=_with_cry(tuple(_need_button(child) for child in children)))


def which_place(need: str, language: str) -> Reply:
    """Ask where the person is: a shared location, a name, or buttons."""
    countries = tuple(Button(f"buttons.help_{one}", f"f:r:{one}:0") for one in ("laos", "thailand"))
    return say("help.where", buttons=(*countries, PERSON, CRISIS), need=need_name(need, language))


def which_part(node: str, page: str, language: str) -> Reply | None:
    """Show one page of a country's parts or provinces; None for a list that is not there (an old button)."""
    children = settings().places.get(node, ())
    start = (MOST_BUTTONS - 1) * int(page) if page.isdecimal() else len(children)
    shown, rest = children[start:], children[start + MOST_BUTTONS :]
    if not shown:
        return None
    if rest:
        shown = shown[: MOST_BUTTONS - 1]
    buttons = tuple(_place_button(child, language) for child in shown)
    more = (Button("buttons.help_other_places", f"f:r:{node}:{int(page) + 1}"),) if rest else ()
    is_of_provinces = all(by_code(child) for child in children)
    return say("help.which_province" if is_of_provinces else "help.which_part", buttons=_with_cry((*buttons, *more)))


def which_of(found: tuple[Place, ...], language: str) -> Reply:
    """Ask which of some places was meant."""
    buttons = tuple(_place_button(one.code, language) for one in found[: MOST_BUTTONS - 1])
    return say("help.did_you_mean", buttons=_with_cry((*buttons, Button("buttons.help_none_of_these", "f:w:"))))


def unknown_place() -> Reply:
    """Say that the place was not found, and ask another way."""
    countries = tuple(Button(f"buttons.help_{one}", f"f:r:{one}:0") for one in ("laos", "thailand"))
    return say("help.place_unknown", buttons=(*countries, PERSON, CRISIS))


def look_elsewhere() -> Reply:
    """Ask what is to be different in the next search."""
    place, need = Button("buttons.help_other_place", "f:w:"), Button("buttons.help_other_need", f"f:n:{ROOT}")
    return say("help.elsewhere", buttons=(place, need, Button("buttons.help_for_whom", "f:g:"), CRISIS))


def which_people() -> Reply:
    """Ask for whom it is; asked only when the person wishes to say it."""
    return say("help.for_whom", buttons=tuple(Button(f"buttons.help_{one}", f"f:g:{one}") for one in _PEOPLE))


def need_name(need: str, language: str) -> str:
    """Return the need in words."""
    return term("need", need).names[language]


def is_need(need: str) -> bool:
    """Tell whether the taxonomy knows this need."""
    return any(need in children for children in settings().needs.values()) and need not in settings().needs


def place_name(code: str, language: str) -> str:
    """Return the place in words, with its kind: Pakse District."""
    place = by_code(code)
    return place.full_name(language) if place else code


def _need_button(child: str) -> Button:
    return Button(f"buttons.help_{child}", f"f:n:{child}" if child in settings().needs else f"f:c:{child}")


def _place_button(child: str, language: str) -> Button:
    place = by_code(child)
    if place is None:
        return Button(f"buttons.help_{child}", f"f:r:{child}:0")
    if place.parent is None:
        return Button("buttons.help_anywhere", f"f:p:{child}", {"name": place.name(language)})
    name = place.full_name(language)
    return Button("buttons.help_place", f"f:p:{child}", {"name": name})


def _with_cry(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    return buttons if len(buttons) >= MOST_BUTTONS else (*buttons, CRISIS)
