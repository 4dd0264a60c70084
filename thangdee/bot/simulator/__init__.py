"""Fake Bot API and phone simulator: Telegram as tests, `converse` and the demo meet it."""

from thangdee.bot.simulator.app import create_app
from thangdee.bot.simulator.phone import BotIsBlockedError, NoSuchButtonError, Phone
from thangdee.bot.simulator.records import Bubble, Button, Call, Media, Screen, Sent
from thangdee.bot.simulator.server import serve
from thangdee.bot.simulator.telegram import FakeTelegram

__all__ = [
    "BotIsBlockedError",
    "Bubble",
    "Button",
    "Call",
    "FakeTelegram",
    "Media",
    "NoSuchButtonError",
    "Phone",
    "Screen",
    "Sent",
    "create_app",
    "serve",
]
