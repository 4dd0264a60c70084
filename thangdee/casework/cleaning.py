"""What people send is decoded and made anew in a process of its own, which is stopped when it takes too long (R58)."""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process

from thangdee.core.errors import ThangdeeError
from thangdee.core.recoded import TOO_LONG, UNREADABLE, Recoded, UnfitFileError

PATIENCE_SECONDS = 40.0
_MOST_BYTES = 8 * 1024 * 1024
_MP3_SYNC, _JPEG_START = b"\xff\xf3", b"\xff\xd8\xff"


class CleaningFailedError(ThangdeeError):
    """The process that decodes ended without an answer, or gave none in time."""

    code = "cleaning_failed"


async def clean(kind: str, content: bytes, *, patience: float = PATIENCE_SECONDS) -> Recoded:
    """Return the "voice" or "photo" made anew. Raises UnfitFileError, CleaningFailedError."""
    process = await _decoder(kind)
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
    return answer_read(kind, answer)


async def _decoder(kind: str) -> Process:
    # Isolated, with an empty environment: neither the token nor the place of the keys is handed on.
    command = (sys.executable, "-I", "-m", "thangdee.core.recoding", kind)
    try:
        return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={})
    except OSError as error:
        raise CleaningFailedError("no decoder could be started") from error


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


def answer_read(kind: str, answer: bytes) -> Recoded:
    """Return what a decoder answered. It is looked at once more: one that was taken over could answer anything.

    Raises UnfitFileError, CleaningFailedError.
    """
    head, _, body = answer.partition(b"\n")
    try:
        facts = json.loads(head)
        if refused := facts.get("refused"):
            raise UnfitFileError(TOO_LONG if refused == TOO_LONG else UNREADABLE)
        seconds, covered = int(facts["seconds"]) if kind == "voice" else None, int(facts["covered"])
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise CleaningFailedError("the decoder gave no answer") from error
    made = Recoded(body[covered:], seconds, body[:covered])
    starts = (made.content[:2] == _MP3_SYNC) if kind == "voice" else _are_jpeg(made.content, made.covered)
    if not starts:
        raise CleaningFailedError("the decoder gave something else")
    return made


def _are_jpeg(*pictures: bytes) -> bool:
    return all(picture.startswith(_JPEG_START) for picture in pictures)
