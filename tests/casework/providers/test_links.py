"""One-time links: 256 bits, hashed at rest, once, for 72 hours, for people of the receiver only (R40)."""

import base64
from datetime import timedelta

from sqlalchemy import select

from tests.canary import files
from tests.console.sent_matters import ORG, sent
from thangdee.casework.providers import links


async def test_a_link_works_once_within_72_hours_for_its_receiver(installation, clock) -> None:
    one = (await sent(installation)).current.id
    async with installation.database.write() as connection:
        made = [await links.make(connection, one, clock.now()) for _ in range(3)]

    assert len(set(made)) == 3
    assert all(len(base64.urlsafe_b64decode(token + "=")) == 32 for token in made)
    async with installation.database.write() as connection:
        assert await links.use(connection, made[0], {"org-b"}, clock.now()) is None
        assert await links.use(connection, made[0], (), clock.now()) is None
        assert await links.use(connection, "guessed", {ORG}, clock.now()) is None
        assert await links.use(connection, made[0], {ORG}, clock.now()) == one  # nobody else's try used it up
        assert await links.use(connection, made[0], {ORG}, clock.now()) is None
        clock.advance(timedelta(hours=72) - timedelta(seconds=1))
        assert await links.use(connection, made[1], {ORG}, clock.now()) == one
        clock.advance(timedelta(seconds=1))
        assert await links.use(connection, made[2], {ORG}, clock.now()) is None


async def test_a_link_lies_hashed_and_goes_when_it_is_too_old(installation, clock) -> None:
    one = (await sent(installation)).current.id
    async with installation.database.write() as connection:
        token = await links.make(connection, one, clock.now())

    assert not [path for path in files(installation.settings.data_dir) if token.encode() in path.read_bytes()]
    clock.advance(timedelta(hours=73))
    async with installation.database.write() as connection:
        fresh = await links.make(connection, one, clock.now())
        await links.forget(connection, clock.now())
        assert len((await connection.execute(select(links.referral_link))).all()) == 1
        assert await links.use(connection, fresh, {ORG}, clock.now()) == one
