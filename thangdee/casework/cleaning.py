"""What people send is decoded and made anew in a process of its own, which is stopped when it takes too long (R58)."""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process

from thangdee.core.errors import ThangdeeError
from thangdee.core.recoding import TOO_LONG, UNREADABLE, Recoded, UnfitFileError

PATIENCE_SECONDS = 40.0
_MOST_BYTES = 8 * 1024 * 1024
_MP3_SYNC, _JPEG_START = b"\xff\xf3", b"\xff\xd8\xff"


class CleaningFailedError(ThangdeeError):
    """The process that decodes ended without an answer, or gave none in time."""

    code = "cleaning_failed"


async def clean(kind: str, content: bytes, *, patience: float = PATIENCE_SECONDS) -> Recoded:
    """Return the "voice" or "photo" made anew. Raises UnfitFileError, CleaningFailedError."""
    # Isolated, with an empty environment: neither the token nor a key's place is handed on.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", "thangdee.core.recoding", kind, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}
    )
    try:
        async with asyncio.timeout(patience):
            _, answer = await asyncio.gather(_give(process, content), _answer_of(process))
            await process.wait()
    except TimeoutError as error:
        raise CleaningFailedError("the decoder took too long") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _read(kind, answer)


async def _give(process: Process, content: bytes) -> None:
    if process.stdin is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(content)
        await process.stdin.drain()
    process.stdin.close()


async def _answer_of(process: Process) -> bytes:
    if process.stdout is None:
        return b""
    try:
        await process.stdout.readexactly(_MOST_BYTES)
    except asyncio.IncompleteReadError as ended:
        return ended.partial
    return b""  # more than any file that is made here


def _read(kind: str, answer: bytes) -> Recoded:
    """Look once more: a decoder that was taken over could answer anything."""
    head, _, body = answer.partition(b"\n")
    try:
        facts = json.loads(head)
        if refused := facts.get("refused"):
            raise UnfitFileError(TOO_LONG if refused == TOO_LONG else UNREADABLE)
        seconds, covered = facts["seconds"], int(facts["covered"])
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise CleaningFailedError("the decoder gave no answer") from error
    made = Recoded(body[covered:], int(seconds) if kind == "voice" else None, body[:covered])
    starts = (made.content[:2] == _MP3_SYNC) if kind == "voice" else _are_jpeg(made.content, made.covered)
    if not starts:
        raise CleaningFailedError("the decoder gave something else")
    return made


def _are_jpeg(*pictures: bytes) -> bool:
    return all(picture.startswith(_JPEG_START) for picture in pictures)
