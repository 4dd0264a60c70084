"""Read the words out of a PDF that we made: by its own tables from glyphs to letters."""

import re
import zlib

_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_in(made: bytes) -> str:
    """All words of all pages in the order of drawing; letters with marks may come in another order."""
    objects = dict(re.findall(rb"(\d+) 0 obj\n(.*?)\nendobj", made, re.DOTALL))
    fonts = {}
    for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", made):
        table = re.search(rb"/ToUnicode (\d+) 0 R", objects[number])
        pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>", objects[table[1]])
        fonts[name] = {int(glyph, 16): bytes.fromhex(to.decode()).decode("utf-16-be") for glyph, to in pairs}
    pages = [objects[number] for number in re.findall(rb"/Contents (\d+) 0 R", made)]
    return "\n".join(
        _page(zlib.decompress(re.search(rb"stream\n(.*)\nendstream", one, re.DOTALL)[1]), fonts) for one in pages
    )


def _page(stream: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    found, font = [], {}
    for name, drawn, end in re.findall(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj|( Q)", stream, re.DOTALL):
        if name:
            font = fonts[name]
        elif not end:
            plain = re.sub(rb"\\(.)", lambda it: _ESCAPES.get(it[1], it[1]), drawn, flags=re.DOTALL)
            found += [font.get(int.from_bytes(plain[at : at + 2]), "") for at in range(0, len(plain), 2)]
    return "".join(found)
