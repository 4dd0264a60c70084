"""Methods that put messages on a phone, change them, or take them away."""

from datetime import timedelta
from typing import Any

from thangdee.bot.simulator.faults import ApiError, bad_request
from thangdee.bot.simulator.markup import inline_rows, keyboard_change, required_text, visible_text
from thangdee.bot.simulator.params import Params
from thangdee.bot.simulator.records import Media, Message, Rows, Sent
from thangdee.bot.simulator.telegram import FakeTelegram
from thangdee.bot.simulator.world import Bot, Chat

DELETABLE_FOR = timedelta(hours=48)
_QUERY_LIVES = timedelta(minutes=15)
_ACTIONS = frozenset(
    {"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document"}
    | {"choose_sticker", "find_location", "record_video_note", "upload_video_note"},
)
_MIME = {"voice": "audio/ogg", "photo": "image/jpeg"}


def send_message(fake: FakeTelegram, bot: Bot, params: Params) -> Any:  # noqa: ANN401 - JSON
    """Send a text (sendMessage)."""
    chat = _chat(fake, bot, params)
    text = required_text(params.text("text"), params.text("parse_mode"))
    return _send(fake, chat, params, "sendMessage", text=text)


def send_voice(fake: FakeTelegram, bot: Bot, params: Params) -> Any:  # noqa: ANN401 - JSON
    """Send a voice note (sendVoice)."""
    return _send_file(fake, bot, params, "voice")


def send_photo(fake: FakeTelegram, bot: Bot, params: Params) -> Any:  # noqa: ANN401 - JSON
    """Send a photo (sendPhoto)."""
    return _send_file(fake, bot, params, "photo")


def send_document(fake: FakeTelegram, bot: Bot, params: Params) -> Any:  # noqa: ANN401 - JSON
    """Send any file (sendDocument)."""
    return _send_file(fake, bot, params, "document")


def send_location(fake: FakeTelegram, bot: Bot, params: Params) -> Any:  # noqa: ANN401 - JSON
    """Send a place (sendLocation)."""
    chat = _chat(fake, bot, params)
    place = (params.number("latitude"), params.number("longitude"))
    return _send(fake, chat, params, "sendLocation", place=place)


def send_chat_action(fake: FakeTelegram, bot: Bot, params: Params) -> bool:
    """Show "typing" and the like (sendChatAction)."""
    chat = _chat(fake, bot, params)
    if params.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    fake.show(chat, "typing", text=params.text("action"))
    return True


def edit_message_text(fake: FakeTelegram, bot: Bot, params: Params) -> Any:  # noqa: ANN401 - JSON
    """Change a text (editMessageText); a missing reply_markup takes the buttons away, as with Telegram."""
    chat, message = _own_message(fake, bot, params)
    text = required_text(params.text("text"), params.text("parse_mode"))
    if message.media is not None or message.place is not None:
        raise bad_request("there is no text in the message to edit")
    return _change(fake, chat, message, params, "editMessageText", text)


def edit_message_reply_markup(fake: FakeTelegram, bot: Bot, params: Params) -> Any:  # noqa: ANN401 - JSON
    """Change the buttons only (editMessageReplyMarkup)."""
    chat, message = _own_message(fake, bot, params)
    return _change(fake, chat, message, params, "editMessageReplyMarkup", message.text)


