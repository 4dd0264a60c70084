"""Words, a recording or a picture for the relative (R17): kept, and never a sign here of what becomes of it."""

from thangdee.casework import media
from thangdee.casework.alerts import Urgency
from thangdee.casework.enquiries import messages, store
from thangdee.casework.enquiries.messages import Kind
from thangdee.casework.enquiries.model import Enquiry, State
from thangdee.flows.answers import PERSON
from thangdee.flows.asking import NO_ANSWER, Heard
from thangdee.flows.deciding import Proposal
from thangdee.flows.enquiry_buttons import ALWAYS, BEGIN, HELP, MESSAGE, STATUS
from thangdee.flows.intents import Risk, risk_of
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Part, Reply

ASKED = "e_a_words"
# Who asks how it stands is answered; what they wanted to say waits.
_NO_MESSAGE = frozenset({"tracing_status", "referral_status", "paid_finder"})


async def ask(outward: Outward, _: str) -> None:
    """Ask for the words; say first that we keep them and that nothing of them will be seen here again."""
    one = await _standing(outward)
    if one is None:
        await outward.say(Reply((Part("enquiry.message_none"), ALWAYS), (BEGIN, HELP, PERSON, CRISIS)))
        return
    if await messages.how_many(outward.connection, one.id) >= messages.MOST:
        await _say_full(outward)
        return
    await outward.say(Reply((Part("enquiry.message_ask"), ALWAYS), (HELP, STATUS, PERSON, CRISIS)))
    outward.remember(asked=ASKED, about=one.id)


async def hear(outward: Outward, said: Heard) -> Proposal | None:
    """Keep what was said; the reply is the same whatever it is, and whatever becomes of it."""
    one = await _standing(outward, outward.chat.session.about)
    body, kind = await _body(outward, said)
    if one is None or body is None or said.intent in _NO_MESSAGE:
        return NO_ANSWER
    outward.remember(asked="none", about=None)
    if said.intent is not None and risk_of(said.intent) is Risk.HIGH:
        await outward.raise_alert(Urgency.HIGH, said.intent)
    if not await messages.leave(outward.connection, outward.vault, one, kind, body, outward.now):
        await _say_full(outward)
        return None
    await outward.say(Reply((Part("enquiry.message_kept"), ALWAYS), (MESSAGE, STATUS, PERSON, CRISIS)))
    return None


async def _say_full(outward: Outward) -> None:
    outward.remember(asked="none", about=None)
    await outward.say(Reply((Part("enquiry.message_full"), ALWAYS), (STATUS, HELP, PERSON, CRISIS)))


async def _standing(outward: Outward, enquiry_id: str | None = None) -> Enquiry | None:
    """Return the enquiry that a message belongs to: the one that was asked about, else the newest not closed."""
    found = await store.of_chat(outward.connection, outward.chat.id)
    standing = (one for one in found if one.state in (State.OPEN, State.EXPIRED))
    return next((one for one in standing if enquiry_id in (None, one.id)), None)


async def _body(outward: Outward, said: Heard) -> tuple[dict[str, str] | None, Kind]:
    if said.media_id is not None:
        known = (await media.shown(outward.connection, [said.media_id])).get(said.media_id)
        is_photo = known is not None and known.kind is media.Kind.PHOTO
        return {"media": said.media_id}, Kind.PHOTO if is_photo else Kind.VOICE
    return ({"text": said.text} if said.text and said.text.strip() else None), Kind.WORDS
