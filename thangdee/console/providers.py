"""The pages on which organisations are looked after as receivers, put together."""

from fastapi import FastAPI

from thangdee.console.providers_page import Desk, add_pages
from thangdee.console.providers_people import add_people
from thangdee.console.providers_ways import add_ways
from thangdee.console.shared import Console


def add_providers(app: FastAPI, console: Console, *, has_mail: bool) -> None:
    """Add them. `has_mail`: a mail server is set."""
    desk = Desk(console, has_mail)
    add_pages(app, desk)
    add_ways(app, desk)
    add_people(app, desk)
