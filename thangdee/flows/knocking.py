"""The bot writes first: one neutral line, in her hours, and what lies behind it only when she asks (R55, R56).

Never while staff hold the chat (the worker waits), never to a phone that stopped the bot. The news itself is the screen
of the status, which tells the truth from state.
"""

from collections.abc import Awaitable, Callable

from thangdee.casework import alerts
from thangdee.casework.referrals import knocks
from thangdee.casework.referrals.follow_up import Plan
from thangdee.flows import enquiry_after, menu
from thangdee.flows.deciding import Proposal
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply

SHOW, LATER = Button("buttons.knock_show", "u:s"), Button("buttons.knock_later", "u:lt")
CHECK_IN, CHECK_IN_LATER = Button("buttons.knock_show", "u:ci"), Button("buttons.knock_later", "u:cl")
STOP = Button("buttons.follow_up_stop", "u:fs")

ShowStatus = Callable[[Outward, Proposal], Awaitable[None]]


async def knock(outward: Outward, *, is_phone_own: bool, show_status: ShowStatus) -> None:
    """Say that there is news; where only she sees the phone, say at once what it is."""
    await outward.say(_line("knock.line"))
    await knocks.knocked(outward.connection, outward.chat.id, outward.now)
    session = outward.chat.session
    if is_phone_own and not session.hidden and session.asked == "none":
        await show_status(outward, {"do": "referral_status"})


async def after_message(outward: Outward) -> None:
    """Put the line under an answer to her own message where news waits: she wants it so, or the knock went astray.

    Not while the phone looks like a phrasebook, in the middle of a question, or while a cry for help waits.
    """
    session = outward.chat.session
    if session.hidden or session.asked != "none":
        return
    await enquiry_after.say_waiting(outward)
    news = await knocks.news_of(outward.connection, outward.chat.id)
    if news is None or not news.is_to_tell(outward.now) or await alerts.is_crying(outward.connection, outward.chat.id):
        return
    before = session.screen
    await outward.say(Reply((Part("knock.line"),), (SHOW,)))
    outward.remember(screen=before)  # typed digits still mean the answer above it
    await knocks.knocked(outward.connection, outward.chat.id, outward.now)


async def check_in(outward: Outward, plan: Plan) -> None:
    """Say the first line that she chose, and nothing else."""
    line = Part(f"follow_up.line.{plan.words}")
    await outward.say(Reply((line,), (CHECK_IN, CHECK_IN_LATER, STOP, menu.CRISIS), stays=True))


def _line(key: str) -> Reply:
    return Reply((Part(key),), (SHOW, LATER, menu.CRISIS), stays=True)
