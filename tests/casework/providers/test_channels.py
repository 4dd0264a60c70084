"""Ways to reach an organisation: used only after somebody found them right, their addresses sealed; its people."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from thangdee.casework.providers import addresses, channels, members, organisations
from thangdee.casework.providers.addresses import Kind, UnfitAddressError
from thangdee.casework.providers.channels import ChannelGoneError, OwnWordError
from thangdee.casework.providers.organisations import Provider, UnfitHoursError
from thangdee.casework.providers.tables import provider, provider_channel
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.core.errors import SealBrokenError

MAIL = "desk@office.test"


async def add(connection, vault, clock, kind=Kind.MAIL, address=MAIL):
    return await channels.add(connection, vault, "org-a", kind, address, by="noy", now=clock.now())


async def test_a_way_counts_only_after_a_second_person_found_it_right(database, vault, clock) -> None:
    async with database.write() as connection:
        way, secret = await add(connection, vault, clock)
        assert (secret, await channels.live(connection, "org-a")) == (None, [])
        with pytest.raises(OwnWordError):
            await channels.confirm(connection, way.id, "noy", clock.now())
        await channels.confirm(connection, way.id, "kham", clock.now())
        [live] = await channels.live(connection, "org-a")
        assert (live.checked_by, live.checked_how, live.is_by_hand) == ("kham", "colleague", False)
        assert await channels.all_live(connection) == {"org-a": {Kind.MAIL}}

        await channels.switch_off(connection, way.id, "gone", clock.now())
        assert await channels.live(connection, "org-a") == []
        for deed in (channels.confirm(connection, way.id, "kham", clock.now()),
                     channels.start_test(connection, vault.keyring, way.id, clock.now())):  # fmt: skip
            with pytest.raises(ChannelGoneError):
                await deed
        await channels.remove(connection, way.id)
        assert await channels.of(connection, "org-a") == []


async def test_a_code_that_comes_back_checks_a_way_even_for_who_wrote_it_down(database, vault, clock) -> None:
    keyring = vault.keyring
    async with database.write() as connection:
        way, _ = await add(connection, vault, clock)
        former = await channels.start_test(connection, keyring, way.id, clock.now())
        code = await channels.start_test(connection, keyring, way.id, clock.now())
        other, _ = await add(connection, vault, clock, Kind.PHONE, "+856 20 000 0000")
        assert not await channels.code_came_back(connection, keyring, way.id, former, "noy", clock.now())
        assert not await channels.code_came_back(connection, keyring, other.id, code, "noy", clock.now())
        assert await channels.code_came_back(
            connection, keyring, way.id, f" {code[:3].lower()} {code[3:]}", "noy", clock.now()
        )
        [live] = await channels.live(connection, "org-a")
        assert (live.id, live.checked_by, live.checked_how) == (way.id, "noy", "code")
        assert not await channels.code_came_back(connection, keyring, way.id, code, "noy", clock.now())  # once


async def test_a_code_ends_after_five_wrong_ones_and_after_a_day(database, vault, clock) -> None:
    keyring = vault.keyring
    async with database.write() as connection:
        way, _ = await add(connection, vault, clock)
        code = await channels.start_test(connection, keyring, way.id, clock.now())
        for _ in range(channels.MOST_TRIES):
            assert not await channels.code_came_back(connection, keyring, way.id, "ZZZZZZ", "noy", clock.now())
        assert not await channels.code_came_back(connection, keyring, way.id, code, "noy", clock.now())
        code = await channels.start_test(connection, keyring, way.id, clock.now())
        clock.advance(timedelta(hours=24))
        assert not await channels.code_came_back(connection, keyring, way.id, code, "noy", clock.now())
        assert await channels.live(connection, "org-a") == []


async def test_addresses_and_secrets_lie_sealed_under_the_organisations_own_key(database, vault, clock) -> None:
    address = "https://hooks.office.test/in"
    async with database.write() as connection:
        way, secret = await add(connection, vault, clock, Kind.WEBHOOK, address)
        other, _ = await channels.add(connection, vault, "org-b", Kind.MAIL, MAIL, by="noy", now=clock.now())
        [row] = (await connection.execute(select(provider_channel).where(provider_channel.c.id == way.id))).all()
        assert address.encode() not in row.sealed_address
        assert secret.startswith("whsec_")
        assert await channels.address_of(connection, vault, way) == address
        assert await channels.secret_of(connection, vault, way) == secret
        with pytest.raises(ChannelGoneError):
            await channels.secret_of(connection, vault, other)
        keys = dict((await connection.execute(select(provider.c.organisation_id, provider.c.key_id))).all())
        assert len(set(keys.values())) == 2
        await vault.destroy_key(connection, keys["org-a"])
        with pytest.raises(SealBrokenError):
            await channels.address_of(connection, vault, way)
        assert await channels.address_of(connection, vault, other) == MAIL


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        (Kind.MAIL, "desk"), (Kind.MAIL, "a@b"), (Kind.MAIL, "a@b.test\nBcc: c@d.test"), (Kind.MAIL, "a..b@c.test"),
        (Kind.MAIL, "a b@c.test"), (Kind.MAIL, "x" * 500 + "@c.test"), (Kind.MAIL, ""), (Kind.MAIL, "a@-b.test"),
        (Kind.WEBHOOK, "http://hooks.test/"), (Kind.WEBHOOK, "https://127.0.0.1/"), (Kind.WEBHOOK, "https://[::1]/"),
        (Kind.WEBHOOK, "https://localhost/"), (Kind.WEBHOOK, "https://noy:secret@hooks.test/"),
        (Kind.WEBHOOK, "https://hooks.test:x/"), (Kind.WEBHOOK, "https://hooks.test/#part"),
        (Kind.GROUP, "12345678"), (Kind.GROUP, "@group"), (Kind.GROUP, "-12"),
        (Kind.PHONE, "call me"), (Kind.PHONE, "+"), (Kind.LETTER, "\n".join("123456789")),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(kind, address) -> None:
    with pytest.raises(UnfitAddressError):
        addresses.tidy(kind, address)


def test_what_is_an_address_is_kept_as_it_is() -> None:
    for kind, address in (
        (Kind.MAIL, "first.last+box@mail.office.test"), (Kind.WEBHOOK, "https://hooks.test:8443/in?a=b"),
        (Kind.GROUP, "-1001234567890"), (Kind.PHONE, "191"), (Kind.LETTER, "ບ້ານ ຕົວຢ່າງ\nSample Town"),
    ):  # fmt: skip
        assert addresses.tidy(kind, f" {address}\n") == address


async def test_hours_are_those_of_the_country_until_somebody_writes_others_down(database, vault, clock) -> None:
    async with database.write() as connection:
        assert await organisations.of(connection, "org-a") == Provider("org-a", "lo", "LA")
        assert (await organisations.of(connection, "org-t", "TH")).language == "th"
        wanted = Provider("org-a", "en", "TH", "123456", 9 * 60, 17 * 60 + 30)
        await organisations.save(connection, vault, wanted, clock.now())
        assert await organisations.of(connection, "org-a") == wanted
        for wrong in ({"days": "10"}, {"days": ""}, {"days": "21"}, {"opens": 600, "closes": 600}, {"country": "XX"},
                      {"language": "xx"}, {"closes": 1441}):  # fmt: skip
            with pytest.raises(UnfitHoursError):
                await organisations.save(connection, vault, Provider("org-a", **wrong), clock.now())


async def test_people_belong_to_organisations_until_they_are_taken_away_or_their_account_ends(
    database, vault, clock
) -> None:
    now = clock.now()
    async with database.write() as connection:
        made = [
            await accounts.add(connection, vault, name=name, roles=[Role.PROVIDER], language="lo", now=now)
            for name in ("somsy", "bounmy")
        ]
        for who in (*made, *made):
            await members.add(connection, who, "org-a", "noy", now)
        await members.add(connection, made[0], "org-b", "noy", now)
        assert await members.organisations_of(connection, made[0]) == {"org-a", "org-b"}
        assert sorted(await members.people_of(connection, "org-a")) == sorted(made)
        assert await members.take_away(connection, made[0], "org-a")
        assert not await members.take_away(connection, made[0], "org-a")
        await accounts.end(connection, vault, made[1], now)
        assert await members.people_of(connection, "org-a") == []
        assert await members.organisations_of(connection, made[1]) == frozenset()
        assert await members.organisations_of(connection, made[0]) == {"org-b"}
