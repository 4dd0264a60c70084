"""Voice notes and pictures in a chat: what is kept of them, and what the person is told (R52, R58)."""

from thangdee.casework import conversations, media
from thangdee.casework.alerts import Urgency
from thangdee.casework.media import TOO_BIG, TOO_MANY, Announced, Kind, Media, State
from thangdee.core.recoded import TOO_LONG, UNREADABLE
from thangdee.flows.incoming import Deed, Incoming
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, say

_KINDS = {Deed.VOICE: Kind.VOICE, Deed.PHOTO: Kind.PHOTO}


async def note(outward: Outward, incoming: Incoming, *, is_cry: bool) -> Media | None:
    """Have a file fetched where words may be kept; a voice note always counts as a cry (R1)."""
    kind = _KINDS.get(incoming.deed)
    if kind is None or incoming.file_id is None:
        return None
    if not is_cry and not await conversations.may_keep(outward.connection, outward.chat.id, outward.now):
        return None
    came = Announced(incoming.file_id, kind, incoming.is_round, incoming.seconds or 0, incoming.size or 0)
    return await media.note(outward.connection, outward.vault, outward.chat, came, outward.now)


async def answer(outward: Outward, deed: Deed, file: Media | None, ways_on: tuple[Button, ...]) -> None:
    """Call a person, whatever came of the file, and say truthfully what will happen to it."""
    if deed is Deed.VOICE:
        # Nobody can know yet what is in it: a person listens (R52).
        await outward.raise_alert(Urgency.HIGH, "voice")
    else:
        await outward.raise_alert(Urgency.PERSON, "photo")
    if file is None and deed is Deed.PHOTO:
        await outward.say(say("media.tell.not_kept", buttons=ways_on))
    elif file is not None and file.state is State.REFUSED:
        await outward.say(say(_refusal(file.kind, file.reason), buttons=ways_on))
    else:
        there, nobody = f"chat.{deed}_received", f"chat.{deed}_received_off_duty"
        await outward.say_if_there(say(there, buttons=ways_on), nobody=say(nobody, buttons=ways_on))


async def tell_refusal(outward: Outward, kind: Kind, reason: str) -> None:
    """Say that a file could not be taken after all, so that nobody waits for it to be heard.

    Without buttons, and the chat is not saved: the screen that typed digits refer to stays as it is.
    """
    if not outward.chat.held_by and not outward.chat.session.hidden:
        await outward.say(say(_refusal(kind, reason)))


def _refusal(kind: Kind, reason: str | None) -> str:
    if reason == TOO_BIG:
        return f"media.tell.too_big_{kind}"
    known = (TOO_LONG, TOO_MANY)
    return f"media.tell.{reason if reason in known else UNREADABLE}"
