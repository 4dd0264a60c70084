"""One turn of a chat: an inbox job becomes replies and changes, all in one transaction.

    crisis? (the receiver answered) -> staff hold this chat? -> read the deed -> understand -> decide
    -> one transaction: finish the job, run the commands, write the replies

Rasa is asked before the transaction opens; what it says is weighed again inside, on fresh state.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import alerts, transcripts
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chat, Chats
from thangdee.casework.consent import GivenBy
from thangdee.casework.media import Media
from thangdee.casework.referrals import deeds
from thangdee.casework.transcripts import Direction, Line
from thangdee.core import audit, jobs, outbox
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.jobs import Job, Queue
from thangdee.core.outbox import OWN_CONTROL, PRESS_SEEN
from thangdee.core.vault import Vault
from thangdee.flows import (
    asking,
    commands,
    context,
    enquiry_form,
    files,
    help_heard,
    knocking,
    menu,
    told,
    turn_media,
    waiting,
)
from thangdee.flows.answers import PERSON
from thangdee.flows.asking import Heard
from thangdee.flows.deciding import Proposal, RasaDialogue
from thangdee.flows.enquiry_hearing import of_writer
from thangdee.flows.enquiry_pressure import TRACING, answer_pressure
from thangdee.flows.entities import Entities, entities_in
from thangdee.flows.incoming import Deed, Incoming
from thangdee.flows.intents import OUT_OF_SCOPE, Risk, risk_of, risks
from thangdee.flows.language import Language
from thangdee.flows.outward import Outward
from thangdee.flows.own_words import CLOSE_ENQUIRY, HIDE, LEARNING, WITHDRAW, data_of, is_own_control
from thangdee.flows.reply import say
from thangdee.flows.understanding import CrisisWords, RasaParser, Understanding, understand

FLOOD_A_MINUTE = 20
_MINUTE = timedelta(minutes=1)
# After a cry people write where they are, or that they are afraid: few words, which look like any topic.
_CRY_ECHOES = timedelta(hours=1)
_SURE_AFTER_CRY, _SENTENCE_LETTERS = 0.9, 15
_ENGLISH_WORDS = 3


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
        is_ours = chat is not None and (not chat.held_by or is_own_control(incoming, chat))
        if chat and is_ours and not flooding and not incoming.crisis:
            thought = await self._think(incoming, chat)
        async with self._database.write() as connection:
            await self._act(connection, job, thought, is_flood=flooding)

    async def _think(self, incoming: Incoming, chat: Chat) -> Thought:
        data = data_of(incoming, chat)
        if data is not None:
            return await self._think_of_press(incoming, chat, data)
        if incoming.deed is not Deed.TEXT:
            return Thought(incoming)
        otherwise: Language = "th" if chat.language == "th" else "lo"
        meaning = await understand(incoming.text, self._parser, self._crisis_kind, otherwise)
        if enquiry_form.is_own_word(chat.session, incoming.text):  # "พอแล้ว" ends the questions there, and no life
            meaning = replace(meaning, intent=OUT_OF_SCOPE, risk=Risk.NONE)
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
        if data_of(thought.incoming, chat) == HIDE:
            await commands.hide(outward)  # whoever floods or talks with a person may need it at once, too (R53)
        elif thought.incoming.crisis or thought.incoming.deed in (Deed.LEFT, Deed.NOTHING):
            pass
        elif chat.held_by:
            await _obey_own_control(outward, thought)
        elif is_flood:
            await _calm_flood(outward, thought)
        else:
            await _respond(outward, thought, file)
            await knocking.after_message(outward)
        await outward.save()

    async def _is_flood(self, connection: AsyncConnection, job: Job) -> bool:
        since = self._clock.now() - _MINUTE
        return await jobs.recent(connection, Queue.INBOX, job.lane, since) > FLOOD_A_MINUTE


async def _obey_own_control(outward: Outward, thought: Thought) -> None:
    if is_own_control(thought.incoming, outward.chat) and thought.data is not None:
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
    if incoming.deed not in (Deed.LEFT, Deed.NOTHING) and not _is_confidential(outward, thought, risk):
        await outward.keep(line, is_cry=is_cry)
    return file


_KEPT = ("text", "latitude", "longitude")


def _is_confidential(outward: Outward, thought: Thought, risk: Risk | None) -> bool:
    """Tell whether the transcript leaves this out; never a cry, nor what is said while a person holds the chat."""
    if outward.chat.held_by or risk is Risk.IMMEDIATE:
        return False
    data = data_of(thought.incoming, outward.chat)
    return asking.is_confidential(outward.chat.session, data, thought.proposals)


async def _respond(outward: Outward, thought: Thought, file: Media | None) -> None:
    told.forget_stale(outward)
    if thought.meaning is not None and await _respond_to_words(outward, thought):
        return
    if thought.data is not None:
        await _respond_to_press(outward, thought)
    elif thought.meaning is None:
        await turn_media.respond(outward, thought.incoming, file)


async def _respond_to_words(outward: Outward, thought: Thought) -> bool:
    meaning, incoming = thought.meaning, thought.incoming
    if meaning is None:
        return False
    is_first = outward.chat.language is None
    if not asking.form_of(outward.chat.session) or meaning.risk is Risk.IMMEDIATE:
        _follow_language(outward, meaning, incoming)  # a name or a number that answers a question shows no language
    entities = _of_writer(outward, thought)
    told.note(outward, incoming.text, entities, meaning)
    await _learn_of_child(outward, entities)
    if meaning.risk is Risk.IMMEDIATE:
        outward.remember(hidden=False, topic=None)
        await outward.answer_crisis(meaning.intent)
    elif await _is_taken(outward, meaning, incoming.text):
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
        await _answer_in_between(outward, thought, meaning.intent)
    return True


def _of_writer(outward: Outward, thought: Thought) -> Entities:
    """Return what may be about who writes: the places and ages in answers about a relative are not theirs."""
    is_about_relative = asking.form_of(outward.chat.session) == enquiry_form.LETTER
    return of_writer(thought.entities, thought.incoming.text) if is_about_relative else thought.entities


async def _is_taken(outward: Outward, meaning: Understanding, text: str) -> bool:
    """Tell whether a form, a code or the fixed words for who presses for news took these words."""
    if await _is_heard(outward, meaning, text) or await commands.take_code(outward, text):
        return True
    return await _is_pressure(outward, meaning, text)


async def _learn_of_child(outward: Outward, entities: Entities) -> None:
    """Who says now to be under 18 counts as a child in what was sent before, too (R8); others' ages change nothing."""
    if any(age.is_minor and age.whose == "self" for age in entities.ages):
        connection, vault, chat_id = outward.connection, outward.vault, outward.chat.id
        await deeds.learn_age(connection, vault, chat_id, told.UNDER_18, actor=audit.PERSON, now=outward.now)


