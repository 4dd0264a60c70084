"""A place named in a text, and which of several places written alike is meant."""

from dataclasses import dataclass, replace
from functools import cache

from thangdee.referral_directory.places.gazetteer import Spelling, all_places
from thangdee.referral_directory.places.index import distinct
from thangdee.referral_directory.places.place import Kind, Place


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text: ``text[start:end]``; ``others`` are places the same words may also mean."""

    place: Place
    start: int
    end: int
    others: tuple[Place, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether the words can mean this place only."""
        return not self.others


def mention_of(fitting: list[Spelling], kind: Kind | None, start: int, end: int) -> Mention | None:
    """Make a mention of the places that fit; of the kind that the words before it said, if any is."""
    of_kind = [one.place for one in fitting if one.place.kind is kind] or [one.place for one in fitting]
    places = distinct(of_kind)
    return Mention(places[0], start, end, places[1:]) if places else None


def settled(mention: Mention, found: list[Mention]) -> Mention:
    """Of places that are written alike, take the one in a province that the message names too."""
    choices = (mention.place, *mention.others)
    named = {one.place.code for one in found if one is not mention} | {
        other.code for one in found if one is not mention for other in one.others
    }
    inside = [place for place in choices if place.parent in named and place.kind is Kind.DISTRICT]
    around = [place for place in choices if any(_parents().get(code) == place.code for code in named)]
    chosen = inside or around
    return replace(mention, place=chosen[0], others=()) if mention.others and len(chosen) == 1 else mention


@cache
def _parents() -> dict[str, str | None]:
    return {place.code: place.parent for place in all_places()}
