"""Buttons and small words that all screens after an enquiry share; steps are `e:a.<step>` (enquiry_after.py)."""

from datetime import datetime

from thangdee.core.time_words import LOCAL_TIME
from thangdee.flows.reply import Button, Part

BEGIN = Button("buttons.enquiry_begin", "e:b")
STATUS = Button("buttons.enquiry_status", "e:a.s")
READ = Button("buttons.knock_show", "e:a.s")
HELP = Button("buttons.enquiry_help", "e:a.h")
MESSAGE = Button("buttons.enquiry_message", "e:a.m")
FINDER = Button("buttons.enquiry_finder", "e:a.f")
LETTER = Button("buttons.enquiry_letter", "e:a.l")
VISITS = Button("buttons.enquiry_visits", "e:a.v")
OFFICES = Button("buttons.enquiry_offices", "e:a.o")
CLOSE = Button("buttons.enquiry_close", "e:a.w")
# Rule R18 in full, under whatever is said about looking for somebody.
ALWAYS = Part("enquiry.always")


def day(at: datetime) -> str:
    """Return a day in digits, the same in every language."""
    return f"{at.astimezone(LOCAL_TIME):%d/%m/%Y}"