async def _is_heard(outward: Outward, meaning: Understanding, text: str) -> bool:
    """Give the words to the form whose question is open; a cry was answered before, wherever it came."""
    if not asking.form_of(outward.chat.session) or asking.is_above_all(meaning, text):
        return False
    intent = meaning.intent if meaning.is_sure and not meaning.is_blind else None
    return await commands.hear_answer(outward, outward.chat.session.asked, Heard(text=text, intent=intent))


async def _is_pressure(outward: Outward, meaning: Understanding, text: str) -> bool:
    """Answer who presses for news of a relative, and say that an open form waits."""
    form = waiting.form_behind(outward.chat.session)
    is_answered = await answer_pressure(outward, meaning, text)
    if is_answered:
        await waiting.say_what_waits(outward, form)
    return is_answered


async def _answer_in_between(outward: Outward, thought: Thought, intent: str) -> None:
    """Answer; whoever was sending a matter or an enquiry hears that it waits for them."""
    form = waiting.form_behind(outward.chat.session)
    await _answer(outward, thought, intent)
    await waiting.say_what_waits(outward, form)


async def _answer(outward: Outward, thought: Thought, intent: str) -> None:
    """Carry out what Rasa proposed; raise the chat where the topic is of high risk; ask for consent once."""
    outward.remember(misses=0, asked="none", hidden=False)
    for proposal in thought.proposals:
        await commands.carry_out(outward, proposal)
    _remember_topic(outward, thought, intent)
    if reason := told.reason_to_raise(outward.chat.session, intent):
        await outward.raise_alert(Urgency.HIGH, reason)
    is_free = outward.chat.session.asked == "none" and any("say" in one for one in thought.proposals)
    if (
        is_free
        and not commands.was_asked_to_keep(outward)
        and not await alerts.is_crying(outward.connection, outward.chat.id)
    ):
        await commands.ask_to_keep(outward)


