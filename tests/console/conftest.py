"""A desk with made-up chats: one cry for help, one matter of high risk with a yes, one quiet chat."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from tests.conftest import SetClock
from tests.console.signing_in import ORIGIN, sign_in
from thangdee.bot.simulator import FakeTelegram
from thangdee.casework import alerts, consent, transcripts
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chat, Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.staff.roles import Role
from thangdee.casework.transcripts import Direction, Line
from thangdee.processes.console import StaffConsole
from thangdee.processes.demo import demo_app
from thangdee.processes.wiring import Installation

LAO = "ນາຍຈ້າງຍຶດໜັງສືຜ່ານແດນຂອງຂ້ອຍໄວ້ ຂ້ອຍຄວນເຮັດແນວໃດ"
THAI = "ช่วยด้วย มีคนขังฉันไว้ในห้อง"
MARKUP = "<img src=x onerror=alert(1)><b>bold</b>"


@dataclass(frozen=True)
class People:
    """Ids of the chats."""

    crying: str
    asking: str
    quiet: str


@pytest.fixture
async def people(installation: Installation, clock: SetClock) -> People:
    async with installation.database.write() as connection:
        asking = await _chat(connection, installation, 1, "lo")
        await _agree(connection, asking, clock)
        await _say(connection, installation, asking, Direction.IN, {"text": "s:", "deed": "press"})
        await _say(connection, installation, asking, Direction.IN, {"text": "i:documents_held", "deed": "press"})
        await _say(
            connection, installation, asking, Direction.IN, {"text": LAO, "deed": "text"}, "documents_held", "high"
        )
        keys = ["answers.documents_held", "numbers.th_labour_office", "chat.offer_person"]
        await _say(connection, installation, asking, Direction.BOT, {"say": keys})
        await _say(
            connection, installation, asking, Direction.IN, {"deed": "location", "latitude": 17.88, "longitude": 102.74}
        )
        await _say(connection, installation, asking, Direction.IN, {"deed": "voice", "file_id": "made-up"})
        await _say(
            connection, installation, asking, Direction.IN, {"text": MARKUP, "deed": "text"}, "out_of_scope", "none"
        )
        await alerts.raise_alert(connection, asking.id, Urgency.HIGH, "documents_held", clock.now())
        clock.advance(timedelta(minutes=12))
        quiet = await _chat(connection, installation, 2, "en")
        await alerts.raise_alert(connection, quiet.id, Urgency.PERSON, "photo", clock.now())
        clock.advance(timedelta(minutes=3))
        crying = await _chat(connection, installation, 3, "th")
        await alerts.raise_alert(connection, crying.id, Urgency.IMMEDIATE, "danger_now", clock.now())
        await alerts.raise_alert(connection, crying.id, Urgency.IMMEDIATE, "danger_now", clock.now())
        await _say(
            connection, installation, crying, Direction.IN, {"text": THAI, "deed": "text"}, "danger_now", "immediate"
        )
        await _say(connection, installation, crying, Direction.BOT, {"say": ["crisis.danger_now", "crisis.duty_off"]})
        clock.advance(timedelta(seconds=40))
    return People(crying.id, asking.id, quiet.id)


@pytest.fixture
def fake(clock: SetClock) -> FakeTelegram:
    return FakeTelegram(now=clock.now)


@pytest.fixture
def staff_console(installation: Installation) -> StaffConsole:
    return StaffConsole(installation, ORIGIN)


@pytest.fixture
def staff_app(staff_console: StaffConsole):
    """The console alone, as a real hotline serves it."""
    return staff_console.app


@pytest.fixture
async def noy(installation: Installation) -> dict[str, str]:
    """The session of a made-up counsellor."""
    return await sign_in(installation, Role.COUNSELLOR, name="noy")


@pytest.fixture
def app(fake: FakeTelegram, installation: Installation, staff_console: StaffConsole):
    """The phone page with the console beside it, as the demo serves them."""
    return demo_app(fake, installation, staff_console)


async def _chat(connection, installation, address, language) -> Chat:
    chats = Chats(connection, installation.vault)
    made = await chats.of(address, installation.clock.now())
    await chats.save(replace(made, language=language))
    return await chats.get(made.id)


async def _agree(connection, talk, clock) -> None:
    await consent.record(connection, talk, Purpose.KEEP_CHAT, is_yes=True, given_by=GivenBy.TAPPED, now=clock.now())


async def _say(connection, installation, talk, who, body, intent=None, risk=None) -> None:
    installation.clock.advance(timedelta(seconds=20))
    line = Line(who, installation.clock.now(), body, intent, risk)
    await transcripts.keep(connection, installation.vault, talk, line)
