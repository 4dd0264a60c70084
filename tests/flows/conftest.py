"""What tests of the conversation share."""

from collections.abc import AsyncIterator

import pytest

from tests.clock import SetClock
from tests.hotline import Hotline, open_hotline
from thangdee.processes.rasa import free_port
from thangdee.processes.wiring import Installation


@pytest.fixture
async def clockless_hotline(installation: Installation, clock: SetClock) -> AsyncIterator[Hotline]:
    """The conversation with Rasa down and no worker: nothing is said but as an answer."""
    nobody = f"http://127.0.0.1:{free_port()}"
    async with open_hotline(installation, clock, rasa_url=nobody, rasa_token="none", worker=False) as opened:
        yield opened