def _remember_topic(outward: Outward, thought: Thought, intent: str) -> None:
    said = [str(one.get("say")) for one in thought.proposals]
    is_tracing = intent in TRACING and any(one.get("do") == intent for one in thought.proposals)
    if is_tracing or f"answers.{intent}" in said or any(key.startswith("context.") for key in said):
        outward.remember(topic=intent, topic_at=outward.now.isoformat())


async def _respond_to_press(outward: Outward, thought: Thought) -> None:
    kind, _, value = str(thought.data).partition(":")
    if kind == "h":
        await commands.show_phrasebook(outward, value)
        return
    outward.remember(hidden=False)
    if asking.form_of(outward.chat.session):
        outward.remember(asked="none")  # whoever went elsewhere does not answer the question any more
    if thought.proposals:
        await _answer(outward, thought, value if kind == "i" else thought.asked)
    elif kind == "s":
        await commands.welcome(outward)
    elif kind == "m":
        await outward.say(menu.screen(value))
    elif thought.data == LEARNING:
        await commands.ask_to_learn(outward)
    elif commands.is_form(kind):
        await commands.obey_form(outward, kind, value)
    elif kind == "l":
        await commands.set_language(outward, value)
    elif kind == "c":
        await outward.answer_crisis(value if risk_of(value) is Risk.IMMEDIATE else "danger_now")
    else:
        await outward.say(menu.screen(menu.ROOT, lead="chat.old_button"))


async def _still_tells_of_cry(outward: Outward, meaning: Understanding, words: str) -> bool:
    """Tell whether this belongs to a cry of the last hour that nobody took yet, and is no clear question.

    A word or two ("afraid", "in Bangkok") is none, however sure the model is.
    """
    is_sentence = len(words.strip()) >= _SENTENCE_LETTERS
    is_clear = is_sentence and meaning.confidence >= _SURE_AFTER_CRY and meaning.intent != OUT_OF_SCOPE
    return not is_clear and await alerts.is_crying(outward.connection, outward.chat.id, outward.now - _CRY_ECHOES)


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


async def _calm_flood(outward: Outward, thought: Thought) -> None:
    data = data_of(thought.incoming, outward.chat)
    if data is not None and data.startswith((WITHDRAW, CLOSE_ENQUIRY)):  # nobody waits to take a yes back (R4)
        await _respond_to_press(outward, replace(thought, data=data))
        return
    if data is not None and data.startswith("c:"):  # the number of the button, typed: a flooder may be in danger
        await outward.answer_crisis(data.removeprefix("c:"))
        return
    told = outward.chat.session.flood_told_at
    if told is None or datetime.fromisoformat(told) < outward.now - _MINUTE:
        outward.remember(flood_told_at=outward.now.isoformat())
        await outward.say(say("chat.flood", buttons=(PERSON, menu.CRISIS)))
