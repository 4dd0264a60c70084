"""The console process: staff pages, the directory's public API, health and readiness."""

import argparse
import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime

import uvicorn
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.bot.render import words_of
from thangdee.casework import shares
from thangdee.casework.chats import Chat
from thangdee.casework.complaint_rules import Complaint
from thangdee.casework.content.library import Library
from thangdee.casework.hold_rules import HoldRules
from thangdee.casework.outcomes import forgetting, late
from thangdee.casework.outcomes.case_terms import CaseTermsOf, sound_alike
from thangdee.console.account import add_account
from thangdee.console.alarms import add_alarms
from thangdee.console.app import bare_app
from thangdee.console.audit_page import add_audit
from thangdee.console.break_glass_page import add_break_glass
from thangdee.console.complaints_page import Answering, Knock, add_complaints
from thangdee.console.confirming import add_confirming
from thangdee.console.content.pages import add_content
from thangdee.console.court_page import add_court, court_seen
from thangdee.console.desk import add_desk
from thangdee.console.directory.pages import add_directory
from thangdee.console.directory_api import directory_api
from thangdee.console.duty_page import add_duty
from thangdee.console.enquiries.counts_page import add_counts
from thangdee.console.enquiries.pages import add_enquiries
from thangdee.console.enquiries.release_asking import add_release_asking
from thangdee.console.enquiries.release_page import add_release_pages
from thangdee.console.enquiries.release_seen import release_seen
from thangdee.console.enrolment import add_enrolment
from thangdee.console.family_wanted_page import add_family_wanted
from thangdee.console.gate import StaffGate
from thangdee.console.health import add_health_page, health_app
from thangdee.console.held_page import add_held
from thangdee.console.lessons_page import Teaching, add_lessons
from thangdee.console.live import add_live
from thangdee.console.media_routes import add_media
from thangdee.console.metrics import add_metrics
from thangdee.console.notices_page import add_notices
from thangdee.console.officers_page import add_officers
from thangdee.console.passkey_routes import add_passkeys
from thangdee.console.provider.pages import add_provider
from thangdee.console.providers import add_providers
from thangdee.console.referrals.pages import add_referrals
from thangdee.console.shared import Console
from thangdee.console.shelter.pages import add_shelter
from thangdee.console.shelter.wishes_page import add_wishes
from thangdee.console.sign_in import add_sign_in
from thangdee.console.staff_pages import add_staff_pages
from thangdee.console.talk_deeds import add_talk_deeds
from thangdee.console.team import add_team
from thangdee.core import heartbeats
from thangdee.core.change_feed import ChangeFeed, sources
from thangdee.core.errors import StoreAwayError
from thangdee.core.logs import report
from thangdee.core.settings import Settings
from thangdee.flows import complaints
from thangdee.flows.help_cards import details
from thangdee.flows.intents import risks
from thangdee.flows.reply import Reply
from thangdee.processes.lessons import place_spans
from thangdee.processes.library import library
from thangdee.processes.mailing import mail_server
from thangdee.processes.talking import talk_tools
from thangdee.processes.wiring import Installation, need_real, open_installation
from thangdee.referral_directory.model import Listing

_FACTS_EVERY_SECONDS = 30
_STREAMS_END_SECONDS = 2


