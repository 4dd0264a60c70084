"""The real python-telegram-bot client against the fake Bot API: messages, buttons, files, edits, deletions."""

import pytest
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest, Forbidden

from thangdee.bot.simulator import BotIsBlockedError, Button, NoSuchButtonError

YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("ແມ່ນ", callback_data="yes"), InlineKeyboardButton("ບໍ່", callback_data="no")]]
)


async def updates_of(bot, offset=0):
    return await bot.get_updates(offset=offset, timeout=0)


async def test_start_is_a_command_from_a_private_chat(bot, phone):
    (update,) = await updates_of(bot)

    assert update.message.text == "/start"
    assert update.message.entities[0].type == "bot_command"
    assert update.effective_chat.type == "private"
    assert update.effective_user.id == update.effective_chat.id == phone.chat_id


async def test_what_a_phone_wrote_before_the_first_call_reaches_the_first_bot(fake, phone, bot):
    phone.text("ສະບາຍດີ")

    assert [update.message.text for update in await updates_of(bot)] == ["/start", "ສະບາຍດີ"]


async def test_sent_message_is_recorded_and_shown(bot, fake, phone):
    message = await bot.send_message(
        phone.chat_id,
        "<b>ສະບາຍດີ</b> &amp; ດີໃຈ",
        parse_mode="HTML",
        reply_markup=YES_NO,
        protect_content=True,
        disable_notification=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )

    sent = fake.sent[-1]
    assert (sent.method, sent.chat_id, sent.message_id) == ("sendMessage", phone.chat_id, message.message_id)
    assert sent.text == message.text == "ສະບາຍດີ & ດີໃຈ"
    assert sent.buttons == ((Button("ແມ່ນ", "yes"), Button("ບໍ່", "no")),)
    assert message.has_protected_content
    assert phone.screen().texts[-1] == sent.text


@pytest.mark.parametrize("what", ["ບໍ່", "no", 2, "2"])
async def test_press_by_label_data_or_number_becomes_a_callback_query(bot, phone, what):
    message = await bot.send_message(phone.chat_id, "ແມ່ນບໍ່?", reply_markup=YES_NO)
    phone.press(what)

    query = (await updates_of(bot))[-1].callback_query
    assert (query.data, query.from_user.id) == ("no", phone.chat_id)
    assert query.message.message_id == message.message_id
    assert query.message.reply_markup == YES_NO
    assert await query.answer("ຂອບໃຈ")
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await query.answer()


async def test_press_takes_the_newest_message_that_has_the_button(bot, phone):
    await bot.send_message(phone.chat_id, "ເກົ່າ", reply_markup=YES_NO)
    newer = await bot.send_message(phone.chat_id, "ໃໝ່", reply_markup=YES_NO)
    await bot.send_message(phone.chat_id, "ບໍ່ມີປຸ່ມ")
    phone.press("yes")

    assert (await updates_of(bot))[-1].callback_query.message.message_id == newer.message_id


async def test_reply_keyboard_button_writes_its_label_until_removed(bot, phone):
    await bot.send_message(phone.chat_id, "ເລືອກ", reply_markup=ReplyKeyboardMarkup([["ເມນູ", "ດ່ວນ"]]))
    phone.press("ດ່ວນ")
    assert (await updates_of(bot))[-1].message.text == "ດ່ວນ"

    await bot.send_message(phone.chat_id, "ແລ້ວ", reply_markup=ReplyKeyboardRemove())
    with pytest.raises(NoSuchButtonError):
        phone.press("ດ່ວນ")


async def test_edited_text_and_buttons_replace_the_old_ones(bot, fake, phone):
    message = await bot.send_message(phone.chat_id, "ໜຶ່ງ", reply_markup=YES_NO)
    await message.edit_text("ສອງ", reply_markup=YES_NO)
    assert phone.screen().messages[-1].text == "ສອງ"
    await message.edit_reply_markup(None)

    assert phone.labels() == []
    assert [sent.method for sent in fake.sent] == ["sendMessage", "editMessageText", "editMessageReplyMarkup"]
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await message.edit_text("ສອງ")
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("x", phone.chat_id, 1)


async def test_person_edit_becomes_an_edited_message(bot, phone):
    phone.text("ສະບາຍ")
    own = phone.screen().messages[-1].message_id
    phone.edit(own, "ສະບາຍດີ")

    update = (await updates_of(bot))[-1]
    assert (update.edited_message.text, update.edited_message.message_id) == ("ສະບາຍດີ", own)
    assert update.edited_message.edit_date is not None


async def test_voice_up_and_down(bot, phone):
    phone.voice(3)
    voice = (await updates_of(bot))[-1].message.voice
    content = bytes(await (await voice.get_file()).download_as_bytearray())
    assert (voice.duration, voice.mime_type, voice.file_size) == (3, "audio/ogg", len(content))
    assert content.startswith(b"OggS")
    assert b"OpusHead" in content

    again = await bot.send_voice(phone.chat_id, voice.file_id)
    fresh = await bot.send_voice(phone.chat_id, content, duration=3, caption="ສຽງ")
    assert again.voice.file_id == voice.file_id
    assert (fresh.voice.duration, fresh.caption) == (3, "ສຽງ")
    assert phone.screen().messages[-1].media.content == content


