"""Recordings: by two people, for the words that were read out and no others."""

import pytest

from tests.casework.test_content_editions import KEY, draft, other, published
from tests.clock import SetClock
from thangdee.casework.content import editions, recordings
from thangdee.casework.content.recordings import (
    OldRecordingError,
    OwnRecordingError,
    RecordingMovedError,
    UnfitRecordingError,
)
from thangdee.core import words
from thangdee.core.database import Database
from thangdee.core.recoded import Recoded

SOUND = Recoded(b"\xff\xf3 made up", seconds=4)


@pytest.fixture(autouse=True)
def own_words():
    yield
    words.overlay({})


async def test_a_second_person_publishes_and_anybody_stops_a_recording(database: Database, clock: SetClock) -> None:
    async with database.write() as connection:
        first = await recordings.add(connection, KEY, "lo", SOUND, "noy", clock.now())
        with pytest.raises(OwnRecordingError):
            await recordings.publish(connection, first, "noy", clock.now())
        assert await recordings.to_send(connection, KEY, "lo") is None
        await recordings.publish(connection, first, "keo", clock.now())
        second = await recordings.add(connection, KEY, "lo", SOUND, "keo", clock.now())
        assert await recordings.to_send(connection, KEY, "lo") == first
        await recordings.publish(connection, second, "noy", clock.now())
        assert await recordings.to_send(connection, KEY, "lo") == second
        assert await recordings.to_send(connection, KEY, "th") is None
        assert (await recordings.sound_of(connection, second)).content == SOUND.content
        await recordings.take_back(connection, second, "noy", clock.now())
        assert await recordings.to_send(connection, KEY, "lo") is None
        with pytest.raises(RecordingMovedError):
            await recordings.take_back(connection, second, "noy", clock.now())


async def test_a_recording_of_other_words_is_not_sent(database: Database, clock: SetClock) -> None:
    async with database.write() as connection:
        lao = await recordings.add(connection, KEY, "lo", SOUND, "noy", clock.now())
        await recordings.publish(connection, lao, "keo", clock.now())
        thai = await recordings.add(connection, KEY, "th", SOUND, "noy", clock.now())
        await published(connection, clock, text=draft(lo=other(KEY, "lo"), th=other(KEY, "th")))
        words.overlay(editions.published_words(await editions.live_editions(connection)))

        assert await recordings.to_send(connection, KEY, "lo") is None
        with pytest.raises(OldRecordingError):
            await recordings.publish(connection, thai, "keo", clock.now())


@pytest.mark.parametrize(
    ("key", "language", "sound"),
    [(KEY, "fr", SOUND), ("answers.none", "lo", SOUND), (KEY, "lo", Recoded(b"x", seconds=181))],
)
async def test_what_is_no_recording_is_not_kept(installation, clock: SetClock, key, language, sound) -> None:
    async with installation.database.write() as connection:
        with pytest.raises(UnfitRecordingError):
            await recordings.add(connection, key, language, sound, "noy", clock.now())
