"""More examples made from those there are, by the slips that phones make: measured, to know whether it helps."""

import re
from collections.abc import Iterable, Iterator

from thangdee.core.script import fold, to_thai, without_tones

# A space with a Lao or Thai letter on either side; between Latin words spaces stay.
_GAP = re.compile(r"(?<=[\u0e00-\u0eff]) | (?=[\u0e00-\u0eff])")


def slips(text: str) -> Iterator[str]:
    """The text in one spelling, without tones, without gaps, with Lao letters written as Thai ones."""
    yield fold(text)
    yield without_tones(fold(text))
    yield _GAP.sub("", fold(text))
    yield without_tones(to_thai(text))


def with_slips(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each example (text, intent) and what its slips add to it."""
    return [(form, intent) for text, intent in rows for form in dict.fromkeys((text, *slips(text)))]
