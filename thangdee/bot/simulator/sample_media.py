"""Made-up media: a silent voice note and a one-colour picture."""

import struct
import zlib

from thangdee.bot.simulator.ogg import ogg_opus

# 20 ms of silence: a full-band CELT frame that every Opus decoder knows.
_SILENCE = b"\xf8\xff\xfe"
_FRAME_SECONDS = 0.02


def silent_voice(seconds: float) -> bytes:
    """A valid OGG/Opus voice note of so many seconds of silence."""
    frames = max(1, round(seconds / _FRAME_SECONDS))
    return ogg_opus([_SILENCE] * frames)


def plain_picture(width: int = 64, height: int = 48, colour: tuple[int, int, int] = (46, 125, 107)) -> bytes:
    """A PNG of one colour."""
    rows = (b"\x00" + bytes(colour) * width) * height
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [_chunk(b"IHDR", size), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PICTURE = plain_picture()
