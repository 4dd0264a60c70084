"""All pages of staff about enquiries, added together."""

from fastapi import FastAPI

from thangdee.console.enquiries.board_page import add_board
from thangdee.console.enquiries.checking import add_checking
from thangdee.console.enquiries.desk import Enquiries, ReleaseSeen
from thangdee.console.enquiries.enquiry_page import add_enquiry
from thangdee.console.enquiries.search_page import add_search
from thangdee.console.shared import Console


def add_enquiries(app: FastAPI, console: Console, release: ReleaseSeen) -> None:
    """Add the board and all that leads from it. `release`: what the part about telling the family shows."""
    enquiries = Enquiries(console, release)
    for add in (add_board, add_enquiry, add_checking, add_search):
        add(app, enquiries)
