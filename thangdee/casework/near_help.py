"""What the directory offers near somebody, as staff choose it to be sent; the search is handed in by processes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from thangdee.casework.chats import Session
from thangdee.core.errors import ThangdeeError


class UnknownServiceError(ThangdeeError):
    """The service is gone from the directory, or what is known of it is too old to be told."""

    code = "unknown_service"


@dataclass(frozen=True)
class Near:
    """One service: what staff read in a list, and what the person would get, each in their language."""

    listing_id: str
    name: str
    words: str


class NearHelp(Protocol):
    """Searches the directory as the bot does."""

    def needs(self, language: str) -> Sequence[tuple[str, str]]:
        """Return the kinds of help: code and name."""

    def find(self, session: Session, need: str, place: str | None, language: str) -> Sequence[Near]:
        """Return who helps with this near this place (a code), best first, for a person who told this."""

    def words(self, listing_id: str, language: str) -> str | None:
        """Return all that may be told of a service; None where nothing may."""
