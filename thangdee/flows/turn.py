"""One turn of a chat: an inbox job becomes replies and changes, all in one transaction.

    crisis? (the receiver answered) -> staff hold this chat? -> read the deed -> understand -> decide
    -> one transaction: finish the job, run the commands, write the replies

Rasa is asked before the transaction opens; what it says is weighed again inside, on fresh state.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import alerts, transcripts
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chat, Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.media import Media
from thangdee.casework.transcripts import Direction, Line
from thangdee.core import jobs, outbox
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.jobs import Job, Queue
from thangdee.core.outbox import OWN_CONTROL, PRESS_SEEN
from thangdee.core.script import fold
from thangdee.core.vault import Vault
from thangdee.flows import commands, context, files, help_heard, help_near, menu, told
from thangdee.flows.answers import MENU, NEAREST, PERSON
from thangdee.flows.deciding import Proposal, RasaDialogue
from thangdee.flows.entities import Entities, entities_in
from thangdee.flows.incoming import Deed, Incoming
from thangdee.flows.intents import OUT_OF_SCOPE, Risk, risk_of, risks
from thangdee.flows.language import Language
from thangdee.flows.outward import CRISIS_BUTTONS, Outward
from thangdee.flows.reply import say
from thangdee.flows.understanding import CrisisWords, RasaParser, Understanding, understand

FLOOD_A_MINUTE = 20
_MINUTE = timedelta(minutes=1)
# After a cry people write where they are, or that they are afraid: few words, which look like any topic.
_CRY_ECHOES = timedelta(hours=1)
_SURE_AFTER_CRY, _SENTENCE_LETTERS = 0.9, 15
_ENGLISH_WORDS = 3
_HIDE, _LEARNING = "x:hide", "q:research"
_UNDO_CODE = re.compile(r"\d{6}")
# Words that work from every state, Rasa away included; the texts tell people about them.
_OWN_WORDS = {
    fold(word): data
    for data, words in {
        _HIDE: ("ຊ່ອນ", "ເຊື່ອງ", "ซ่อน", "hide"),
        "i:delete_my_data": ("ລຶບ", "ลบ", "delete"),
        "i:change_language": ("ພາສາ", "ภาษา", "language"),
        "m:root": ("ເມນູ", "เมนู", "menu"),
        _LEARNING: ("ໃຫ້ຮຽນຮູ້", "ให้เรียนรู้", "allow learning"),
        "f:e:": ("ອື່ນໆ", "ອື່ນ", "อื่นๆ", "อื่น ๆ", "อื่น", "other"),
        "n:research": ("ບໍ່ໃຫ້ຮຽນຮູ້", "ไม่ให้เรียนรู้", "stop learning"),
    }.items()
    for word in words
}
_COMMANDS = {
    "/start": "s:",
    "/menu": "m:root",
    "/help": "m:root",
    "/hide": _HIDE,
    "/delete": "i:delete_my_data",
    "/language": "i:change_language",
    "/sos": "c:danger_now",
}


_OWN_CONTROL = frozenset(
    {"i:delete_my_data", "y:delete", "n:delete", "i:change_language", _LEARNING}
    | {f"{answer}:{purpose}" for answer in "yn" for purpose in Purpose}
)


@dataclass(frozen=True)
class Thought:
    """What was found out before the transaction: the button's data or the meaning, entities, and Rasa's proposals."""

    incoming: Incoming
    data: str | None = None
    meaning: Understanding | None = None
    proposals: tuple[Proposal, ...] = ()
    asked: str = "none"
    entities: Entities = field(default_factory=Entities)


class Turns:
    """Takes turns; one object a process, wired in processes/chat.py."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        parser: RasaParser,
        dialogue: RasaDialogue,
        crisis_kind: CrisisWords,
        outward: Callable[[AsyncConnection, Chat, datetime, str], Outward],
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._parser = parser
        self._dialogue = dialogue
        self._crisis_kind = crisis_kind
        self._outward = outward

    async def take(self, job: Job) -> None:
        """Handle one inbox job. Raises LeaseLostError, StoreAwayError: the job then stays for another try."""
        if job.sealed_body is None:
            async with self._database.write() as connection:  # nothing a person did: a group, a broken update
                await jobs.finish(connection, job, self._clock.now())
            return
        async with self._database.read() as connection:
            incoming = Incoming.from_json(await outbox.read_body(connection, self._vault, job))
            chat = await Chats(connection, self._vault).find(job.lane)
            flooding = await self._is_flood(connection, job)
        thought = Thought(incoming)
        is_ours = chat is not None and (not chat.held_by or _is_own_control(incoming, chat))
        if chat and is_ours and not flooding and not incoming.crisis:
            thought = await self._think(incoming, chat)
        async with self._database.write() as connection:
            await self._act(connection, job, thought, is_flood=flooding)

    async def _think(self, incoming: Incoming, chat: Chat) -> Thought:
        data = _data_of(incoming, chat)
        if data is not None:
            return await self._think_of_press(incoming, chat, data)
        if incoming.deed is not Deed.TEXT:
            return Thought(incoming)
        otherwise: Language = "th" if chat.language == "th" else "lo"
        meaning = await understand(incoming.text, self._parser, self._crisis_kind, otherwise)
        if meaning.risk is Risk.IMMEDIATE:
            return Thought(incoming, meaning=meaning)
        now = self._clock.now()
        entities = entities_in(incoming.text, now.date())
        if answer := help_heard.heard(chat.session, incoming.text, entities, meaning):
            meaning = replace(meaning, intent=help_heard.INTENT, risk=Risk.NONE, is_blind=False)
            return Thought(incoming, meaning=meaning, proposals=(answer,), asked=help_heard.PLACE, entities=entities)
        meaning = context.resolve(meaning, incoming.text, entities, chat.session, now)
        if meaning.is_blind or not meaning.is_sure:
            return Thought(incoming, meaning=meaning, entities=entities)
        asked = chat.session.asked
        proposed = await self._dialogue.propose(chat.id, meaning.intent, asked)
        written = tuple(one | {"given_by": GivenBy.WRITTEN} for one in context.proposals(meaning, proposed))
        return Thought(incoming, meaning=meaning, proposals=written, asked=asked, entities=entities)

    async def _think_of_press(self, incoming: Incoming, chat: Chat, data: str) -> Thought:
        kind, _, value = data.partition(":")
        intent, asked = value, "none"
        if kind in ("y", "n"):
            intent, asked = ("affirm" if kind == "y" else "deny"), value
        elif kind != "i" or value not in risks():
            return Thought(incoming, data=data)
        proposals = await self._dialogue.propose(chat.id, intent, asked)
        return Thought(incoming, data=data, proposals=tuple(proposals), asked=asked)

    async def _act(self, connection: AsyncConnection, job: Job, thought: Thought, *, is_flood: bool) -> None:
        now = self._clock.now()
        await jobs.finish(connection, job, now)
        chat = await Chats(connection, self._vault).find(job.lane)
        if chat is None:
            return
        outward = self._outward(connection, chat, now, f"turn:{job.uid}")
        await _note_arrival(outward, thought.incoming)
        file = await _keep_words(outward, thought)
        if _data_of(thought.incoming, chat) == _HIDE:
            await commands.hide(outward)  # whoever floods or talks with a person may need it at once, too (R53)
        elif thought.incoming.crisis or thought.incoming.deed in (Deed.LEFT, Deed.NOTHING):
            pass
        elif chat.held_by:
            await _obey_own_control(outward, thought)
        elif is_flood:
            await _calm_flood(outward, _data_of(thought.incoming, chat))
        else:
            await _respond(outward, thought, file)
        await outward.save()

    async def _is_flood(self, connection: AsyncConnection, job: Job) -> bool:
        since = self._clock.now() - _MINUTE
        return await jobs.recent(connection, Queue.INBOX, job.lane, since) > FLOOD_A_MINUTE


