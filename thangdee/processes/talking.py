"""What staff need of the bot while they talk with people: its answers, its search, and the hold on replies (R19)."""

from collections.abc import Sequence
from dataclasses import replace

from thangdee.bot.render import words_of
from thangdee.casework.chats import Session
from thangdee.casework.held_replies import ReplyWatch
from thangdee.casework.hold_rules import HoldRules
from thangdee.casework.near_help import Near
from thangdee.console.talk_doing import TalkTools
from thangdee.core import words
from thangdee.core.time_words import LOCAL_TIME
from thangdee.flows.answers import answer_of, answers, number_lines
from thangdee.flows.help_cards import details
from thangdee.flows.help_screens import is_need, need_name
from thangdee.flows.help_search import search, wanted_of
from thangdee.flows.reply import Part, Reply
from thangdee.processes.wiring import Installation
from thangdee.referral_directory.model import is_public, text_in
from thangdee.referral_directory.taxonomy import names_of


class BotsAnswers:
    """The bot's answers, with the figures that may be shown now; `installation` keeps them fresh."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def keys(self) -> Sequence[str]:
        """Return the keys of all answers."""
        return [f"answers.{intent}" for intent in answers()]

    def name(self, key: str, language: str) -> str:
        """Return what the answer is called on its button."""
        topic = f"topic.{key.removeprefix('answers.')}"
        return words.text(topic, language) if words.has(topic) else key

    def words(self, key: str, language: str) -> str:
        """Return the answer without the offer of a person, who is there already. Raises KeyError."""
        answer = answer_of(key)
        if answer is None:
            raise KeyError(key)
        return words_of(Reply((Part(key), *number_lines(answer.figures, self._installation.shown))), language)


class BotsSearch:
    """Who helps near somebody, found and told as the bot does it."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def needs(self, language: str) -> Sequence[tuple[str, str]]:
        """Return the kinds of help that the bot offers."""
        return [(need, need_name(need, language)) for need in names_of("need") if is_need(need)]

    def find(self, session: Session, need: str, place: str | None, language: str) -> Sequence[Near]:
        """Return who helps with this near this place, best first."""
        now = self._installation.clock.now()
        wanted = wanted_of(replace(session, place=place), need, language)
        found = search(self._installation.directory, wanted, now)
        named = [(one.listing.id, text_in(one.listing.names, language)) for one in found.matches]
        return [Near(key, name, said) for key, name in named if (said := self.words(key, language))]

    def words(self, listing_id: str, language: str) -> str | None:
        """Return all that may be told of a service; None where nothing may."""
        today = self._installation.clock.now().astimezone(LOCAL_TIME).date()
        listing = self._installation.directory.by_id.get(listing_id)
        if listing is None or not is_public(listing.checked, today):
            return None
        return words_of(Reply(details(listing, language, today)), language)


def talk_tools(installation: Installation, rules: HoldRules | None = None) -> TalkTools:
    """Return the tools of a talk; the caller refreshes the installation's figures and directory."""
    watch = ReplyWatch(installation.vault, rules or HoldRules())
    return TalkTools(BotsAnswers(installation), BotsSearch(installation), watch)
