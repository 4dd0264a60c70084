"""Before an enquiry is sent: exactly what goes to our team, each line can be changed or struck out; then the yes."""

from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.enquiries import deeds
from thangdee.casework.enquiries.model import Enquiry, Field
from thangdee.flows import enquiry_draft, enquiry_screens
from thangdee.flows.enquiry_draft import Draft
from thangdee.flows.enquiry_screens import button
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.referral_summary import in_pages
from thangdee.flows.reply import Part, Reply
from thangdee.flows.saying_yes import note_yes

ASKED = "e_yes"


async def show(outward: Outward, draft: Draft) -> None:
    """Show all that would be sent."""
    if not draft.facts:
        await outward.say(enquiry_screens.nothing_told(draft))
        return
    mark = await deeds.mark(outward.connection, outward.vault, draft.enquiry.id)
    buttons = (
        button("enquiry_yes", draft, f"y:{mark}"), button("enquiry_change", draft, "c:0"),
        button("referral_not_now", draft, "n:"), CRISIS,
    )  # fmt: skip
    lines = tuple(enquiry_screens.line(draft, one) for one in draft.facts)
    pages = in_pages((Part("enquiry.summary"), *lines, Part("enquiry.summary.ask")), outward.language)
    for page in pages[:-1]:
        await outward.say(Reply(page))
    await outward.say(Reply(pages[-1], buttons))
    outward.remember(asked=ASKED, about=mark)


async def take_yes(outward: Outward, draft: Draft, mark: str, given_by: GivenBy) -> Enquiry | None:
    """Send what was shown; None where it is not what was shown last."""
    now = await deeds.mark(outward.connection, outward.vault, draft.enquiry.id)
    if not draft.facts or mark != now:
        return None
    await note_yes(outward, Purpose.ENQUIRY, is_yes=True, given_by=given_by)
    outward.remember(asked="none", about=None, misses=0)
    return await deeds.file(outward.connection, outward.vault, outward.chat, draft.enquiry.id, outward.now)


async def strike_out(outward: Outward, draft: Draft, field: Field) -> Draft:
    """Take an answer out for good; it is not asked again."""
    draft = await enquiry_draft.forget(outward, draft, field)
    return await enquiry_draft.pass_by(outward, draft, field.value)
