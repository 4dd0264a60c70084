"""The demo's made-up receivers: a matter that is sent in it reaches somebody, and somebody can answer."""

from telegram import Bot
from telegram.request import HTTPXRequest

from tests.clock import SetClock
from thangdee.bot.simulator import FakeTelegram, create_app, serve
from thangdee.bot.simulator.world import GROUP
from thangdee.casework.providers import channels, members
from thangdee.casework.staff import accounts
from thangdee.processes.demo_receivers import plant_receivers
from thangdee.processes.wiring import Installation

TOKEN = "77:made-up"


async def test_every_sample_organisation_can_be_told_and_has_somebody_who_answers(
    installation: Installation, clock: SetClock
) -> None:
    await installation.refresh_directory()
    samples = {one.organisation.id for one in installation.directory.listings if one.is_sample}
    async with installation.database.write() as connection:
        await plant_receivers(connection, installation.vault, installation.directory, -1_000_077, clock.now())
        chan = await accounts.by_name(connection, "sample-provider")
        theirs = await members.organisations_of(connection, chan.id)
        ways = [await channels.live(connection, one) for one in samples]

    assert len(samples) > 3
    assert theirs == samples
    assert [len(one) for one in ways] == [1] * len(samples)


async def test_a_group_of_the_simulator_hears_the_bot(clock: SetClock) -> None:
    fake = FakeTelegram(now=clock.now)
    group = fake.new_phone("sample group", token=TOKEN, kind=GROUP)
    async with serve(create_app(fake)) as url:
        bot = Bot(TOKEN, base_url=f"{url}/bot", request=HTTPXRequest())
        async with bot:
            await bot.send_message(group.chat_id, "made up")

    assert group.chat_id < 0
    assert [one.text for one in fake.sent_to(group.chat_id)] == ["made up"]
