"""What people of a receiver do with a referral, each one step of steps.py; whose it is not gets nowhere (R41)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers import receiving
from thangdee.casework.providers.reasons import CONTACTED, DECLINE, GIVE_BACK, OUTCOMES
from thangdee.casework.referrals import deeds, questions, steps
from thangdee.casework.referrals.model import Matter, ReferralState, Speed
from thangdee.casework.referrals.steps import Stepped
from thangdee.casework.referrals.tables import matter_step
from thangdee.core.errors import ThangdeeError
from thangdee.core.vault import Vault

# So far ahead contact may be promised; what is urgent is for today.
LONGEST_PROMISE = {Speed.URGENT: timedelta(hours=24), Speed.ORDINARY: timedelta(days=7)}
MOST_TRIES = 3
_TRY_AGAIN = "try_again"


class UnfitTimeError(ThangdeeError):
    """The time lies behind us, or too far ahead."""

    code = "unfit_time"


class UnknownReasonError(ThangdeeError):
    """No reason of the list was chosen."""

    code = "unknown_reason"


class NoMoreTriesError(ThangdeeError):
    """It was tried three times: now it goes back."""

    code = "no_more_tries"


class Answering:
    """The deeds of one person of a receiver with one referral, in the transaction of the caller's.

    All raise NotTheirsError, StepRefusedError where the matter has moved on.
    """

    def __init__(
        self, connection: AsyncConnection, vault: Vault, referral_id: str, staff_id: str, now: datetime
    ) -> None:
        self._connection = connection
        self._vault = vault
        self._referral = referral_id
        self._staff = staff_id
        self._now = now

    async def accept(self, contact_by: datetime) -> None:
        """Take it on and promise when contact is made. Raises UnfitTimeError."""
        await self._check_promise(contact_by)
        await self._take("accept", lambda one: steps.accept(one, self._referral, contact_by, self._now))

    async def decline(self, reason: str) -> None:
        """They cannot. Raises UnknownReasonError."""
        _need(reason, DECLINE)
        await self._take("decline", lambda one: steps.decline(one, self._referral, reason, self._now))

    async def contacted(self, how: str) -> None:
        """They have spoken with the person. Raises UnknownReasonError."""
        _need(how, CONTACTED)
        await self._take("contact", lambda one: steps.contact(one, self._referral, self._now, how))

    async def try_again(self, contact_by: datetime) -> None:
        """They could not reach the person and say when they try again. Raises UnfitTimeError, NoMoreTriesError."""
        await self._check_promise(contact_by)
        await self._take(_TRY_AGAIN, lambda one: steps.try_again(one, self._referral, contact_by, self._now))
        received = await self._find()
        if await tries(self._connection, received) > MOST_TRIES:
            raise NoMoreTriesError("it was tried three times")

    async def give_back(self, reason: str) -> None:
        """They took it on and cannot go on. Raises UnknownReasonError."""
        _need(reason, GIVE_BACK)
        await self._take("give_back", lambda one: steps.give_back(one, self._referral, reason, self._now))

    async def helped(self) -> None:
        """The person was helped."""
        await self._take("help", lambda one: steps.help_(one, self._referral, self._now))

    async def close(self, outcome: str) -> None:
        """Say what came of it, and end. Raises UnknownReasonError."""
        _need(outcome, OUTCOMES)
        await self._take("close", lambda one: steps.close_referral(one, self._referral, outcome, self._now))

    async def ask(self, code: str, words: str) -> None:
        """Ask the person one of the fixed questions, or staff in free words.

        Raises UnfitQuestionError, TooManyQuestionsError.
        """
        await self._find()
        here, vault = self._connection, self._vault
        if code == questions.WORDS:
            await questions.ask_staff(here, vault, self._referral, words, self._staff, self._now)
        else:
            await questions.ask_person(here, vault, self._referral, code, self._staff, self._now)

    async def _find(self) -> receiving.Received:
        return await receiving.find(self._connection, self._referral, self._staff, self._now)

    async def _take(self, name: str, step: Callable[[Matter], Stepped]) -> None:
        received = await self._find()
        await deeds.take_step(
            self._connection, self._vault, received.matter.id, step, name=name, actor=self._staff, now=self._now
        )

    async def _check_promise(self, contact_by: datetime) -> None:
        received = await self._find()
        if not self._now <= contact_by <= self._now + LONGEST_PROMISE[received.speed]:
            raise UnfitTimeError("not a time to promise")


async def tries(connection: AsyncConnection, received: receiving.Received) -> int:
    """Return how often they could not reach the person since it was accepted."""
    if received.referral.state is not ReferralState.ACCEPTED:
        return 0
    is_try = (matter_step.c.matter_id == received.matter.id) & (matter_step.c.step == _TRY_AGAIN)
    since = is_try & (matter_step.c.at >= received.referral.offered_at)
    return int((await connection.execute(select(func.count()).where(since))).scalar_one())


def _need(chosen: str, allowed: tuple[str, ...]) -> None:
    if chosen not in allowed:
        raise UnknownReasonError("not one of the list")
