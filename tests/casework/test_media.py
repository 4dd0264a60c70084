"""Voice notes and pictures: what is taken, what comes out, how long it stays (R25, R26, R58)."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import av
import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import func, select

from tests.clock import SetClock
from thangdee.bot.simulator.sample_media import plain_picture, silent_voice
from thangdee.casework import cleaning, erasure, media
from thangdee.casework.chats import Chat, Chats
from thangdee.casework.cleaning import CleaningFailedError, clean
from thangdee.casework.media import Announced, Kind, MediaGoneError, Order, State
from thangdee.core import jobs
from thangdee.core.database import Database
from thangdee.core.jobs import Queue, job
from thangdee.core.recoded import Recoded, UnfitFileError
from thangdee.core.vault import Vault

MARKER = b"MARKER-her-name-and-her-street"
HTML = b"<html><script>alert('" + MARKER + b"')</script></html>"
A_PLACE = {1: "N", 2: (17.0, 57.0, 0.0), 3: "E", 4: (102.0, 36.0, 0.0)}


def sound(container: str = "ogg", codec: str = "libopus", *, seconds: float = 2.0, rate: int = 48_000) -> bytes:
    """A made-up sound with a comment in it."""
    made, frame = io.BytesIO(), av.AudioFrame(format="s16", layout="mono", samples=rate // 50)
    frame.sample_rate = rate
    frame.planes[0].update(bytes(rate // 50 * 2))
    with av.open(made, "w", format=container) as file:
        file.metadata.update({"title": MARKER.decode(), "comment": MARKER.decode(), "artist": MARKER.decode()})
        track = file.add_stream(codec, rate=rate, layout="mono")
        for number in range(round(seconds * 50)):
            frame.pts = number * (rate // 50)
            file.mux(track.encode(frame))
        file.mux(track.encode(None))
    return made.getvalue()


def picture(kind: str = "JPEG", *, size: tuple[int, int] = (320, 200), **more: object) -> bytes:
    """A made-up picture: the left half red, the right half blue."""
    drawn = Image.new("RGB", size, (200, 0, 0))
    drawn.paste((0, 0, 200), (size[0] // 2, 0, *size))
    made = io.BytesIO()
    drawn.save(made, kind, **more)
    return made.getvalue()


def with_exif(orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x013B] = orientation, MARKER.decode(), MARKER.decode()
    exif.get_ifd(0x8825).update(A_PLACE)
    return picture(exif=exif, comment=MARKER, icc_profile=MARKER)


def with_text() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", MARKER.decode(), zip=True)
    text.add_itxt("XML:com.adobe.xmp", MARKER.decode())
    return picture("PNG", pnginfo=text)


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("index.html", HTML)
    return made.getvalue()


def round_video() -> bytes:
    """A video with sound, as Telegram's round ones are."""
    made = io.BytesIO()
    with av.open(made, "w", format="mp4") as file:
        file.metadata["comment"] = MARKER.decode()
        seen, heard = file.add_stream("mpeg4", rate=10), file.add_stream("aac", rate=48_000, layout="mono")
        seen.width, seen.height, seen.pix_fmt = 64, 64, "yuv420p"
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.sample_rate = 48_000
        frame.planes[0].update(bytes(4096))
        for number in range(10):
            file.mux(seen.encode(av.VideoFrame(64, 64, "yuv420p")))
            frame.pts = number * 1024
            file.mux(heard.encode(frame))
        file.mux(heard.encode(None))
    return made.getvalue()


def _saved(drawn: Image.Image) -> bytes:
    made = io.BytesIO()
    drawn.save(made, "PNG")
    return made.getvalue()


def _png_with_huge_text() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "x" * 80_000_000, zip=True)
    return picture("PNG", pnginfo=text)


