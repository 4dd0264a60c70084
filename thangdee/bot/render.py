"""Reply to Telegram: keys become words in the person's language, buttons become a keyboard."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from thangdee.core.words import text
from thangdee.flows.reply import Reply

_LONGEST = 4096
# Texts that are a line of the paragraph before them.
_LINES = ("numbers.", "help.line.", "referral.line.", "enquiry.line.contact.")


def words_of(reply: Reply, language: str) -> str:
    """Return the text: paragraphs apart, lines of numbers together."""
    pieces: list[str] = []
    for part in reply.parts:
        gap = "" if not pieces else "\n" if part.key.startswith(_LINES) else "\n\n"
        pieces.append(gap + text(part.key, part.language or language, **part.values))
    return "".join(pieces)[:_LONGEST]


def keyboard_of(reply: Reply, language: str) -> InlineKeyboardMarkup | None:
    """Return one button a row: large enough for a thumb, read from top to bottom."""
    if not reply.buttons:
        return None
    labels = [(text(one.label, language, **one.values), one.data) for one in reply.buttons]
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)] for label, data in labels])