async def test_photo_document_and_place_up_and_down(bot, phone):
    phone.photo()
    phone.location(15.12, 105.8)
    picture, place = (await updates_of(bot))[-2:]
    assert (await (await picture.message.photo[-1].get_file()).download_as_bytearray()).startswith(b"\x89PNG")
    assert place.message.location.latitude == 15.12

    sent = await bot.send_photo(phone.chat_id, b"\xff\xd8\xff picture", caption="ຮູບ")
    document = await bot.send_document(phone.chat_id, b"words", filename="a.txt")
    spot = await bot.send_location(phone.chat_id, 17.97, 102.6)
    assert sent.photo
    assert document.document.file_name == "a.txt"
    assert spot.location.longitude == 102.6
    assert [bubble.media.kind for bubble in phone.screen().messages[-3:-1]] == ["photo", "document"]


async def test_deletion_takes_both_sides_away_while_younger_than_48_hours(bot, phone, clock):
    theirs = phone.screen().messages[0].message_id
    ours = await bot.send_message(phone.chat_id, "ລຶບ")
    clock.move(hours=47, minutes=59)
    late = await bot.send_message(phone.chat_id, "ໃໝ່")

    assert await bot.delete_messages(phone.chat_id, [theirs, ours.message_id, 5])
    assert phone.screen().texts == ["ໃໝ່"]
    clock.move(hours=48)
    with pytest.raises(BadRequest, match=r"(?i)can't be deleted for everyone"):
        await late.delete()
    with pytest.raises(BadRequest, match=r"(?i)can't be deleted for everyone"):
        await bot.delete_messages(phone.chat_id, [late.message_id])
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await ours.delete()


async def test_deletion_takes_one_to_a_hundred_ids(bot, phone):
    with pytest.raises(BadRequest, match=r"(?i)too many message identifiers"):
        await bot.delete_messages(phone.chat_id, list(range(1, 102)))
    with pytest.raises(BadRequest, match=r"(?i)identifiers are not specified"):
        await bot.delete_messages(phone.chat_id, [])


@pytest.mark.parametrize(
    ("text", "extra", "why"),
    [
        ("", {}, "message text is empty"),
        (" \n ", {}, "text must be non-empty"),
        ("ກ" * 4097, {}, "message is too long"),
        ("<b>ກ", {"parse_mode": "HTML"}, "Can't find end tag"),
        ("<b>ກ</i>", {"parse_mode": "HTML"}, "Unmatched end tag at byte offset 6"),
        ("<script>x</script>", {"parse_mode": "HTML"}, 'Unsupported start tag "script"'),
    ],
)
async def test_bad_texts_get_telegrams_words(bot, phone, text, extra, why):
    with pytest.raises(BadRequest, match=rf"(?i){why}"):
        await bot.send_message(phone.chat_id, text, **extra)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([[InlineKeyboardButton("x", callback_data="ກ" * 22)]], "button_data_invalid"),
        ([[InlineKeyboardButton("x", callback_data="1")]] * 101, "[Rr]eply markup is too long"),
        ([[InlineKeyboardButton("x")]], "[Tt]ext buttons are unallowed"),
    ],
)
async def test_bad_buttons_get_telegrams_words(bot, phone, rows, why):
    with pytest.raises(BadRequest, match=rf"(?i){why}"):
        await bot.send_message(phone.chat_id, "x", reply_markup=InlineKeyboardMarkup(rows))


async def test_longest_text_and_longest_data_are_accepted(bot, phone):
    rows = [[InlineKeyboardButton("x", callback_data="ກ" * 21)]]
    message = await bot.send_message(phone.chat_id, "ກ" * 4096, reply_markup=InlineKeyboardMarkup(rows))
    assert len(message.text) == 4096


async def test_bot_cannot_write_first_nor_to_a_stranger(bot, fake):
    for chat_id in (fake.new_phone().chat_id, 42):
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(chat_id, "x")


async def test_blocked_bot_is_forbidden_until_unblocked(bot, phone):
    phone.block()
    assert (await updates_of(bot))[-1].my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(Forbidden, match=r"(?i)bot was blocked by the user"):
        await bot.send_message(phone.chat_id, "x")
    with pytest.raises(BotIsBlockedError):
        phone.text("x")
    phone.unblock()
    assert await bot.send_message(phone.chat_id, "x")


async def test_profile_and_small_methods_keep_what_was_set(bot, phone, fake):
    await bot.set_my_commands([("start", "ເລີ່ມ")], language_code="lo")
    await bot.set_my_name("ທາງດີ", language_code="lo")
    await bot.set_my_description("ຄຳອະທິບາຍ")
    await bot.set_my_short_description("ສັ້ນ")
    await bot.set_chat_menu_button(phone.chat_id)
    await bot.send_chat_action(phone.chat_id, "typing")

    assert [one.command for one in await bot.get_my_commands(language_code="lo")] == ["start"]
    assert (await bot.get_my_name("lo")).name == "ທາງດີ"
    assert (await bot.get_my_description("th")).description == "ຄຳອະທິບາຍ"
    assert (await bot.get_my_short_description()).short_description == "ສັ້ນ"
    assert (await bot.get_chat(phone.chat_id)).first_name == phone.label
    assert (await bot.get_me()).is_bot
    with pytest.raises(BadRequest, match=r"[Cc]hat member status"):
        await bot.leave_chat(phone.chat_id)
    assert phone.chat.events[-1].kind == "typing"


async def test_two_bots_do_not_see_each_others_chats(url, bot, bot_with, fake, phone):
    async with bot_with("7654321:other") as other:
        theirs = fake.new_phone(token="7654321:other")
        theirs.start()
        assert [update.effective_chat.id for update in await updates_of(other)] == [theirs.chat_id]
        with pytest.raises(BadRequest, match="Chat not found"):
            await other.send_message(phone.chat_id, "x")
