"""Methods about the bot itself, its webhook, its files and the people it knows."""

import re
from typing import Any
from urllib.parse import urlsplit

from thangdee.bot.simulator import render
from thangdee.bot.simulator.faults import ApiError, bad_request
from thangdee.bot.simulator.params import Params
from thangdee.bot.simulator.telegram import FakeTelegram
from thangdee.bot.simulator.world import Bot, Webhook

_BIGGEST_FILE = 20 * 1024 * 1024
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LONGEST = {"name": 64, "description": 512, "short_description": 120}


def get_me(fake: FakeTelegram, bot: Bot, params: Params) -> dict[str, Any]:  # noqa: ARG001 - all methods look alike
    """Give the bot as User (getMe)."""
    powers = ("can_read_all_group_messages", "supports_inline_queries", "can_connect_to_business", "has_main_web_app")
    return {**render.bot_user(bot.bot_id, bot.username), "can_join_groups": True, **dict.fromkeys(powers, False)}


def get_chat(fake: FakeTelegram, bot: Bot, params: Params) -> dict[str, Any]:
    """Give a private chat as ChatFullInfo (getChat)."""
    chat = fake.chats.get(params.chat_id or 0)
    if chat is None or chat.bot is not bot or not chat.opened:
        raise bad_request("chat not found")
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return {
        **render.chat(chat.chat_id, chat.first_name),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, True),
    }


def leave_chat(fake: FakeTelegram, bot: Bot, params: Params) -> bool:
    """Refuse: a private chat cannot be left (leaveChat)."""
    get_chat(fake, bot, params)
    raise bad_request("chat member status can't be changed in private chats")


def get_file(fake: FakeTelegram, bot: Bot, params: Params) -> dict[str, Any]:  # noqa: ARG001 - all methods look alike
    """Give a file's path, up to 20 MB (getFile)."""
    media = fake.files.get(params.text("file_id"))
    if media is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(media.content) > _BIGGEST_FILE:
        raise bad_request("file is too big")
    return render.file(media)


def set_webhook(fake: FakeTelegram, bot: Bot, params: Params) -> bool:
    """Set or, with an empty url, remove the webhook (setWebhook)."""
    url, secret = params.text("url"), params.text("secret_token")
    if not url:
        return delete_webhook(fake, bot, params)
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    set_allowed_updates(bot, params)
    _drop_pending(bot, params)
    bot.webhook = Webhook(url, secret, params.integer("max_connections") or 40)
    bot.polls += 1
    fake.bell.ring()
    return True


def delete_webhook(fake: FakeTelegram, bot: Bot, params: Params) -> bool:
    """Remove the webhook (deleteWebhook)."""
    _drop_pending(bot, params)
    bot.webhook = None
    fake.bell.ring()
    return True


def get_webhook_info(fake: FakeTelegram, bot: Bot, params: Params) -> dict[str, Any]:  # noqa: ARG001 - all methods look alike
    """Tell url, backlog and last error (getWebhookInfo)."""
    hook = bot.webhook
    info: dict[str, Any] = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.queue),
    }
    if bot.allowed_updates:
        info["allowed_updates"] = list(bot.allowed_updates)
    if hook:
        info["max_connections"] = hook.max_connections
    if hook and hook.last_error_at:
        info |= {"last_error_date": render.unix(hook.last_error_at), "last_error_message": hook.last_error}
    return info


def set_allowed_updates(bot: Bot, params: Params) -> None:
    """Remember allowed_updates when given; an empty list means the usual kinds."""
    kinds = params.json("allowed_updates")
    if isinstance(kinds, list):
        bot.allowed_updates = tuple(str(kind) for kind in kinds)


def set_text(what: str, bot: Bot, params: Params) -> bool:
    """Set name, description or short description for a language."""
    text = params.text(what)
    if len(text) > _LONGEST[what]:
        raise bad_request(f"bot {what.replace('_', ' ')} is too long")
    bot.profile[f"{what}:{params.text('language_code')}"] = text
    return True


def get_text(what: str, bot: Bot, params: Params) -> dict[str, str]:
    """Name, description or short description of a language, else the general one."""
    fallback = "Sample bot" if what == "name" else ""
    general = bot.profile.get(f"{what}:", fallback)
    return {what: bot.profile.get(f"{what}:{params.text('language_code')}") or general}


def set_my_commands(fake: FakeTelegram, bot: Bot, params: Params) -> bool:  # noqa: ARG001 - all methods look alike
    """Keep up to 100 commands for a scope and a language (setMyCommands)."""
    commands = params.json("commands")
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH" if isinstance(commands, list) else "can't parse commands JSON object")
    for command in commands:
        if not isinstance(command, dict) or not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
    bot.profile[_commands_key(params)] = commands
    return True


def get_my_commands(fake: FakeTelegram, bot: Bot, params: Params) -> Any:  # noqa: ANN401, ARG001 - JSON
    """Give the commands of exactly this scope and language (getMyCommands)."""
    return bot.profile.get(_commands_key(params), [])


def delete_my_commands(fake: FakeTelegram, bot: Bot, params: Params) -> bool:  # noqa: ARG001 - all methods look alike
    """Forget the commands of a scope and language (deleteMyCommands)."""
    bot.profile.pop(_commands_key(params), None)
    return True


def set_chat_menu_button(fake: FakeTelegram, bot: Bot, params: Params) -> bool:
    """Set the menu button, of a chat or of all (setChatMenuButton)."""
    if params.chat_id is not None:
        fake.chat_of(bot, params.chat_id)
    bot.profile[f"menu:{params.chat_id}"] = params.json("menu_button") or {"type": "default"}
    return True


def get_chat_menu_button(fake: FakeTelegram, bot: Bot, params: Params) -> Any:  # noqa: ANN401, ARG001 - JSON
    """Give the menu button of a chat or of all (getChatMenuButton)."""
    return bot.profile.get(f"menu:{params.chat_id}") or bot.profile.get("menu:None", {"type": "commands"})


def must_not_have_webhook(bot: Bot) -> None:
    """Raise the 409 of getUpdates while a webhook is set."""
    if bot.webhook is not None:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )


def _drop_pending(bot: Bot, params: Params) -> None:
    if params.flag("drop_pending_updates"):
        bot.queue.clear()


def _commands_key(params: Params) -> str:
    scope = params.json("scope") or {"type": "default"}
    return f"commands:{sorted(scope.items())}:{params.text('language_code')}"
