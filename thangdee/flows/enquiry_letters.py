"""The letter to an office, as a paper to print: offered with a warning, made and sent only on a press."""

from thangdee.casework.enquiries import store
from thangdee.casework.enquiries.letter import To
from thangdee.casework.enquiries.model import State
from thangdee.core import outbox
from thangdee.core.outbox import PAPER
from thangdee.flows.answers import PERSON
from thangdee.flows.deciding import Proposal
from thangdee.flows.enquiry_buttons import ALWAYS, HELP, LETTER, VISITS
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply

_OFFICES = tuple(Button(f"buttons.enquiry_letter_{to}", f"e:a.lp:{to}") for to in To)


async def offer(outward: Outward, _: str) -> None:
    """Say what the paper is, that it shows what was written, and ask for which office."""
    parts = (Part("enquiry.letter_offer"), ALWAYS, Part("enquiry.letter_for_whom"))
    await outward.say(Reply(parts, (*_OFFICES, PERSON, CRISIS)))


async def send(outward: Outward, to: str) -> Proposal | None:
    """Have the paper made and sent, filled with what was given; with lines to write on where nothing was."""
    if to not in set(To):
        return {"say": "chat.old_button"}
    found = await store.of_chat(outward.connection, outward.chat.id)
    given = next((one.id for one in found if one.state is not State.CLOSED), None)
    await outward.say(Reply((Part("enquiry.letter_sent"), ALWAYS), (LETTER, VISITS, HELP, CRISIS)))
    body = {"to": outward.chat.address, "enquiry": given, "for": to, "language": outward.language}
    await outbox.post(
        outward.connection, outward.vault, lane=outward.chat.chat_key, key_id=outward.chat.key_id, kind=PAPER,
        body=body, now=outward.now, dedupe=f"{outward.dedupe}:{PAPER}",
    )  # fmt: skip
    return None
