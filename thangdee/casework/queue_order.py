"""In which order people wait for us: one rule, so that everybody can say why somebody stands first.

Cries for help stand first, always. Of the rest stands first whose time to be answered comes first, or passed first: 15
minutes after a matter of high risk was raised, an hour after somebody asked for a person. So a person who has waited 50
minutes stands before a matter of high risk raised just now, and behind one that has waited 15. Where a colleague is in
the chat already, it stands behind those of its kind to whom nobody has come.
"""

from datetime import datetime

from thangdee.casework.alerts import ANSWER_WITHIN, Urgency

Turn = tuple[bool, bool, datetime]


def turn_of(urgency: Urgency, raised_at: datetime, *, is_held: bool) -> Turn:
    """Return what the queue is sorted by, smallest first."""
    return (urgency is not Urgency.IMMEDIATE, is_held, raised_at + ANSWER_WITHIN[urgency])
