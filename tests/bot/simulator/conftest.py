"""A fake Telegram with a clock that tests move, served on a real port, and a small bot that answers by fixed rules."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup, Update
from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

from thangdee.bot.simulator import FakeTelegram, create_app, serve

TOKEN = "1234567:sample-token"
LAO = (
    "ກ່ອນໄປເຮັດວຽກ ໃຫ້ຖາມຊື່ນາຍຈ້າງ, ທີ່ຢູ່ ແລະ ຄ່າແຮງກ່ອນ. ເກັບໜັງສືຜ່ານແດນໄວ້ກັບຕົວເອງ.\n"
    "ບໍ່ຕ້ອງຈ່າຍເງິນໃຫ້ໃຜ ເພື່ອຈະໄດ້ວຽກ. ຖ້າບໍ່ແນ່ໃຈ ຖາມພວກເຮົາໄດ້ທຸກເວລາ."
)
THAI = (
    "ก่อนไปทำงาน ถามชื่อนายจ้าง ที่อยู่ และค่าแรงให้แน่ใจก่อน เก็บหนังสือเดินทางไว้กับตัวเอง\n"
    "ไม่ต้องจ่ายเงินให้ใครเพื่อให้ได้งาน ถ้าไม่แน่ใจ ถามเราได้ทุกเวลา"
)
LANGUAGES = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("ລາວ", callback_data="lo"), InlineKeyboardButton("ไทย", callback_data="th")],
        [InlineKeyboardButton("English", callback_data="en")],
    ],
)
LAO_NEXT = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("ບ່ອນຊ່ວຍເຫຼືອທີ່ໃກ້ທີ່ສຸດ", callback_data="near")],
        [InlineKeyboardButton("ລົມກັບຄົນ", callback_data="person"), InlineKeyboardButton("ເມນູ", callback_data="menu")],
    ],
)
THAI_NEXT = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("ที่ช่วยเหลือใกล้ที่สุด", callback_data="near")],
        [InlineKeyboardButton("คุยกับคน", callback_data="person"), InlineKeyboardButton("เมนู", callback_data="menu")],
    ],
)
KEYS = ReplyKeyboardMarkup(
    [["ດ່ວນ · ด่วน"], ["ເມນູ", KeyboardButton("ບ່ອນຢູ່", request_location=True)]],
    resize_keyboard=True,
)


class Clock:
    def __init__(self):
        self.at = datetime(2030, 1, 1, 8, 0, tzinfo=UTC)

    def __call__(self):
        return self.at

    def move(self, **by):
        self.at += timedelta(**by)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def fake(clock):
    return FakeTelegram(clock, seed=7, webhook_delays=(0.01, 0.02, 0.05))


@pytest.fixture
async def url(fake):
    async with serve(create_app(fake, staff_url="/static/icon.svg")) as base:
        yield base


def make_bot(url, token=TOKEN):
    return Bot(
        token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot", request=HTTPXRequest(connection_pool_size=8)
    )


@pytest.fixture
async def bot(url):
    async with make_bot(url) as client:
        yield client


@pytest.fixture
def bot_with(url):
    return lambda token: make_bot(url, token)


@pytest.fixture
def phone(fake):
    one = fake.new_phone()
    one.start()
    return one


@pytest.fixture
async def answering(bot):
    task = asyncio.create_task(run_bot(bot))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def run_bot(bot: Bot) -> None:
    """Answer until cancelled."""
    offset = 0
    while True:
        try:
            for update in await bot.get_updates(offset=offset, timeout=20):
                offset = update.update_id + 1
                with suppress(TelegramError):
                    await answer(bot, update)
        except NetworkError:
            await asyncio.sleep(0.05)


async def answer(bot: Bot, update: Update) -> None:
    if update.callback_query:
        await update.callback_query.answer("ໄດ້ຮັບແລ້ວ")
        thai = update.callback_query.data == "th"
        await update.callback_query.edit_message_reply_markup(None)
        await bot.send_message(
            update.effective_chat.id, THAI if thai else LAO, reply_markup=THAI_NEXT if thai else LAO_NEXT
        )
    elif update.message:
        await answer_message(bot, update.message)


async def answer_message(bot: Bot, message) -> None:
    chat_id = message.chat.id
    if message.text == "/start":
        await bot.send_message(chat_id, "ສະບາຍດີ · สวัสดี", reply_markup=KEYS)
        await bot.send_message(chat_id, "ເລືອກພາສາ · เลือกภาษา", reply_markup=LANGUAGES)
    elif message.voice:
        data = await (await message.voice.get_file()).download_as_bytearray()
        await bot.send_message(chat_id, f"voice {message.voice.duration} {bytes(data[:4]).decode('latin-1')}")
    elif message.photo:
        data = await (await message.photo[-1].get_file()).download_as_bytearray()
        await bot.send_message(chat_id, f"photo {bytes(data[:3]).hex()}")
    elif message.location:
        await bot.send_message(chat_id, f"place {message.location.latitude:.2f} {message.location.longitude:.2f}")
    elif message.text:
        await bot.send_message(chat_id, f"{message.text} ✓")
