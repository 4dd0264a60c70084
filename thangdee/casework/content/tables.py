"""Tables of content: editions of texts, who read them over, their history, recordings, entries of figures, wishes."""

from typing import Any

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table, Text

from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.referral_directory.figures import figure

_KEEP = "as long as the text is used; the history of what the public read"


def _public(purpose: str) -> dict[str, Any]:
    return about(DataClass.PUBLIC, purpose, _KEEP)


def _technical(purpose: str) -> dict[str, Any]:
    return about(DataClass.TECHNICAL, purpose, _KEEP)


edition = Table(
    "edition",
    metadata,
    Column("id", String(32), primary_key=True, info=_technical("names the row")),
    Column("key", String(64), nullable=False, index=True, info=_public("which text")),
    Column("state", String(12), nullable=False, info=_technical("how far it has come")),
    # One draft and one published edition a text, on both databases: the key while it is one, else empty.
    Column("open_for", String(64), unique=True, info=_technical("the key while it is a draft or proposed")),
    Column("live_for", String(64), unique=True, info=_technical("the key while it is published")),
    Column("text_lo", Text, nullable=False, info=_public("the words in Lao")),
    Column("text_th", Text, nullable=False, info=_public("the words in Thai")),
    Column("text_en", Text, nullable=False, info=_public("the words in English")),
    Column("sources", String(200), nullable=False, info=_public("codes of documents, a space between them")),
    Column("named_source", String(400), nullable=False, info=_public("a law or another source by its name")),
    Column("review_by", Date, info=_public("to be read again by then")),
    Column("reason", String(300), nullable=False, info=_public("why it was changed")),
    Column("based_on", String(64), nullable=False, info=_technical("which text of the program it was made from")),
    Column("revision", Integer, nullable=False, info=_technical("grows with each change, so that none is lost")),
    Column("written_by", String(32), nullable=False, info=_technical("staff member")),
    Column(
        "by_supervisor",
        Boolean,
        nullable=False,
        info=_technical("its writer, or who asks to take it back, is one"),
    ),
    Column("written_at", AwareDateTime, nullable=False, info=_technical("when")),
    Column("published_by", String(32), info=_technical("another staff member")),
    Column("published_at", AwareDateTime, info=_public("since when people read it")),
    Column("withdrawal_by", String(32), info=_technical("who asks to take it back; another one decides")),
)

edition_reading = Table(
    "edition_reading",
    metadata,
    Column(
        "edition_id",
        String(32),
        ForeignKey(edition.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=_technical("which edition"),
    ),
    Column("language", String(2), primary_key=True, info=_public("in which language")),
    Column("read_by", String(32), nullable=False, info=_technical("staff member, not the writer")),
    Column("at", AwareDateTime, nullable=False, info=_technical("when")),
)

edition_deed = Table(
    "edition_deed",
    metadata,
    Column("id", String(48), primary_key=True, info=_technical("names the row; in order of time")),
    Column(
        "edition_id",
        String(32),
        ForeignKey(edition.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=_technical("which edition"),
    ),
    Column("deed", String(16), nullable=False, info=_technical("what was done")),
    Column("by", String(32), nullable=False, info=_technical("staff member")),
    Column("at", AwareDateTime, nullable=False, info=_technical("when")),
    Column("word", String(300), nullable=False, info=_technical("what a colleague said to it")),
)

figure_entry = Table(
    "figure_entry",
    metadata,
    Column("id", String(32), primary_key=True, info=_technical("names the row")),
    Column(
        "figure_key",
        String(48),
        ForeignKey(figure.c.key, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=_public("which figure"),
    ),
    Column("state", String(8), nullable=False, info=_technical("waits, stands, refused")),
    Column("open_for", String(48), unique=True, info=_technical("the figure while it waits for the second person")),
    Column("value", String(80), nullable=False, info=_public("the figure as it was checked")),
    Column("source", String(200), nullable=False, info=_public("who says so")),
    Column("review_by", Date, nullable=False, info=_public("to be checked again by then")),
    Column("entered_by", String(32), nullable=False, info=_technical("staff member")),
    Column("entered_at", AwareDateTime, nullable=False, info=_technical("when")),
    Column("decided_by", String(32), info=_technical("another staff member; for fees and wages the same")),
    Column("decided_at", AwareDateTime, info=_technical("when")),
)

content_wish = Table(
    "content_wish",
    metadata,
    Column("id", String(32), primary_key=True, info=_technical("names the row")),
    Column("wanted", String(200), nullable=False, info=_technical("what staff want written, in their own words")),
    Column("asked_by", String(32), nullable=False, info=_technical("staff member")),
    Column("asked_at", AwareDateTime, nullable=False, info=_technical("when")),
    Column("done_by", String(32), info=_technical("staff member")),
    Column("done_at", AwareDateTime, info=_technical("when")),
)

recording = Table(
    "recording",
    metadata,
    Column("id", String(32), primary_key=True, info=_technical("names the row")),
    Column("key", String(64), nullable=False, index=True, info=_public("which text")),
    Column("language", String(2), nullable=False, info=_public("in which language")),
    Column("state", String(12), nullable=False, info=_technical("how far it has come")),
    Column("open_for", String(72), unique=True, info=_technical("text and language while it waits")),
    Column("live_for", String(72), unique=True, info=_technical("text and language while it is sent")),
    # As letters: bytes of ours are sealed, and this is for everybody's ears.
    Column("sound", Text, nullable=False, info=_public("MP3 in base64")),
    Column("seconds", Integer, nullable=False, info=_public("how long it is")),
    Column("words_then", String(64), nullable=False, info=_technical("hash of the words that are read out")),
    Column("uploaded_by", String(32), nullable=False, info=_technical("staff member")),
    Column("uploaded_at", AwareDateTime, nullable=False, info=_technical("when")),
    Column("decided_by", String(32), info=_technical("another staff member")),
    Column("decided_at", AwareDateTime, info=_technical("when")),
    Column("telegram_file_id", String(200), info=_technical("Telegram's name for it, so that it is sent up once")),
)
