"""Place names inside a message."""

from thangdee.referral_directory.places.in_latin import among_latin
from thangdee.referral_directory.places.in_letters import among_letters
from thangdee.referral_directory.places.mention import Mention, settled
from thangdee.referral_directory.places.spelling import has_lao_or_thai


def places_in(text: str) -> tuple[Mention, ...]:
    """Return the places named in a message, in its order; what the words leave open, its other places may settle."""
    found = [*among_letters(text), *among_latin(text)] if has_lao_or_thai(text) else list(among_latin(text))
    found.sort(key=lambda one: one.start)
    return tuple(settled(one, found) for one in found)
