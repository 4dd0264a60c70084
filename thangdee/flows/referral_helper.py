"""Somebody writes for another person: their words are kept apart and nothing goes out before she says yes herself."""

from thangdee.casework.referrals import handing_over
from thangdee.flows.answers import MENU
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.referral_draft import Draft
from thangdee.flows.referral_screens import NEXT, button
from thangdee.flows.reply import Part, Reply


def end(draft: Draft) -> Reply:
    """Say what may come of it: a code to hand over, or a person of ours. What became of it is not told here."""
    code, staff, later = (
        button("code", draft, "hc:"),
        button("staff_cares", draft, "f:"),
        button("not_now", draft, "z:"),
    )
    return Reply((Part(NEXT), Part("referral.helper")), (code, staff, later, CRISIS))


async def give_code(outward: Outward, draft: Draft) -> Reply:
    """Give the code by which she finds what was written for her, in a chat of her own."""
    code = await handing_over.make(outward.connection, outward.vault, draft.matter.id, outward.now)
    ways_on = (button("staff_cares", draft, "f:"), MENU, CRISIS)
    return Reply((Part(NEXT), Part("referral.helper.code", {"code": code})), ways_on)


def staff_care() -> Reply:
    """Say that a person of ours looks at it."""
    return Reply((Part(NEXT), Part("referral.helper.staff")), (MENU, CRISIS))