def _data_of(incoming: Incoming, chat: Chat) -> str | None:
    """Return the button's data if this was a press, a typed digit, a command or a word of ours."""
    if incoming.deed is Deed.PRESS:
        return incoming.text
    if incoming.deed is not Deed.TEXT:
        return None
    text = fold(incoming.text)
    command = text.split("@")[0].split(" ")[0]
    if command in _COMMANDS:
        return _COMMANDS[command]
    if len(text) == 1 and text.isdecimal():
        return _data_of_digit(int(text), chat)
    return _OWN_WORDS.get(text)


def _data_of_digit(digit: int, chat: Chat) -> str:
    """Return the button with this number; for one that is not on the screen, the menu or the phrasebook."""
    screen = chat.session.screen
    if 1 <= digit <= len(screen):
        return screen[digit - 1]
    return "h:menu" if chat.session.hidden else "m:root"


def _is_own_control(incoming: Incoming, chat: Chat) -> bool:
    """Tell whether this is about the person's own data, language or phone: that works while staff talk, too.

    A typed digit is none: it may be an answer to what a staff member asked.
    """
    data = _data_of(incoming, chat)
    is_digit = incoming.deed is Deed.TEXT and len(incoming.text.strip()) == 1
    return data is not None and not is_digit and (data in _OWN_CONTROL or data.startswith("l:"))


