"""An A4 page of ours, as PDF: Lao, Thai and Latin letters, shaped; what is too long goes on overleaf."""

from datetime import datetime
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from thangdee.casework.providers.printing import Lines, font_files, printable, runs
from thangdee.core.words import text

_MARGIN, _FOOT, _WIDTH, _LABEL = 20.0, 15.0, 170.0, 52.0
_SIZE, _LINE, _GAP = 11.5, 6.5, 2.5
_TITLE_SIZE, _TITLE_LINE = 16.0, 9.0
# Room for a line that is written by hand.
_WRITTEN_LINE = 9.0
_INK: Final = (20, 24, 33)
_QUIET: Final = (90, 96, 108)


class Page:
    """An A4 page that grows downwards, and goes on overleaf."""

    def __init__(self, language: str, now: datetime, title: str) -> None:
        self._pdf = FPDF(format="A4")
        self._pdf.set_creation_date(now)
        self._pdf.set_margin(_MARGIN)
        self._pdf.c_margin = 0  # runs of two fonts stand beside each other
        self._pdf.set_auto_page_break(auto=True, margin=_FOOT)
        for name, style, file in font_files(language):
            self._pdf.add_font(name, style, file)
        self._letters = {
            name: frozenset(font.cmap)
            for name, style, _ in font_files(language)
            if not style and isinstance(font := self._pdf.fonts[name], TTFFont)
        }
        self._pdf.set_text_shaping(True)
        self._pdf.set_lang(language)
        self._pdf.set_title(title)
        self._pdf.add_page()
        self._pdf.set_text_color(*_INK)
        self._unprintable = text("letter.unprintable", language)

    def title(self, words: str) -> None:
        """What this is."""
        self._lines(words, _TITLE_SIZE, _TITLE_LINE, is_bold=True)
        self._pdf.ln(_GAP)

    def heading(self, words: str) -> None:
        """A part begins, with a line above."""
        self._pdf.ln(_GAP)
        top = self._pdf.get_y()
        self._pdf.set_draw_color(*_QUIET)
        self._pdf.line(_MARGIN, top, _MARGIN + _WIDTH, top)
        self._pdf.ln(_GAP)
        self._lines(words, _SIZE, _LINE, is_bold=True)

    def gap(self) -> None:
        """A little room."""
        self._pdf.ln(_GAP)

    def words(self, words: str) -> None:
        """A paragraph."""
        self._lines(words, _SIZE, _LINE)
        self._pdf.ln(_GAP / 2)

    def item(self, words: str) -> None:
        """One of several."""
        self._lines("-", _SIZE, _LINE, width=6.0, stays=True)
        self._lines(words, _SIZE, _LINE, left=6.0)

    def pair(self, label: str, words: str, *, size: float = _SIZE, is_bold: bool = False) -> None:
        """What a thing is called, and beside it what it is; both may run over several lines."""
        page, top = self._pdf.page, self._pdf.get_y()
        self._pdf.set_text_color(*_QUIET)
        self._lines(label, _SIZE, _LINE, width=_LABEL - 4)
        after_label = (self._pdf.page, self._pdf.get_y())
        self._pdf.set_text_color(*_INK)
        if after_label[0] == page:
            self._pdf.set_y(top)
        self._lines(words, size, max(_LINE, size * 0.5), left=_LABEL, is_bold=is_bold)
        if (self._pdf.page, self._pdf.get_y()) < after_label:
            self._pdf.set_y(after_label[1])

    def blank(self, label: str) -> None:
        """What a thing is called, and room beside it to write it by hand."""
        self._pdf.ln(_WRITTEN_LINE - _LINE)
        self._pdf.set_text_color(*_QUIET)
        self._lines(label, _SIZE, _LINE, width=_LABEL - 4)
        self._pdf.set_text_color(*_INK)
        self._pdf.set_draw_color(*_QUIET)
        self._pdf.line(_MARGIN + _LABEL, self._pdf.get_y(), _MARGIN + _WIDTH, self._pdf.get_y())

    def overleaf(self) -> None:
        """Go on with a new page."""
        self._pdf.add_page()

    def done(self) -> bytes:
        """Return the whole letter."""
        return bytes(self._pdf.output())

    def _lines(
        self, words: str, size: float, height: float, *, left: float = 0.0, width: float | None = None,
        is_bold: bool = False, stays: bool = False,
    ) -> None:  # fmt: skip
        style = "B" if is_bold else ""
        clean, is_whole = printable(words, frozenset().union(*self._letters.values()))
        if not is_whole:
            clean = f"{clean} ({self._unprintable})"
        for line in Lines(clean, (width or _WIDTH) - left, lambda some: self._measured(some, style, size)):
            self._pdf.set_x(_MARGIN + left)
            for run, name in runs(line, self._letters):
                self._pdf.set_font(name, style, size)
                self._pdf.cell(self._pdf.get_string_width(run), height, run, new_x=XPos.END, new_y=YPos.TOP)
            self._pdf.set_x(_MARGIN)
            if not stays:
                self._pdf.ln(height)

    def _measured(self, words: str, style: str, size: float) -> float:
        width = 0.0
        for run, name in runs(words, self._letters):
            self._pdf.set_font(name, style, size)
            width += self._pdf.get_string_width(run)
        return width