def delete_message(fake: FakeTelegram, bot: Bot, params: Params) -> bool:
    """Take one message away on both sides, while younger than 48 h (deleteMessage)."""
    chat = _chat(fake, bot, params)
    message = chat.messages.get(params.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to delete not found")
    _must_be_young(fake, message)
    fake.remove_message(chat, message.message_id)
    return True


def delete_messages(fake: FakeTelegram, bot: Bot, params: Params) -> bool:
    """Take 1-100 messages away: unknown ones are skipped, one that is too old refuses all (deleteMessages)."""
    chat = _chat(fake, bot, params)
    ids = params.json("message_ids")
    if not isinstance(ids, list) or not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > 100:
        raise bad_request("too many message identifiers specified")
    found = [chat.messages[one] for one in dict.fromkeys(ids) if isinstance(one, int) and one in chat.messages]
    for message in found:
        _must_be_young(fake, message)
    for message in found:
        fake.remove_message(chat, message.message_id)
    return True


def answer_callback_query(fake: FakeTelegram, bot: Bot, params: Params) -> bool:
    """Answer a tap; the text is shown for a moment (answerCallbackQuery)."""
    chat_id, asked_at = bot.queries.pop(params.text("callback_query_id"), (0, None))
    if asked_at is None or fake.now() - asked_at > _QUERY_LIVES:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(params.text("text")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    fake.show(fake.chats[chat_id], "notice", text=params.text("text"))
    return True


def _send_file(fake: FakeTelegram, bot: Bot, params: Params, kind: str) -> Any:  # noqa: ANN401 - JSON
    chat = _chat(fake, bot, params)
    media = _media(fake, params, kind)
    caption = visible_text(params.text("caption"), params.text("parse_mode"), longest=1024, what="caption")
    return _send(fake, chat, params, f"send{kind.capitalize()}", text=caption, media=media)


def _media(fake: FakeTelegram, params: Params, kind: str) -> Media:
    upload = params.upload(kind)
    if upload is None:
        if kind not in params:
            raise bad_request(f"there is no {kind} in the request")
        known = fake.files.get(params.text(kind))
        if known is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return known
    if not upload.content:
        raise bad_request("file must be non-empty")
    mime_type = _MIME.get(kind, upload.mime_type)
    return fake.store_file(kind, upload.content, mime_type, seconds=params.integer("duration"), name=upload.name)


def _send(
    fake: FakeTelegram,
    chat: Chat,
    params: Params,
    method: str,
    *,
    text: str = "",
    media: Media | None = None,
    place: tuple[float, float] | None = None,
) -> Any:  # noqa: ANN401 - JSON
    markup = params.json("reply_markup")
    buttons, keyboard = inline_rows(markup), keyboard_change(markup)
    _must_be_known(chat, params)
    message = Message(
        chat.bot.take_message_id(),
        from_bot=True,
        at=fake.now(),
        text=text,
        media=media,
        place=place,
        buttons=buttons,
        protected=params.flag("protect_content"),
    )
    if keyboard is not None:
        chat.keyboard = keyboard
        fake.show(chat, "keyboard")
    fake.add_message(chat, message)
    fake.record(_sent(fake, chat, message, params, method, keyboard))
    return fake.message_json(chat, message)


def _change(fake: FakeTelegram, chat: Chat, message: Message, params: Params, method: str, text: str) -> Any:  # noqa: ANN401
    buttons: Rows = inline_rows(params.json("reply_markup"))
    if (text, buttons) == (message.text, message.buttons):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the "
            "same as a current content and reply markup of the message"
        )
    message.text, message.buttons, message.edited_at = text, buttons, fake.now()
    fake.show(chat, "message", message.message_id)
    fake.record(_sent(fake, chat, message, params, method, None))
    return fake.message_json(chat, message)


def _sent(fake: FakeTelegram, chat: Chat, message: Message, params: Params, method: str, keyboard: Rows | None) -> Sent:
    return Sent(
        at=fake.now(),
        bot=chat.bot.bot_id,
        chat_id=chat.chat_id,
        message_id=message.message_id,
        method=method,
        text=message.text,
        buttons=message.buttons,
        keyboard=keyboard,
        media=message.media,
        payload=params.values,
    )


def _chat(fake: FakeTelegram, bot: Bot, params: Params) -> Chat:
    if not params.text("chat_id"):
        raise bad_request("chat_id is empty")
    if params.chat_id is None:
        raise bad_request("chat not found")
    return fake.chat_of(bot, params.chat_id)


def _own_message(fake: FakeTelegram, bot: Bot, params: Params) -> tuple[Chat, Message]:
    chat = _chat(fake, bot, params)
    message = chat.messages.get(params.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return chat, message


def _must_be_known(chat: Chat, params: Params) -> None:
    reply = params.json("reply_parameters")
    wanted = reply.get("message_id") if isinstance(reply, dict) else None
    optional = isinstance(reply, dict) and bool(reply.get("allow_sending_without_reply"))
    if wanted is not None and wanted not in chat.messages and not optional:
        raise bad_request("message to be replied not found")


def _must_be_young(fake: FakeTelegram, message: Message) -> None:
    if fake.now() - message.at >= DELETABLE_FOR:
        raise ApiError(400, "Bad Request: message can't be deleted for everyone")
