"""Menus: every answer by pressing or by typing a number, with the cry for help on each screen."""

from functools import cache
from pathlib import Path

import yaml

from thangdee.flows.reply import Button, Part, Reply

ROOT = "root"
CRISIS = Button("buttons.crisis", "c:danger_now")


@cache
def tree() -> dict[str, tuple[str, ...]]:
    """Return the nodes: each has at most three children, nodes or intents."""
    listed = yaml.safe_load(Path(__file__).with_name("menu.yml").read_text(encoding="utf-8"))
    return {node: tuple(children) for node, children in listed["nodes"].items()}


def screen(node: str, lead: str | None = None) -> Reply:
    """Return the screen of a node (the root for an unknown one); `lead` is a text to say before it."""
    known = node if node in tree() else ROOT
    first = (Part(lead),) if lead else ()
    choices = tuple(_choice(child) for child in tree()[known])
    return Reply((*first, Part(f"menu.{known}.title")), (*choices, CRISIS), sensitive=False)


def _choice(child: str) -> Button:
    return Button(f"menu.{child}", f"m:{child}") if child in tree() else Button(f"topic.{child}", f"i:{child}")
