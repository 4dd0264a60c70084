"""Turns a browser's recording (Opus in WebM) into the Ogg that Telegram's clients send (RFC 8794, RFC 9559)."""

from collections.abc import Iterator

from thangdee.bot.simulator.ogg import ogg_opus

_MAGIC = b"\x1a\x45\xdf\xa3"
_SEGMENT, _CLUSTER, _BLOCK_GROUP, _BLOCK, _SIMPLE_BLOCK = 0x18538067, 0x1F43B675, 0xA0, 0xA1, 0xA3
_HOLDERS = frozenset({_SEGMENT, _CLUSTER, _BLOCK_GROUP})


def as_voice_note(content: bytes) -> bytes:
    """The recording as OGG/Opus when it is Opus in WebM, else as it is."""
    head = content.find(b"OpusHead")
    if not content.startswith(_MAGIC) or head < 0 or b"A_OPUS" not in content:
        return content
    packets = list(_packets(content))
    skip = int.from_bytes(content[head + 10 : head + 12], "little")
    return ogg_opus(packets, channels=content[head + 9], skip=skip) if packets else content


def _packets(content: bytes) -> Iterator[bytes]:
    """The data of all blocks, in order; a file cut short ends early."""
    at = 0
    while at < len(content):
        kind, at = _number(content, at, keep_marker=True)
        size, at = _number(content, at, keep_marker=False)
        if kind in _HOLDERS:
            continue  # go in: recordings leave the size of these unknown
        if kind in {_BLOCK, _SIMPLE_BLOCK} and at + size <= len(content):
            _, data = _number(content, at, keep_marker=False)
            yield content[data + 3 : at + size]
        at += size


def _number(content: bytes, at: int, *, keep_marker: bool) -> tuple[int, int]:
    """A variable-length number and where it ends."""
    first = content[at] if at < len(content) else 0
    length = 9 - first.bit_length()
    if length > 8:
        return 0, len(content)
    value = int.from_bytes(content[at : at + length], "big")
    return (value if keep_marker else value & ((1 << (7 * length)) - 1)), at + length