GOOD_SOUNDS: dict[str, Callable[[], bytes]] = {
    "voice note": lambda: silent_voice(2),
    "ogg opus with comments": sound,
    "flac": lambda: sound("flac", "flac"),
    "mp3 with tags": lambda: sound("mp3", "libmp3lame"),
    "m4a with tags": lambda: sound("ipod", "aac"),
    "webm of a browser": lambda: sound("webm", "libopus"),
    "wav": lambda: sound("wav", "pcm_s16le"),
    "round video": round_video,
    "voice with a page behind it": lambda: sound() + HTML,
    "voice with an archive behind it": lambda: sound() + zipped(),
    "voice cut in the middle": lambda: (whole := sound(seconds=4))[: len(whole) * 2 // 3],
    "five minutes": lambda: silent_voice(300),
}
BAD_SOUNDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "too long": (lambda: silent_voice(320), "too_long"),
    "nothing": (lambda: b"", "unreadable"),
    "one byte": (lambda: b"O", "unreadable"),
    "only the first bytes": (lambda: b"OggS", "unreadable"),
    "page": (lambda: HTML, "unreadable"),
    "picture": (picture, "unreadable"),
    "ogg without sound": (lambda: silent_voice(2)[:120], "unreadable"),
    "ogg of zeros": (lambda: b"OggS" + bytes(5000), "unreadable"),
    "playlist": (lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "unreadable"),
    "list of files": (lambda: b"ffconcat version 1.0\nfile /etc/passwd\n", "unreadable"),
    "a codec that nobody needs": (lambda: sound("wav", "pcm_mulaw", rate=8000), "unreadable"),
    "video without sound": (lambda: round_video()[:400], "unreadable"),
}
GOOD_PICTURES: dict[str, Callable[[], bytes]] = {
    "jpeg": picture,
    "jpeg with place, comment and profile, turned": with_exif,
    "png": plain_picture,
    "png with texts": with_text,
    "webp": lambda: picture("WEBP"),
    "see-through png": lambda: _saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0))),
    "jpeg with a page behind it": lambda: picture() + HTML,
    "jpeg with an archive behind it": lambda: picture() + zipped(),
    "larger than shown": lambda: picture(size=(4000, 2500)),
}
BAD_PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "unreadable"),
    "page": (lambda: HTML, "unreadable"),
    "drawing that is a program": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + HTML + b"</svg>", "unreadable"),
    "voice": (sound, "unreadable"),
    "gif": (lambda: picture("GIF"), "unreadable"),
    "jpeg cut in the middle": (lambda: (whole := picture(size=(900, 900)))[: len(whole) // 2], "unreadable"),
    "only the first bytes": (lambda: b"\xff\xd8\xff\xe0", "unreadable"),
    "huge png": (lambda: _saved(Image.new("1", (9_000, 9_000))), "unreadable"),
    "png with a huge text": (_png_with_huge_text, "unreadable"),
}


def _has_marker(content: bytes) -> bool:
    return MARKER in content or b"<script" in content or b"index.html" in content or b"Exif" in content


@pytest.mark.parametrize("name", GOOD_SOUNDS)
async def test_upload_corpus_sound_becomes_plain_mp3(name: str) -> None:
    made = await clean("voice", GOOD_SOUNDS[name]())

    with av.open(io.BytesIO(made.content), format="mp3") as played:
        heard = played.streams.audio[0]
        seconds = sum(frame.samples for frame in played.decode(heard)) / 24_000
        assert (heard.codec_context.name, heard.codec_context.layout.nb_channels) == ("mp3float", 1)
        assert played.metadata == {}
    assert made.seconds is not None
    assert abs(seconds - made.seconds) <= 1
    assert not _has_marker(made.content)


@pytest.mark.parametrize("name", GOOD_PICTURES)
async def test_upload_corpus_picture_becomes_plain_jpeg(name: str) -> None:
    made = await clean("photo", GOOD_PICTURES[name]())

    with Image.open(io.BytesIO(made.content)) as shown, Image.open(io.BytesIO(made.covered)) as covered:
        assert (shown.format, covered.format) == ("JPEG", "JPEG")
        assert max(shown.size) <= 1600
        assert max(covered.size) <= 20
        assert shown.getexif() == {}
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(shown.info)
    assert not _has_marker(made.content)
    assert not _has_marker(made.covered)


async def test_upload_corpus_a_turned_picture_stands_upright() -> None:
    made = await clean("photo", with_exif(orientation=6))

    with Image.open(io.BytesIO(made.content)) as shown:
        assert shown.size == (200, 320)
        above, below = shown.getpixel((100, 20)), shown.getpixel((100, 300))
    assert above[0] > 150 > above[2]
    assert below[2] > 150 > below[0]


@pytest.mark.parametrize(
    ("kind", "name"), [*(("voice", name) for name in BAD_SOUNDS), *(("photo", name) for name in BAD_PICTURES)]
)
async def test_upload_corpus_refuses(kind: str, name: str) -> None:
    make, code = (BAD_SOUNDS if kind == "voice" else BAD_PICTURES)[name]

    with pytest.raises(UnfitFileError) as refused:
        await clean(kind, make())

    assert refused.value.code == code


async def test_a_decoder_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(CleaningFailedError):
        await clean("voice", silent_voice(300), patience=0.05)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not JSON\nabc",
        b"[]\n",
        b'{"seconds": 1, "covered": 0}\n' + HTML,
        b'{"seconds": null, "covered": 0}\n\xff\xf3',
    ],
)
def test_what_a_decoder_answers_is_looked_at_again(answer: bytes) -> None:
    with pytest.raises(CleaningFailedError):
        cleaning.answer_read("voice", answer)


