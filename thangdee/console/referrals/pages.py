"""All pages of staff about matters, added together."""

from collections.abc import Callable

from fastapi import FastAPI

from thangdee.console.referrals.board_page import add_board
from thangdee.console.referrals.calling import add_calling
from thangdee.console.referrals.choosing import add_choosing
from thangdee.console.referrals.deciding import add_deciding
from thangdee.console.referrals.desk import CourtSeen, Matters
from thangdee.console.referrals.filling import add_filling
from thangdee.console.referrals.letter_page import add_letter
from thangdee.console.referrals.matter_page import add_matter
from thangdee.console.referrals.taking_back import add_taking_back
from thangdee.console.shared import Console
from thangdee.referral_directory.model import Directory


def add_referrals(app: FastAPI, console: Console, directory: Callable[[], Directory], court: CourtSeen) -> None:
    """Add the board and all that leads from it. `directory`: as it is in memory; `court`: what its part shows."""
    matters = Matters(console, directory, court)
    for add in (
        add_board,
        add_filling,
        add_matter,
        add_choosing,
        add_deciding,
        add_calling,
        add_letter,
        add_taking_back,
    ):
        add(app, matters)
