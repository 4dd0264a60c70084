"""First contact: language by one tap, consent asked shortly, help without either."""

from sqlalchemy import func, select

from tests.hotline import Hotline
from thangdee.casework.chats import chat
from thangdee.casework.consent import consent
from thangdee.casework.referrals.tables import matter
from thangdee.casework.transcripts import said
from thangdee.core.words import text


async def _count(hotline: Hotline, table) -> int:
    async with hotline.installation.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def test_start_greets_in_lao_and_thai_and_offers_languages_and_help(hotline: Hotline) -> None:
    phone = hotline.phone()

    [welcome] = await hotline.after(phone.start(), phone)

    assert text("chat.welcome", "lo") in welcome.text
    assert text("chat.welcome", "th") in welcome.text
    assert [button.data for row in welcome.buttons for button in row] == ["l:lo", "l:th", "l:en", "c:danger_now"]


async def test_a_tap_chooses_the_language(hotline: Hotline) -> None:
    phone = hotline.phone()
    await hotline.after(phone.start(), phone)

    [answer] = await hotline.press(phone, "l:th")

    assert answer.text.startswith(text("chat.language_set", "th"))
    assert text("consent.keep_chat", "th") in answer.text


async def test_a_first_message_is_answered_before_anything_is_asked(hotline: Hotline) -> None:
    phone = hotline.phone()

    answer, question = await hotline.say(phone, "ຢາກເຮັດໜັງສືຜ່ານແດນ ເຮັດຢູ່ໃສ")

    assert answer.text.startswith(text("answers.info_passport", "lo"))
    assert question.text == text("consent.keep_chat", "lo")


async def test_help_without_consent(hotline: Hotline) -> None:
    phone = hotline.phone()
    await hotline.choose(phone, "lo", keep=False)

    [answer] = await hotline.say(phone, "/menu")
    [passport] = await hotline.say(phone, "ຢາກເຮັດໜັງສືຜ່ານແດນ ເຮັດຢູ່ໃສ")

    assert "c:danger_now" in [button.data for row in answer.buttons for button in row]
    assert passport.text.startswith(text("answers.info_passport", "lo"))
    assert await _count(hotline, said) == 0


async def test_no_case_row_before_consent(hotline: Hotline) -> None:
    phone = hotline.phone()

    await hotline.say(phone, "ຢາກເຮັດໜັງສືຜ່ານແດນ ເຮັດຢູ່ໃສ")

    assert await _count(hotline, said) == 0
    assert await _count(hotline, consent) == 0
    assert await _count(hotline, matter) == 0
    assert await _count(hotline, chat) == 1


async def test_after_a_yes_the_words_are_kept_sealed(hotline: Hotline) -> None:
    phone = hotline.phone()
    await hotline.choose(phone, "lo", keep=True)

    await hotline.say(phone, "ຢາກເຮັດໜັງສືຜ່ານແດນ ເຮັດຢູ່ໃສ")

    async with hotline.installation.database.read() as connection:
        bodies = (await connection.execute(select(said.c.sealed_body))).scalars().all()
    assert len(bodies) >= 2
    assert all("ຜ່ານແດນ".encode() not in body for body in bodies)


async def test_profile_fields_not_persisted(hotline: Hotline) -> None:
    phone = hotline.phone("Canaryname")
    await hotline.choose(phone, "lo", keep=True)
    await hotline.say(phone, "ສະບາຍດີ")

    database_file = hotline.installation.settings.data_dir / "thangdee.db"
    stored = database_file.read_bytes() + database_file.with_suffix(".db-wal").read_bytes()

    assert b"Canaryname" not in stored
    assert str(phone.chat_id).encode() not in stored
