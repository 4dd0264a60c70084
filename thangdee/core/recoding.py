"""Makes sound and pictures anew, so that nothing but what is heard and seen goes on (R58).

Runs as a process of its own: `python -m thangdee.core.recoding voice|photo` reads a file from standard input and
writes one line of JSON and then the new file (casework/cleaning.py). It holds no secret and is given little: a file
that breaks the decoder breaks nothing else.
"""

import io
import itertools
import json
import os
import resource
import sys
from collections.abc import Iterator

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from PIL import Image, ImageOps, UnidentifiedImageError

from thangdee.core.recoded import LONGEST_SECONDS, TOO_LONG, UNREADABLE, Recoded, UnfitFileError

_SPARE_SECONDS = 1  # Telegram's clients round
_RATE, _BIT_RATE = 24_000, 48_000
_MOST_BROKEN_PACKETS = 50
_MOST_PIXELS, _LONGEST_SIDE, _COVERED_SIDE = 40_000_000, 1600, 20
_MEMORY, _CPU_SECONDS, _MOST_OPEN_FILES = 1_500_000_000, 30, 32

# What a file begins with, and the one reader it is then given to: nothing is guessed, so no playlist is followed.
_SOUND = (
    (b"OggS", 0, "ogg"),
    (b"ftyp", 4, "mp4"),
    (b"ID3", 0, "mp3"),
    (b"\xff\xfb", 0, "mp3"),
    (b"\xff\xf3", 0, "mp3"),
    (b"\xff\xf2", 0, "mp3"),
    (b"\x1a\x45\xdf\xa3", 0, "matroska"),
    (b"fLaC", 0, "flac"),
    (b"WAVE", 8, "wav"),
    (b"#!AMR\n", 0, "amr"),
)
_PICTURES = ((b"\xff\xd8\xff", 0, "JPEG"), (b"\x89PNG\r\n\x1a\n", 0, "PNG"), (b"WEBP", 8, "WEBP"))
_CODECS = {"opus", "vorbis", "mp3", "mp3float", "aac", "flac", "pcm_s16le", "amrnb", "amr_nb", "libopencore_amrnb"}
_FFMPEG_QUIETLY = {"id3v2_version": "0", "write_xing": "0"}


def voice(content: bytes) -> Recoded:
    """Return the sound as mono MP3, which every browser plays. Raises UnfitFileError."""
    reader = _kind_of(content, _SOUND)
    sink = io.BytesIO()
    try:
        with av.open(io.BytesIO(content), "r", format=reader, metadata_errors="replace") as source:
            samples = _copy_sound(source, sink)
    except (FFmpegError, ValueError, IndexError, EOFError) as error:
        raise UnfitFileError(UNREADABLE) from error
    if not samples:
        raise UnfitFileError(UNREADABLE)
    return Recoded(sink.getvalue(), seconds=max(1, round(samples / _RATE)))


def photo(content: bytes) -> Recoded:
    """Return the picture as JPEG, upright, 1600 pixels at most. Raises UnfitFileError."""
    reader = _kind_of(content, _PICTURES)
    try:
        with Image.open(io.BytesIO(content), formats=[reader]) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise UnfitFileError(UNREADABLE)
            picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            shown = _upright(picture)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise UnfitFileError(UNREADABLE) from error
    covered = shown.copy()
    covered.thumbnail((_COVERED_SIDE, _COVERED_SIDE))
    return Recoded(_jpeg(shown, 82), covered=_jpeg(covered, 40))


def _kind_of(content: bytes, known: tuple[tuple[bytes, int, str], ...]) -> str:
    for magic, at, reader in known:
        if content[at : at + len(magic)] == magic:
            return reader
    raise UnfitFileError(UNREADABLE)


def _copy_sound(source: InputContainer, sink: io.BytesIO) -> int:
    """Encode the first sound anew; return the number of samples."""
    if not source.streams.audio:
        raise UnfitFileError(UNREADABLE)
    heard = source.streams.audio[0]
    if heard.codec_context.name not in _CODECS:
        raise UnfitFileError(UNREADABLE)
    heard.codec_context.thread_count = 1
    resampler = av.AudioResampler(format="s16p", layout="mono", rate=_RATE)
    samples = 0
    with av.open(sink, "w", format="mp3", options=_FFMPEG_QUIETLY) as target:
        track = target.add_stream("libmp3lame", rate=_RATE, layout="mono")
        track.bit_rate = _BIT_RATE
        for frame in itertools.chain(_frames(source, heard), (None,)):
            for piece in resampler.resample(frame):
                samples += piece.samples
                if samples > (LONGEST_SECONDS + _SPARE_SECONDS) * _RATE:
                    raise UnfitFileError(TOO_LONG)
                piece.pts = None
                target.mux(track.encode(piece))
        target.mux(track.encode(None))
    return samples


def _frames(source: InputContainer, heard: AudioStream) -> Iterator[av.AudioFrame]:
    """Decode what can be decoded: the rest of a damaged message may be what matters."""
    broken = 0
    for packet in source.demux(heard):
        try:
            frames = packet.decode()
        except FFmpegError:
            broken += 1
            if broken > _MOST_BROKEN_PACKETS:
                raise
            continue
        for frame in frames:
            frame.pts = None
            yield frame


def _upright(picture: Image.Image) -> Image.Image:
    """Return the pixels alone: no place, no device, no comment, no colour profile."""
    turned = ImageOps.exif_transpose(picture)
    turned.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    clean = Image.new("RGB", turned.size, "white")
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        see_through = turned.convert("RGBA")
        clean.paste(see_through, mask=see_through)
    else:
        clean.paste(turned.convert("RGB"))
    return clean


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=quality, optimize=True)
    return made.getvalue()


def _limit_ourselves() -> None:
    """Take away what a decoder does not need: nothing can be written to the disk, not even a memory dump."""
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_NOFILE, _MOST_OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(5)  # replies go first


def _main() -> None:
    _limit_ourselves()
    av.logging.set_level(None)
    content, answer = sys.stdin.buffer.read(), b""
    try:
        made = (voice if sys.argv[1] == "voice" else photo)(content)
    except UnfitFileError as error:
        facts: dict[str, object] = {"refused": error.code}
    else:
        facts = {"seconds": made.seconds, "covered": len(made.covered)}
        answer = made.covered + made.content
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + answer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _main()
