"""What else can be done with a matter: a person, being asked after, a lost phone, wishes for a visit."""

from thangdee.casework.referrals.model import Matter, MatterState
from thangdee.flows.answers import PERSON
from thangdee.flows.deciding import Proposal
from thangdee.flows.matter_status import show_status
from thangdee.flows.matter_words import STATUS, open_ones
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply


async def show_more(outward: Outward, value: str) -> Proposal | None:
    """Show the ways that had no room beside the status, on two screens."""
    matter_id, _, page = value.partition(":")
    matter = next(iter(await open_ones(outward, matter_id)), None)
    if matter is None:
        return await show_status(outward)
    buttons = _second(matter) if page else _first(matter)
    await outward.say(Reply((Part("matter.more"),), buttons))
    return None


def _first(matter: Matter) -> tuple[Button, ...]:
    ask_me, lost = Button("buttons.matter_ask_me", f"u:f:{matter.id}"), Button("buttons.matter_lost", "u:l")
    return (PERSON, ask_me, lost, Button("buttons.matter_more", f"u:m:{matter.id}:2"))


def _second(matter: Matter) -> tuple[Button, ...]:
    told, wishes = (
        Button("buttons.matter_told", f"u:t:{matter.id}"),
        Button("buttons.matter_wishes", f"u:v:{matter.id}"),
    )
    missing = Button("buttons.matter_missing", "u:cm")
    return (told, missing if matter.state is MatterState.HELPED else wishes, STATUS, CRISIS)