@dataclass
class StaffConsole:
    """The staff pages as an application, and what must run beside it."""

    installation: Installation
    origin: str
    feed: ChangeFeed = field(init=False)
    texts: Library = field(init=False)
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        settings = self.installation.settings
        self.feed = ChangeFeed(sources(settings.database, settings.redis_url))
        self.texts = library(lambda: self.installation.shown)
        self.app = self._made()

    async def keep(self) -> None:
        """Follow what changes, and keep texts, figures and the directory fresh, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.feed.run())
            group.create_task(self._keep_facts())
            group.create_task(self._sweep())
            here, kind = self.installation, heartbeats.CONSOLE
            group.create_task(heartbeats.keep_beating(here.database, here.clock, kind, kind))

    def _made(self) -> FastAPI:
        here = self.installation
        database, vault, clock, demo = here.database, here.vault, here.clock, here.settings.demo
        console = Console(database, vault, clock, self.texts.about_answer, self.origin, demo)
        rules = HoldRules(CaseTermsOf(vault, clock), sound_alike)  # only the console knows of whom (R12, R19)
        tools = talk_tools(here, rules)
        app = bare_app(StaffGate(database, vault, clock))
        for add in (
            add_sign_in, add_enrolment, add_passkeys, add_confirming, add_account, add_staff_pages, add_notices,
            add_alarms, add_duty, add_held, add_audit, add_team, add_health_page,
        ):  # fmt: skip
            add(app, console)
        teaching = Teaching(tuple(risks()), place_spans)
        add_desk(app, console, teaching)
        add_talk_deeds(app, console, tools)
        add_lessons(app, console, teaching)
        add_live(app, console, self.feed, shares.may_read)
        add_media(app, console, may_read=shares.may_read)
        add_provider(app, console, self.feed)
        add_providers(app, console, has_mail=mail_server(here.settings) is not None)
        add_referrals(app, console, lambda: here.directory, court_seen)
        add_enquiries(app, console, release_seen)
        for add in (add_release_asking, add_release_pages, add_counts, add_wishes):
            add(app, console)
        add_court(app, console)
        add_complaints(app, console, Answering(knock_for(here), rules, lambda: here.directory))
        for add_page in (add_shelter, add_officers, add_family_wanted):
            add_page(app, console)
        add_break_glass(app, console, here.settings.on_call_chats)
        add_content(app, console, self.texts, place_spans)
        add_directory(app, console, chat_card)
        return app

    async def _keep_facts(self) -> None:
        while True:
            try:
                await self.installation.refresh_figures()
                await self.installation.refresh_directory()
                async with self.installation.database.read() as connection:
                    await self.texts.refresh(connection)
            except StoreAwayError as error:
                report("store_away", error)
            await asyncio.sleep(_FACTS_EVERY_SECONDS)

    async def _sweep(self) -> None:
        """Remove what may not be kept of enquiries' outcomes: no other process opens them (R12, R25)."""
        here = self.installation
        while True:
            try:
                await forgetting.sweep_all(here.database, here.vault, here.clock.now())
                await late.tell_all(here.database, here.clock.now())
            except StoreAwayError as error:
                report("store_away", error)
            await asyncio.sleep(forgetting.EVERY_SECONDS)


def knock_for(here: Installation) -> Knock:
    """Return what queues the neutral line for a person whose complaint was answered."""

    async def knock(connection: AsyncConnection, whose: Chat, one: Complaint, now: datetime) -> None:
        await complaints.knock(here.outward()(connection, whose, now, f"complaint:{one.id}"), one)

    return knock


def chat_card(listing: Listing, language: str, today: date) -> str:
    """Return what the chat tells of an entry of the directory."""
    return words_of(Reply(details(listing, language, today)), language)


async def run_console(installation: Installation) -> None:
    """Serve on loopback until cancelled. Raises NotReadyError in a demo."""
    need_real(installation.settings)
    staff = StaffConsole(installation, installation.settings.console_origin)
    app = health_app(installation.database, installation.clock)
    add_metrics(app, installation.database, installation.vault, installation.clock, installation.settings.metrics_token)
    app.mount("/hsds", directory_api(installation.database, installation.clock))
    app.mount("/", staff.app)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=installation.settings.console_port, log_config=None, access_log=False,
        timeout_graceful_shutdown=_STREAMS_END_SECONDS,
    )  # fmt: skip
    keeping = asyncio.create_task(staff.keep())
    try:
        await uvicorn.Server(config).serve()
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def command(_chosen: argparse.Namespace, settings: Settings) -> None:
    """Run `thangdee console`."""
    await run_console(open_installation(settings, with_outcomes=True))
