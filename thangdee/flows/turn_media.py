"""A turn that came without words: a recording, a picture, a shared place."""

from thangdee.casework import alerts
from thangdee.casework.alerts import Urgency
from thangdee.casework.media import Media, State
from thangdee.flows import asking, commands, files, help_heard, help_near, menu, told
from thangdee.flows.answers import MENU, NEAREST, PERSON
from thangdee.flows.asking import Heard
from thangdee.flows.incoming import Deed, Incoming
from thangdee.flows.outward import CRISIS_BUTTONS, Outward
from thangdee.flows.reply import say


async def respond(outward: Outward, incoming: Incoming, file: Media | None) -> None:
    """Answer what came without words; an open question is answered by it where it can be."""
    if incoming.deed is Deed.LOCATION:
        told.note_location(outward, incoming.latitude, incoming.longitude)
    ways_on = (PERSON, MENU, menu.CRISIS)
    if await _is_heard(outward, incoming, file):
        return
    if incoming.deed in (Deed.VOICE, Deed.PHOTO):
        await files.answer(outward, incoming.deed, file, ways_on)
    elif incoming.deed is Deed.LOCATION and await alerts.is_crying(outward.connection, outward.chat.id):
        await outward.say(say("crisis.place_received", buttons=CRISIS_BUTTONS))
    elif incoming.deed is Deed.LOCATION and outward.chat.session.asked in help_heard.OPEN:
        await help_near.hear_location(outward, incoming.latitude, incoming.longitude)
    elif incoming.deed is Deed.LOCATION:
        await outward.say(say("chat.location_received", buttons=(NEAREST, *ways_on)))
    else:
        await outward.say(say("chat.other_received", buttons=ways_on))


async def _is_heard(outward: Outward, incoming: Incoming, file: Media | None) -> bool:
    """Give a recording or a shared place to the form whose question is open (R59).

    Nobody can know what is in a recording, so a person of ours is called all the same (R52).
    """
    if not asking.form_of(outward.chat.session):
        return False
    if incoming.deed is Deed.LOCATION:
        said = Heard(latitude=incoming.latitude, longitude=incoming.longitude)
    elif _may_answer(outward, incoming) and file is not None and file.state is not State.REFUSED:
        said = Heard(media_id=file.id)
    else:
        return False
    is_about_us = outward.chat.session.asked.startswith(asking.ABOUT_US)  # whoever it is about may read the queue
    is_heard = await commands.hear_answer(outward, outward.chat.session.asked, said)
    if is_heard and incoming.deed is Deed.VOICE and not is_about_us:
        await outward.raise_alert(Urgency.HIGH, "voice")
    return is_heard


def _may_answer(outward: Outward, incoming: Incoming) -> bool:
    """Tell whether a file of this kind can answer: a recording always, a picture where one was asked for."""
    takes_pictures = outward.chat.session.asked in asking.TAKE_PICTURES
    return incoming.deed is Deed.VOICE or (incoming.deed is Deed.PHOTO and takes_pictures)