async def _obey_own_control(outward: Outward, thought: Thought) -> None:
    if _is_own_control(thought.incoming, outward.chat) and thought.data is not None:
        outward.reply_kind = OWN_CONTROL  # the bot is silent but for this (R52)
        await _respond_to_press(outward, thought)


async def _note_arrival(outward: Outward, incoming: Incoming) -> None:
    """Remember the message for hiding, and stop the button's little clock on the phone."""
    if incoming.message_id is not None:
        at = incoming.said_at(outward.now)
        await transcripts.stands_on_phone(outward.connection, outward.chat.id, incoming.message_id, at)
    if incoming.press_id is not None:
        chat = outward.chat
        await outbox.post(
            outward.connection,
            outward.vault,
            lane=f"press{chat.chat_key[:58]}",  # must not wait behind the chat's messages
            key_id=chat.key_id,
            kind=PRESS_SEEN,
            body={"press_id": incoming.press_id},
            now=outward.now,
        )


async def _keep_words(outward: Outward, thought: Thought) -> Media | None:
    """Keep what may be kept (R1); return the file that came with it, None if it is not kept."""
    incoming, meaning = thought.incoming, thought.meaning
    intent = meaning.intent if meaning else incoming.crisis
    risk = meaning.risk if meaning else (Risk.IMMEDIATE if incoming.crisis else None)
    is_cry = risk is Risk.IMMEDIATE or incoming.deed is Deed.VOICE
    body = {name: value for name, value in incoming.to_json().items() if name in _KEPT}
    file = await files.note(outward, incoming, is_cry=is_cry)
    body |= {"media": file.id} if file else {}
    line = Line(Direction.IN, incoming.said_at(outward.now), body | {"deed": incoming.deed}, intent, risk)
    if incoming.deed not in (Deed.LEFT, Deed.NOTHING):
        await outward.keep(line, is_cry=is_cry)
    return file


_KEPT = ("text", "latitude", "longitude")


async def _respond(outward: Outward, thought: Thought, file: Media | None) -> None:
    told.forget_stale(outward)
    if thought.meaning is not None and await _respond_to_words(outward, thought):
        return
    if thought.data is not None:
        await _respond_to_press(outward, thought)
    elif thought.meaning is None:
        await _respond_to_media(outward, thought.incoming, file)


async def _respond_to_words(outward: Outward, thought: Thought) -> bool:
    meaning, incoming = thought.meaning, thought.incoming
    if meaning is None:
        return False
    is_first = outward.chat.language is None
    _follow_language(outward, meaning, incoming)
    told.note(outward, incoming.text, thought.entities, meaning)
    if meaning.risk is Risk.IMMEDIATE:
        outward.remember(hidden=False, topic=None)
        await outward.answer_crisis(meaning.intent)
    elif _UNDO_CODE.fullmatch(fold(incoming.text)) and await commands.undo_deletion(outward, fold(incoming.text)):
        return True
    elif outward.chat.session.hidden and not (meaning.is_sure and risk_of(meaning.intent) is not Risk.NONE):
        await commands.show_phrasebook(outward, "menu")
    elif is_first and meaning.intent == "greet":
        await commands.welcome(outward)
    elif meaning.is_blind:
        await outward.say(menu.screen(menu.ROOT, lead="chat.menu_without_understanding"))
    elif thought.asked != help_heard.PLACE and await _still_tells_of_cry(outward, meaning, incoming.text):
        await commands.encourage(outward)
    elif not thought.proposals:
        await commands.suggest(outward, meaning.guesses)
    else:
        await _answer(outward, thought, meaning.intent)
    return True


