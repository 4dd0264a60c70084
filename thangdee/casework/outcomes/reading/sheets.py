"""A file as rows of cells: CSV in the encodings of Thailand and Laos, or Excel; small, and nothing in it is run."""

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime

import openpyxl  # type: ignore[import-untyped]

from thangdee.core.errors import ThangdeeError

Cell = str | int | float | bool | date | datetime | None

MOST_BYTES = 2_000_000
MOST_ROWS, MOST_COLUMNS, MOST_LETTERS = 1000, 100, 2000
# What an Excel file may unpack to: far more than a thousand rows need.
_MOST_UNPACKED, _MOST_PARTS = 40_000_000, 500
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# Of a part of a zip file: how long its header is, and where the lengths of its two strings stand.
_HEADER_BYTES, _LENGTHS_AT = 30, 26
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ",;\t|"
_LOOKED_AT = 20


class UnfitSheetError(ThangdeeError):
    """The file as a whole cannot be read; `why` is a code, `column` a title in it."""

    code = "unfit_sheet"

    def __init__(self, why: str, column: str = "") -> None:
        super().__init__(why)
        self.why, self.column = why, column


def read_sheet(content: bytes) -> list[list[Cell]]:
    """Return all rows, empty ones too, so that the third is the third. Raises UnfitSheetError."""
    if not content.strip():
        raise UnfitSheetError("empty")
    if len(content) > MOST_BYTES:
        raise UnfitSheetError("too_large")
    if content.startswith(_OLD_EXCEL):
        raise UnfitSheetError("old_excel")
    rows = _excel(content) if content.startswith(_ZIP) else _csv(_decoded(content))
    found = list(_limited(rows))
    while found and not any(_is_filled(cell) for cell in found[-1]):
        found.pop()
    if not found:
        raise UnfitSheetError("empty")
    if len(found) > MOST_ROWS:
        raise UnfitSheetError("too_many_rows")
    return found


def _limited(rows: Iterable[list[Cell]]) -> Iterator[list[Cell]]:
    """Cut what no register has; a sheet may say that it has a million rows, nearly all of them empty."""
    for number, row in enumerate(rows):
        if number > 2 * MOST_ROWS:
            raise UnfitSheetError("too_many_rows")
        yield [cell[:MOST_LETTERS] if isinstance(cell, str) else cell for cell in row[:MOST_COLUMNS]]


def _is_filled(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _decoded(content: bytes) -> str:
    """Return the text of a CSV file: UTF-8, UTF-16 with its mark, or what Windows in Thailand writes (TIS-620)."""
    if b"\0" in content and not content.startswith(_UTF16):
        raise UnfitSheetError("not_a_sheet")
    for encoding in ("utf-16",) if content.startswith(_UTF16) else ("utf-8-sig", "cp874"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnfitSheetError("encoding")


def _csv(text: str) -> Iterator[list[Cell]]:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        for row in csv.reader(io.StringIO(plain, newline=""), delimiter=_delimiter(plain), strict=False):
            yield list(row)
    except csv.Error as error:
        raise UnfitSheetError("not_a_sheet") from error


def _delimiter(text: str) -> str:
    """Return what cuts the first lines into most cells, and most evenly. Excel's own first line may say it."""
    lines = [line for line in text.split("\n") if line.strip()][:_LOOKED_AT]
    said = lines[0].strip().lower() if lines else ""
    if said.startswith("sep=") and len(said) == len("sep=;"):
        return said[-1]
    counts = {one: sorted(line.count(one) for line in lines) for one in _DELIMITERS}
    return max(_DELIMITERS, key=lambda one: (counts[one][len(lines) // 2], sum(counts[one])))


def _excel(content: bytes) -> Iterator[list[Cell]]:
    _need_small(content)
    try:
        # Formulas stay what was typed: nothing is worked out, and what a file remembers of it may be anything.
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
        for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True) if sheet else ():
            yield [cell if isinstance(cell, str | int | float | date | None) else str(cell) for cell in row]
    except Exception as error:  # a broken or hostile file makes the parsers fail in any way there is
        raise UnfitSheetError("not_a_sheet") from error


def _need_small(content: bytes) -> None:
    """Unpack it once for its size alone, for what a file says of its own size may be a lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
        if any(one.flag_bits & 1 for one in parts):
            raise UnfitSheetError("locked")
        left = _MOST_UNPACKED if len(parts) <= _MOST_PARTS else 0
        for one in parts:
            left -= _unpacked(content, one, left)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise UnfitSheetError("not_a_sheet") from error


def _unpacked(content: bytes, part: zipfile.ZipInfo, most: int) -> int:
    """Return how many bytes a part unpacks to. Raises UnfitSheetError where there are too many."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnfitSheetError("not_a_sheet")
    name, extra = struct.unpack_from("<HH", content, part.header_offset + _LENGTHS_AT)
    begins = part.header_offset + _HEADER_BYTES + name + extra
    packed = content[begins : begins + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        size = len(packed)
    else:
        size = len(zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, max(most, 0) + 1))
    if size > most:
        raise UnfitSheetError("too_large")
    return size