VOICE = Announced("file-1", Kind.VOICE, seconds=3, size=4000)


async def _person(database: Database, vault: Vault, clock: SetClock) -> Chat:
    async with database.write() as connection:
        return await Chats(connection, vault).of(5, clock.now())


async def _note(database: Database, vault: Vault, whose: Chat, clock: SetClock, came: Announced = VOICE) -> media.Media:
    async with database.write() as connection:
        return await media.note(connection, vault, whose, came, clock.now())


async def _kept(database: Database, vault: Vault, whose: Chat, clock: SetClock) -> str:
    """A voice note that was fetched."""
    noted = await _note(database, vault, whose, clock)
    order = Order(noted.id, whose.id, "file-1", Kind.VOICE, 1)
    async with database.write() as connection:
        await media.keep(connection, vault, order, Recoded(b"\xff\xf3" + MARKER, 3))
    return noted.id


async def test_a_file_is_noted_with_a_sealed_order_to_fetch_it(
    database: Database, vault: Vault, clock: SetClock
) -> None:
    whose = await _person(database, vault, clock)

    noted = await _note(database, vault, whose, clock)

    async with database.write() as connection:
        [taken] = await jobs.claim(connection, Queue.MEDIA, now=clock.now(), taken_by="t", limit=5)
        order = await media.order_of(connection, vault, taken)
        stored = (await connection.execute(select(job.c.sealed_body))).scalar_one()
    assert noted.state is State.WAITING
    assert order == Order(noted.id, whose.id, "file-1", Kind.VOICE, media.MOST_VOICE_BYTES)
    assert b"file-1" not in stored


@pytest.mark.parametrize(
    ("came", "reason"),
    [
        (Announced("f", Kind.VOICE, seconds=300, size=5 * 1024 * 1024), None),
        (Announced("f", Kind.VOICE, seconds=301), "too_long"),
        (Announced("f", Kind.VOICE, size=5 * 1024 * 1024 + 1), "too_big"),
        (Announced("f", Kind.VOICE, is_round=True, seconds=60, size=12_000_000), None),
        (Announced("f", Kind.PHOTO, size=10 * 1024 * 1024), None),
        (Announced("f", Kind.PHOTO, size=10 * 1024 * 1024 + 1), "too_big"),
    ],
)
async def test_what_is_announced_over_a_limit_is_never_fetched(
    installation, clock: SetClock, came: Announced, reason: str | None
) -> None:
    whose = await _person(installation.database, installation.vault, clock)

    noted = await _note(installation.database, installation.vault, whose, clock, came)

    async with installation.database.read() as connection:
        ordered = await jobs.waiting(connection, Queue.MEDIA, clock.now())
    assert (noted.reason, noted.state) == (reason, State.REFUSED if reason else State.WAITING)
    assert ordered == (0 if reason else 1)


