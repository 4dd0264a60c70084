"""Passkeys: bound to our address, one purpose and one moment; shown with finger, face or PIN (R33)."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.casework.made_up_authenticator import Phone
from tests.clock import SetClock
from thangdee.casework.staff import accounts, passkey_challenges, passkeys
from thangdee.casework.staff.passkey_challenges import WrongPasskeyError, passkey_challenge
from thangdee.casework.staff.passkeys import Site, TooManyPasskeysError
from thangdee.casework.staff.roles import Role
from thangdee.core.database import Database
from thangdee.core.vault import Vault

SITE = Site("https://desk.test")


@dataclass
class Office:
    """Two colleagues and what they do with passkeys; each deed is one transaction that commits."""

    database: Database
    vault: Vault
    clock: SetClock
    noy: str = ""
    dao: str = ""

    async def options(self, staff_id: str) -> str:
        async with self.database.write() as connection:
            return await passkeys.options_to_add(
                connection, self.vault.keyring, SITE, staff_id, "noy", self.clock.now()
            )

    async def add(self, staff_id: str, answer: str, label: str = "my phone") -> str | None:
        async with self.database.write() as connection:
            try:
                return await passkeys.add(
                    connection, self.vault.keyring, SITE, staff_id, answer, label, self.clock.now()
                )
            except WrongPasskeyError:
                return None

    async def ask(self, *, to_confirm: str = "") -> str:
        async with self.database.write() as connection:
            keyring, now = self.vault.keyring, self.clock.now()
            if to_confirm:
                return await passkeys.options_to_confirm(connection, keyring, SITE, to_confirm, now)
            return await passkeys.options_to_sign_in(connection, keyring, SITE, now)

    async def sign_in(self, answer: str) -> str | None:
        async with self.database.write() as connection:
            try:
                return await passkeys.sign_in(connection, self.vault.keyring, SITE, answer, self.clock.now())
            except WrongPasskeyError:
                return None

    async def confirm(self, staff_id: str, answer: str) -> bool:
        async with self.database.write() as connection:
            try:
                await passkeys.confirm(connection, self.vault.keyring, SITE, staff_id, answer, self.clock.now())
            except WrongPasskeyError:
                return False
            return True

    async def phone_of(self, staff_id: str, **kind: bool) -> Phone:
        phone = Phone(SITE.origin, **kind)
        assert await self.add(staff_id, phone.make(await self.options(staff_id)))
        return phone


@pytest.fixture
async def office(database: Database, vault: Vault, clock: SetClock) -> Office:
    made = Office(database, vault, clock)
    async with database.write() as connection:
        roles, now = {Role.SUPERVISOR}, clock.now()
        made.noy = await accounts.add(connection, vault, name="noy", roles=roles, language="lo", now=now)
        made.dao = await accounts.add(connection, vault, name="dao", roles=roles, language="lo", now=now)
    return made


@pytest.mark.parametrize("counts", [True, False])
async def test_second_factor_rules(office: Office, counts: bool) -> None:
    """Passkeys: a challenge serves once, for five minutes, for one purpose and person; user verification is a must."""
    phone = await office.phone_of(office.noy, counts=counts)
    answer = phone.show(await office.ask())

    assert await office.sign_in(answer) == office.noy
    assert await office.sign_in(answer) is None  # the same answer again
    late = phone.show(await office.ask())
    office.clock.advance(timedelta(minutes=5))
    assert await office.sign_in(late) is None
    assert await office.sign_in(phone.show(await office.ask(to_confirm=office.noy))) is None
    assert not await office.confirm(office.noy, phone.show(await office.ask()))
    assert not await office.confirm(office.dao, phone.show(await office.ask(to_confirm=office.noy)))
    assert not await office.confirm(office.dao, phone.show(await office.ask(to_confirm=office.dao)))
    assert await office.confirm(office.noy, phone.show(await office.ask(to_confirm=office.noy)))
    phone.verifies = False
    assert await office.sign_in(phone.show(await office.ask())) is None


async def test_a_false_page_gets_no_passkey_and_no_sign_in(office: Office) -> None:
    phone = await office.phone_of(office.noy)
    options = await office.ask()
    phone.origin = "https://desk.test.example"

    assert await office.sign_in(phone.show(options)) is None
    assert await office.add(office.dao, Phone("https://other.test").make(await office.options(office.dao))) is None


async def test_a_passkey_without_finger_face_or_pin_is_not_taken(office: Office) -> None:
    answer = Phone(SITE.origin, verifies=False).make(await office.options(office.noy))

    assert await office.add(office.noy, answer) is None


async def test_a_copy_of_a_passkey_is_noticed_by_its_count(office: Office) -> None:
    phone = await office.phone_of(office.noy)
    assert await office.sign_in(phone.show(await office.ask())) == office.noy
    phone.uses -= 1

    assert await office.sign_in(phone.show(await office.ask())) is None


async def test_of_one_answer_sent_twice_at_once_one_signs_in(office: Office) -> None:
    phone = await office.phone_of(office.noy)
    answer = phone.show(await office.ask())

    got = await asyncio.gather(*(office.sign_in(answer) for _ in range(4)))

    assert sorted(got, key=bool) == [None, None, None, office.noy]


async def test_passkeys_of_ended_accounts_and_removed_ones_open_nothing(office: Office) -> None:
    phone, other = await office.phone_of(office.noy), await office.phone_of(office.dao)
    async with office.database.write() as connection:
        await accounts.end(connection, office.vault, office.noy, office.clock.now())
        [kept] = await passkeys.of_staff(connection, office.dao)
        was_strangers = await passkeys.remove(connection, office.noy, kept.id)
        was_removed = await passkeys.remove(connection, office.dao, kept.id)

    assert (was_strangers, was_removed) == (False, True)
    assert await office.sign_in(phone.show(await office.ask())) is None
    assert await office.sign_in(other.show(await office.ask())) is None


async def test_one_passkey_is_nobody_elses_and_ten_are_enough(office: Office) -> None:
    phone = await office.phone_of(office.noy)
    twice = await office.add(office.dao, phone.make(await office.options(office.dao)))
    for _ in range(passkeys.MOST - 1):
        await office.phone_of(office.noy)

    assert twice is None
    with pytest.raises(TooManyPasskeysError):
        await office.options(office.noy)


async def test_what_is_no_answer_of_a_browser_is_a_wrong_passkey(office: Office) -> None:
    good = json.loads((await office.phone_of(office.noy)).show(await office.ask()))
    broken = [
        "", "null", "[]", "{}", "{" * 10_000, '{"response": 7}', '{"response": {"clientDataJSON": 7}}', "ກ", "x" * 30_000,
        json.dumps(good | {"id": 7}), json.dumps(good | {"response": good["response"] | {"signature": "AAAA"}}),
        json.dumps(good | {"response": good["response"] | {"authenticatorData": "////"}}),
    ]  # fmt: skip

    assert [await office.sign_in(one) for one in broken] == [None] * len(broken)
    assert [await office.add(office.noy, one) for one in broken] == [None] * len(broken)


async def test_options_name_nobody_and_old_challenges_go(office: Office) -> None:
    await office.phone_of(office.noy)
    options = json.loads(await office.ask())
    office.clock.advance(passkey_challenges.LIVES)
    await office.ask()

    assert options["allowCredentials"] == []
    assert (options["rpId"], options["userVerification"]) == ("desk.test", "required")
    async with office.database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(passkey_challenge))).scalar() == 1
