"""Texts: a message key and a language make a text (Babel, gettext; above it the editions that staff published)."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import cast

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent.parent / "locales"
LANGUAGES = ("lo", "th", "en")

# By language, then by key.
Texts = Mapping[str, Mapping[str, str]]

# What staff published stands before the catalogue; held in memory, so that a cry for help needs no database (R49).
_published: dict[str, dict[str, str]] = {}
_tried: ContextVar[Texts] = ContextVar("tried", default={})  # noqa: B039 - never written to


class MissingTextError(KeyError):
    """A key that no catalogue has; a fault of ours, found by the tests."""


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return all texts of a language by key, as the program ships them."""
    path = LOCALES / language / "LC_MESSAGES" / "thangdee.po"
    read: Catalog = read_po(io.BytesIO(path.read_bytes()), locale=language)
    return {cast("str", message.id): cast("str", message.string) for message in read if message.id}


def text(key: str, language: str, **values: str) -> str:
    """Return the text of a key. Raises MissingTextError where the catalogue lacks it."""
    template = _tried.get().get(language, {}).get(key) or _published.get(language, {}).get(key) or own(key, language)
    return template.format(**values) if values else template


def own(key: str, language: str) -> str:
    """Return the program's own text, whatever was published. Raises MissingTextError."""
    try:
        return catalogue(language)[key]
    except KeyError as error:
        raise MissingTextError(key) from error


def has(key: str) -> bool:
    """Tell whether the key exists."""
    return key in catalogue("en")


def overlay(texts: Texts) -> None:
    """Let these stand before the catalogue in this process from now on; an empty mapping ends it."""
    _published.update({language: dict(texts.get(language, {})) for language in LANGUAGES})


@contextmanager
def trying(texts: Texts) -> Iterator[None]:
    """Let these stand before all others inside of this block only: how a draft would look."""
    before = _tried.set(texts)
    try:
        yield
    finally:
        _tried.reset(before)