async def test_the_21st_of_a_day_is_refused_and_the_next_day_is_new(installation, clock: SetClock) -> None:
    whose = await _person(installation.database, installation.vault, clock)

    states = [(await _note(installation.database, installation.vault, whose, clock)).reason for _ in range(23)]
    clock.advance(timedelta(hours=24, seconds=1))
    next_day = await _note(installation.database, installation.vault, whose, clock)

    assert states == [None] * 20 + ["too_many"] * 3
    assert next_day.state is State.WAITING


async def test_a_kept_file_opens_for_its_place_only(database: Database, vault: Vault, clock: SetClock) -> None:
    whose = await _person(database, vault, clock)
    one, other = await _kept(database, vault, whose, clock), await _kept(database, vault, whose, clock)

    async with database.write() as connection:
        opened = await media.open_file(connection, vault, one)
        known = await media.shown(connection, [one, "unknown"])
        sealed = (await connection.execute(select(media.media.c.sealed_content))).scalars().all()
        with pytest.raises(MediaGoneError):
            await media.open_file(connection, vault, one, is_covered=True)  # a voice has no picture
    assert (opened.content, opened.mime) == (b"\xff\xf3" + MARKER, "audio/mpeg")
    assert {name: (file.state, file.seconds) for name, file in known.items()} == {one: (State.READY, 3)}
    assert one != other
    assert all(MARKER not in value for value in sealed)


async def test_media_go_after_30_days_and_that_something_came_stays(
    database: Database, vault: Vault, clock: SetClock
) -> None:
    whose = await _person(database, vault, clock)
    kept = await _kept(database, vault, whose, clock)
    clock.advance(timedelta(days=29, hours=23))
    async with database.write() as connection:
        await media.forget_old(connection, clock.now())
        await media.open_file(connection, vault, kept)

    clock.advance(timedelta(hours=1))
    async with database.write() as connection:
        await media.forget_old(connection, clock.now())

    async with database.read() as connection:
        assert (await media.shown(connection, [kept]))[kept].state is State.GONE
        left = select(media.media.c.sealed_content, media.media.c.sealed_covered)
        assert (await connection.execute(left)).all() == [(None, None)]
        with pytest.raises(MediaGoneError):
            await media.open_file(connection, vault, kept)


async def test_a_deleted_chat_closes_its_media_and_shredding_leaves_none(
    database: Database, vault: Vault, clock: SetClock
) -> None:
    whose = await _person(database, vault, clock)
    kept = await _kept(database, vault, whose, clock)
    await _note(database, vault, whose, clock)

    async with database.write() as connection:
        await erasure.close(connection, vault, whose, clock.now())
    async with database.write() as connection:
        with pytest.raises(MediaGoneError):
            await media.open_file(connection, vault, kept)
        waiting = await jobs.claim(connection, Queue.MEDIA, now=clock.now(), taken_by="t", limit=5)
        assert [await media.order_of(connection, vault, one) for one in waiting] == [None] * 2
        await erasure.shred(connection, vault, whose.id)

    async with database.read() as connection:
        for table in (media.media, job):
            assert (await connection.execute(select(func.count()).select_from(table))).scalar_one() == 0


async def test_no_file_lies_open_on_the_disk(installation, clock: SetClock) -> None:
    whose = await _person(installation.database, installation.vault, clock)
    await _kept(installation.database, installation.vault, whose, clock)

    files = [path for path in Path(installation.settings.data_dir).rglob("*") if path.is_file()]

    assert len(files) >= 2
    assert [path.name for path in files if MARKER in path.read_bytes()] == []
