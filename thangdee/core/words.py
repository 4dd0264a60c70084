"""Catalogues: a message key and a language make a text (Babel, gettext)."""

import io
from functools import cache
from pathlib import Path
from typing import cast

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent.parent / "locales"
LANGUAGES = ("lo", "th", "en")


class MissingTextError(KeyError):
    """A key that no catalogue has; a fault of ours, found by the tests."""


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return all texts of a language by key."""
    path = LOCALES / language / "LC_MESSAGES" / "thangdee.po"
    read: Catalog = read_po(io.BytesIO(path.read_bytes()), locale=language)
    return {cast("str", message.id): cast("str", message.string) for message in read if message.id}


def text(key: str, language: str, **values: str) -> str:
    """Return the text of a key. Raises MissingTextError where the catalogue lacks it."""
    try:
        template = catalogue(language)[key]
    except KeyError as error:
        raise MissingTextError(key) from error
    return template.format(**values) if values else template


def has(key: str) -> bool:
    """Tell whether the key exists."""
    return key in catalogue("en")
