"""The methods the fake Bot API serves, by their names in lower case."""

import asyncio
from collections.abc import Callable
from typing import Any

from thangdee.bot.simulator import profile, sending
from thangdee.bot.simulator.bell import Deadline
from thangdee.bot.simulator.faults import ApiError
from thangdee.bot.simulator.params import Params
from thangdee.bot.simulator.telegram import FakeTelegram
from thangdee.bot.simulator.world import Bot

Method = Callable[[FakeTelegram, Bot, Params], Any]

_LIMITED = frozenset(
    {"sendmessage", "sendvoice", "sendphoto", "senddocument", "sendlocation"}
    | {"editmessagetext", "editmessagereplymarkup"},
)


def _setter(what: str) -> Method:
    return lambda _fake, bot, params: profile.set_text(what, bot, params)


def _getter(what: str) -> Method:
    return lambda _fake, bot, params: profile.get_text(what, bot, params)


METHODS: dict[str, Method] = {
    "getme": profile.get_me,
    "setwebhook": profile.set_webhook,
    "deletewebhook": profile.delete_webhook,
    "getwebhookinfo": profile.get_webhook_info,
    "sendmessage": sending.send_message,
    "sendvoice": sending.send_voice,
    "sendphoto": sending.send_photo,
    "senddocument": sending.send_document,
    "sendlocation": sending.send_location,
    "sendchataction": sending.send_chat_action,
    "editmessagetext": sending.edit_message_text,
    "editmessagereplymarkup": sending.edit_message_reply_markup,
    "deletemessage": sending.delete_message,
    "deletemessages": sending.delete_messages,
    "answercallbackquery": sending.answer_callback_query,
    "getfile": profile.get_file,
    "getchat": profile.get_chat,
    "leavechat": profile.leave_chat,
    "setmycommands": profile.set_my_commands,
    "getmycommands": profile.get_my_commands,
    "deletemycommands": profile.delete_my_commands,
    "setmyname": _setter("name"),
    "getmyname": _getter("name"),
    "setmydescription": _setter("description"),
    "getmydescription": _getter("description"),
    "setmyshortdescription": _setter("short_description"),
    "getmyshortdescription": _getter("short_description"),
    "setchatmenubutton": profile.set_chat_menu_button,
    "getchatmenubutton": profile.get_chat_menu_button,
}


async def perform(fake: FakeTelegram, bot: Bot, name: str, params: Params) -> Any:  # noqa: ANN401 - JSON
    """Carry out a method and give its result; raises ApiError."""
    lower = name.lower()
    if lower == "getupdates":
        return await get_updates(fake, bot, params)
    method = METHODS.get(lower)
    if method is None:
        raise ApiError(404, "Not Found")
    if fake.limits is not None and lower in _LIMITED and params.chat_id is not None:
        fake.limits.spend(params.chat_id)
    return method(fake, bot, params)


async def get_updates(fake: FakeTelegram, bot: Bot, params: Params) -> list[Any]:
    """Long polling: the offset confirms; a newer call ends an older one with a 409."""
    profile.must_not_have_webhook(bot)
    bot.polls += 1
    ticket = bot.polls
    fake.bell.ring()
    profile.set_allowed_updates(bot, params)
    bot.queue.expire(fake.now())
    bot.queue.confirm(params.integer("offset") or 0)
    limit = min(max(params.integer("limit") or 100, 1), 100)
    deadline = Deadline(min(max(params.integer("timeout") or 0, 0), 50))
    # The bell is rung once more for those who wait until all updates are confirmed.
    fake.bell.ring()
    await asyncio.sleep(0)
    return await _batch(fake, bot, ticket, limit, deadline)


async def _batch(fake: FakeTelegram, bot: Bot, ticket: int, limit: int, deadline: Deadline) -> list[Any]:
    while True:
        profile.must_not_have_webhook(bot)
        if bot.polls != ticket:
            raise ApiError(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        if fake.outage:
            raise ApiError(502, "Bad Gateway")
        batch = bot.queue.peek(limit)
        if batch or fake.closed or deadline.left <= 0:
            return batch
        await fake.bell.wait(deadline.left)