async def _answer(outward: Outward, thought: Thought, intent: str) -> None:
    """Carry out what Rasa proposed; raise the chat where the topic is of high risk; ask for consent once."""
    outward.remember(misses=0, asked="none", hidden=False)
    for proposal in thought.proposals:
        await commands.carry_out(outward, proposal)
    _remember_topic(outward, thought, intent)
    if reason := told.reason_to_raise(outward.chat.session, intent):
        await outward.raise_alert(Urgency.HIGH, reason)
    is_free = outward.chat.session.asked == "none" and any("say" in one for one in thought.proposals)
    if is_free and not commands.was_asked_to_keep(outward) and not await _is_crying(outward):
        await commands.ask_to_keep(outward)


def _remember_topic(outward: Outward, thought: Thought, intent: str) -> None:
    said = [str(one.get("say")) for one in thought.proposals]
    if f"answers.{intent}" in said or any(key.startswith("context.") for key in said):
        outward.remember(topic=intent, topic_at=outward.now.isoformat())


async def _respond_to_press(outward: Outward, thought: Thought) -> None:
    kind, _, value = str(thought.data).partition(":")
    if kind == "h":
        await commands.show_phrasebook(outward, value)
        return
    outward.remember(hidden=False)
    if thought.proposals:
        await _answer(outward, thought, value if kind == "i" else thought.asked)
    elif kind == "s":
        await commands.welcome(outward)
    elif kind == "m":
        await outward.say(menu.screen(value))
    elif thought.data == _LEARNING:
        await commands.ask_to_learn(outward)
    elif kind == "f":
        await commands.help_on(outward, value)
    elif kind == "l":
        await commands.set_language(outward, value)
    elif kind == "c":
        await outward.answer_crisis(value if risk_of(value) is Risk.IMMEDIATE else "danger_now")
    else:
        await outward.say(menu.screen(menu.ROOT, lead="chat.old_button"))


async def _respond_to_media(outward: Outward, incoming: Incoming, file: Media | None) -> None:
    if incoming.deed is Deed.LOCATION:
        told.note_location(outward, incoming.latitude, incoming.longitude)
    ways_on = (PERSON, MENU, menu.CRISIS)
    if incoming.deed in (Deed.VOICE, Deed.PHOTO):
        await files.answer(outward, incoming.deed, file, ways_on)
    elif incoming.deed is Deed.LOCATION and await _is_crying(outward):
        await outward.say(say("crisis.place_received", buttons=CRISIS_BUTTONS))
    elif incoming.deed is Deed.LOCATION and outward.chat.session.asked in help_heard.OPEN:
        await help_near.hear_location(outward, incoming.latitude, incoming.longitude)
    elif incoming.deed is Deed.LOCATION:
        await outward.say(say("chat.location_received", buttons=(NEAREST, *ways_on)))
    else:
        await outward.say(say("chat.other_received", buttons=ways_on))


async def _still_tells_of_cry(outward: Outward, meaning: Understanding, words: str) -> bool:
    """Tell whether this belongs to a cry of the last hour that nobody took yet, and is no clear question.

    A word or two ("afraid", "in Bangkok") is none, however sure the model is.
    """
    is_sentence = len(words.strip()) >= _SENTENCE_LETTERS
    is_clear = is_sentence and meaning.confidence >= _SURE_AFTER_CRY and meaning.intent != OUT_OF_SCOPE
    return not is_clear and await alerts.is_crying(outward.connection, outward.chat.id, outward.now - _CRY_ECHOES)


async def _is_crying(outward: Outward) -> bool:
    return await alerts.is_crying(outward.connection, outward.chat.id)


def _follow_language(outward: Outward, meaning: Understanding, incoming: Incoming) -> None:
    """Answer in the language that is written, unless the person chose one by tapping.

    A word or two of English ("hello", "ok") is what everybody types and tells nothing.
    """
    if outward.chat.language is not None and outward.chat.session.language_tapped:
        return
    if meaning.language == "en" and len(incoming.text.split()) < _ENGLISH_WORDS:
        outward.speak(outward.chat.language or incoming.language_hint or "lo", tapped=False)
    else:
        outward.speak(meaning.language, tapped=False)


async def _calm_flood(outward: Outward, data: str | None) -> None:
    if data is not None and data.startswith("c:"):  # the number of the button, typed: a flooder may be in danger
        await outward.answer_crisis(data.removeprefix("c:"))
        return
    told = outward.chat.session.flood_told_at
    if told is None or datetime.fromisoformat(told) < outward.now - _MINUTE:
        outward.remember(flood_told_at=outward.now.isoformat())
        await outward.say(say("chat.flood", buttons=(PERSON, menu.CRISIS)))
