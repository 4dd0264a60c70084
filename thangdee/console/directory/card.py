"""An entry as people would see it in the chat, in one language, and why they do not see it, if so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from thangdee.console.directory.view import Standing, standing_of
from thangdee.core import words
from thangdee.referral_directory.model import Listing, is_public

# The words of the chat about an entry: wired from outside, for the console does not know the conversation.
ChatCard = Callable[[Listing, str, date], str]


@dataclass(frozen=True)
class Card:
    """`hidden`: why people do not see it at all, None where they do. `missing`: fields not written in this language."""

    language: str
    text: str
    hidden: str | None
    missing: tuple[str, ...]


def card_of(chat_card: ChatCard, listing: Listing, viewer_language: str, language: str, today: date) -> Card:
    """Return the card in a language; what staff are told about it is in their own."""
    said = {"name": listing.names, "description": listing.descriptions, **listing.texts}
    missing = tuple(
        words.text(f"directory.field.{name}", viewer_language)
        for name in ("name", "description", "contact_rule")
        if said.get(name) and not said[name].get(language)
    )
    return Card(language, chat_card(listing, language, today), _hidden(listing, viewer_language, today), missing)


def _hidden(listing: Listing, language: str, today: date) -> str | None:
    standing = standing_of(listing, today)
    if standing is not Standing.ACTIVE:
        return words.text(f"directory.standing.{standing}", language)
    if not is_public(listing.checked, today):
        return words.text("directory.card.unchecked", language)
    return None if listing.takes_people(today) else words.text("directory.standing.full", language)
