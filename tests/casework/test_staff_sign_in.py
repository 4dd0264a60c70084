"""Signing in with passphrase and code: tries are counted, codes are used once, answers tell nothing."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import func, select

from tests.clock import SetClock
from thangdee.casework.staff import accounts, entering, passphrases, sessions, throttle, two_factor
from thangdee.casework.staff.passphrases import hash_passphrase
from thangdee.casework.staff.roles import Role
from thangdee.casework.staff.tables import sign_in_try
from thangdee.casework.staff.throttle import TooManyTriesError
from thangdee.core.audit import audit
from thangdee.core.database import Database
from thangdee.core.vault import Vault

PASSPHRASE = "made up for the tests of signing in"
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@dataclass(frozen=True)
class Office:
    """An office with one person, Noy."""

    database: Database
    vault: Vault
    clock: SetClock
    noy: str
    secret: str

    def code(self) -> str:
        return two_factor.code_at(self.secret, self.clock.now())

    async def knock(self, name: str = "noy", source: str = HERE) -> entering.Knock:
        async with self.database.write() as connection:
            return await entering.knock(connection, self.vault, name, source, self.clock.now())

    async def sign_in(
        self, *, name: str = "noy", passphrase: str = PASSPHRASE, code: str | None = None, source: str = HERE
    ) -> str | None:
        knocking, now = await self.knock(name, source), self.clock.now()
        shown = entering.look_at(knocking, passphrase, code or self.code(), now)
        async with self.database.write() as connection:
            return await entering.enter(connection, self.vault, knocking, shown, now)

    async def actions(self) -> list[str]:
        async with self.database.read() as connection:
            return list((await connection.execute(select(audit.c.action).order_by(audit.c.seq))).scalars())


@pytest.fixture
async def office(database: Database, vault: Vault, clock: SetClock) -> Office:
    secret = two_factor.new_secret()
    async with database.write() as connection:
        rest = {"roles": {Role.COUNSELLOR}, "language": "lo", "now": clock.now()}
        noy = await accounts.add(connection, vault, name="noy", **rest)
        await accounts.set_passphrase_hash(connection, noy, hash_passphrase(PASSPHRASE))
        await two_factor.set_secret(connection, vault, noy, secret)
    return Office(database, vault, clock, noy, secret)


async def test_name_passphrase_and_code_open_a_session(office: Office) -> None:
    token = await office.sign_in(name="NOY ")

    async with office.database.read() as connection:
        viewer = await sessions.find(connection, office.vault.keyring, token, office.clock.now())
    assert (viewer.staff_id, viewer.roles, viewer.has_passkey) == (office.noy, {Role.COUNSELLOR}, False)
    assert await office.actions() == ["sign_in:done"]


async def test_any_one_wrong_of_three_is_refused_and_uses_no_code_up(office: Office) -> None:
    wrong_code = f"{(int(office.code()) + 1) % 1_000_000:06}"

    assert await office.sign_in(name="nobody") is None
    assert await office.sign_in(passphrase=PASSPHRASE + ".") is None
    assert await office.sign_in(code=wrong_code) is None
    assert await office.sign_in() is not None
    assert await office.actions() == ["sign_in:failed"] * 3 + ["sign_in:done"]


async def test_an_ended_or_not_enrolled_account_is_refused_like_an_unknown_one(office: Office) -> None:
    async with office.database.write() as connection:
        rest = {"roles": (), "language": "lo", "now": office.clock.now()}
        await accounts.add(connection, office.vault, name="kham", **rest)
        await accounts.end(connection, office.vault, office.noy, office.clock.now())

    for name in ("kham", "noy"):
        assert await office.sign_in(name=name) is None


async def test_an_account_that_changes_while_the_passphrase_is_looked_at_stays_shut(office: Office) -> None:
    knocking, now = await office.knock(), office.clock.now()
    shown = entering.look_at(knocking, PASSPHRASE, office.code(), now)
    async with office.database.write() as connection:
        await accounts.set_passphrase_hash(connection, office.noy, "another")

        assert await entering.enter(connection, office.vault, knocking, shown, now) is None


async def test_unknown_name_wrong_passphrase_and_wrong_code_cost_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = []

    class Watched(PasswordHasher):
        def verify(self, stored: str, typed: str) -> bool:
            work.append(("passphrase", extract_parameters(stored)))
            return super().verify(stored, typed)

    def looked_at(secret: str, code: str, now: datetime) -> int | None:
        work.append(("code", len(secret)))
        return really(secret, code, now)

    really = two_factor.matching_step
    monkeypatch.setattr(passphrases, "_hasher", Watched())
    monkeypatch.setattr(two_factor, "matching_step", looked_at)

    async def work_of(**typed: str) -> list[tuple[str, object]]:
        work.clear()
        assert await office.sign_in(**typed) is None
        return list(work)

    unknown, wrong, late = [
        await work_of(**typed) for typed in ({"name": "nobody"}, {"passphrase": "wrong one"}, {"code": "1"})
    ]

    assert [kind for kind, _ in unknown] == ["passphrase", "code"]
    assert unknown == wrong == late, "one hash as slow as the others, one code"


async def test_login_throttle_not_global(office: Office) -> None:
    for _ in range(5):
        assert await office.sign_in(passphrase="wrong") is None
        office.clock.advance(timedelta(seconds=4))

    with pytest.raises(TooManyTriesError) as locked:
        await office.sign_in()  # even with the right one
    assert locked.value.seconds == 40
    assert await office.sign_in(source=ELSEWHERE) is not None
    assert await office.sign_in(name="nobody") is None  # another account from here is looked at

    office.clock.advance(timedelta(seconds=39))
    with pytest.raises(TooManyTriesError):
        await office.sign_in()
    office.clock.advance(timedelta(seconds=1))
    assert await office.sign_in() is not None
    assert "sign_in:locked" in await office.actions()


async def test_an_unknown_name_is_locked_like_a_known_one(office: Office) -> None:
    for _ in range(5):
        await office.knock("nobody")

    with pytest.raises(TooManyTriesError):
        await office.knock("Nobody ")


async def test_getting_in_forgives_earlier_tries(office: Office) -> None:
    for _ in range(4):
        await office.sign_in(passphrase="wrong")
    assert await office.sign_in() is not None
    office.clock.advance(timedelta(seconds=30))

    for _ in range(4):
        await office.sign_in(passphrase="wrong")
    assert await office.sign_in() is not None


async def test_a_hundred_tries_at_once_do_not_slip_through(office: Office) -> None:
    tries = await asyncio.gather(*(office.knock() for _ in range(20)), return_exceptions=True)

    assert sum(isinstance(one, entering.Knock) for one in tries) == 5
    assert sum(isinstance(one, TooManyTriesError) for one in tries) == 15


async def test_sources_are_counted_by_network_and_kept_as_hashes(office: Office) -> None:
    keyring = office.vault.keyring
    house = {throttle.key_of(keyring, "noy", f"2001:db8:1:2::{number}") for number in range(5)}

    assert len(house) == 1
    assert throttle.key_of(keyring, "noy", "2001:db8:1:3::1") not in house
    assert throttle.key_of(keyring, "noy", HERE) != throttle.key_of(keyring, "noy", ELSEWHERE)
    assert HERE not in throttle.key_of(keyring, "noy", HERE)


async def test_who_knows_the_passphrase_cannot_guess_codes_from_many_places(office: Office) -> None:
    wrong_code = f"{(int(office.code()) + 1) % 1_000_000:06}"
    for number in range(10):
        assert await office.sign_in(code=wrong_code, source=f"192.0.2.{number}") is None

    assert await office.sign_in(source=ELSEWHERE) is None  # the right one by chance
    office.clock.advance(timedelta(minutes=61))
    assert await office.sign_in(source=ELSEWHERE) is not None


async def test_tries_are_forgotten_after_an_hour(office: Office) -> None:
    await office.knock()
    office.clock.advance(timedelta(minutes=61))
    async with office.database.write() as connection:
        await throttle.forget_old(connection, office.clock.now())

        assert (await connection.execute(select(func.count()).select_from(sign_in_try))).scalar() == 0


async def test_a_code_opens_once_even_in_a_race(office: Office) -> None:
    async def use() -> bool:
        async with office.database.write() as connection:
            return await two_factor.use_code(connection, office.vault, office.noy, office.code(), office.clock.now())

    assert sorted(await asyncio.gather(*(use() for _ in range(4)))) == [False, False, False, True]


async def test_second_factor_rules(office: Office) -> None:
    """A code is good one step early or late, once, and never before one that was used."""

    async def is_good(code: str) -> bool:
        async with office.database.write() as connection:
            return await two_factor.use_code(connection, office.vault, office.noy, code, office.clock.now())

    step, now = timedelta(seconds=30), office.clock.now()
    codes = [two_factor.code_at(office.secret, now + number * step) for number in (-2, -1, 0, 1, 2)]

    assert not await is_good(codes[0])
    assert await is_good(codes[1])
    assert not await is_good(codes[4])
    assert await is_good(codes[3])
    assert not await is_good(codes[2])  # older than the last one used


@pytest.mark.parametrize("typed", ["123 456", "໑໒໓໔໕໖", "๑๒๓ ๔๕๖ "])
def test_a_code_may_be_typed_with_spaces_and_lao_or_thai_digits(typed: str) -> None:
    assert two_factor.plain_code(typed) == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "0" * 400, "¹²³⁴⁵⁶", "abcdef"])
def test_what_is_no_code_opens_nothing(typed: str, clock: SetClock) -> None:
    assert two_factor.matching_step(two_factor.new_secret(), typed, clock.now()) is None
