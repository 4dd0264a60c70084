"""Opus packets in an Ogg file, as Telegram's voice notes are (RFC 3533, RFC 6716, RFC 7845)."""

import struct
from collections.abc import Sequence

_RATE = 48_000
_PACKETS_A_PAGE = 40
_FRAME_MS = ((10, 20, 40, 60),) * 3 + ((10, 20),) * 2 + ((2.5, 5, 10, 20),) * 4


def ogg_opus(packets: Sequence[bytes], *, channels: int = 1, skip: int = 312) -> bytes:
    """One Ogg stream that plays the packets in order; `skip` samples at 48 kHz are left out at the start."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, channels, skip, _RATE, 0, 0)
    vendor = b"thangdee"
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    pages = [_page([head], 0, 0, flags=2), _page([tags], 0, 1, flags=0)]
    chunks = [packets[at : at + _PACKETS_A_PAGE] for at in range(0, len(packets), _PACKETS_A_PAGE)]
    done = 0
    for number, chunk in enumerate(chunks, start=2):
        done += sum(samples(packet) for packet in chunk)
        pages.append(_page(chunk, done, number, flags=4 if number == len(chunks) + 1 else 0))
    return b"".join(pages)


def samples(packet: bytes) -> int:
    """How many samples at 48 kHz a packet plays (RFC 6716, section 3.1)."""
    if not packet:
        return 0
    frame = round(_frame_milliseconds(packet[0] >> 3) * _RATE / 1000)
    code = packet[0] & 3
    if code == 3:
        return frame * (packet[1] & 63 if len(packet) > 1 else 0)
    return frame * (1 if code == 0 else 2)


def _frame_milliseconds(config: int) -> float:
    for lengths in _FRAME_MS:
        if config < len(lengths):
            return lengths[config]
        config -= len(lengths)
    return 0


def _page(packets: Sequence[bytes], position: int, number: int, *, flags: int) -> bytes:
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, position, 1, number, 0, len(lacing))
    page = head + lacing + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(page: bytes) -> int:
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ _TABLE[(value >> 24) ^ byte]
    return value


def _table_row(index: int) -> int:
    value = index << 24
    for _ in range(8):
        value = ((value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


_TABLE = tuple(_table_row(index) for index in range(256))
