"""On a person's behalf: she talks with one of us, who writes down what she says. Nothing goes out by it."""

from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import consent, shares
from thangdee.casework.chats import Chats
from thangdee.casework.referrals import board, deeds, facts, steps, store
from thangdee.casework.referrals.field_words import CHOICES, PLACES, SEVERAL, code_words
from thangdee.casework.referrals.model import ENDED, SENSITIVE, Field, Matter, Said
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.referrals.answers_form import IN_WORDS, place_written, save
from thangdee.console.referrals.desk import Code, Matters, do, look, record
from thangdee.console.shared import go_to, language_of_page


def add_filling(app: FastAPI, matters: Matters) -> None:
    """Add beginning a matter, and its form."""
    _add_beginning(app, matters)
    _add_form(app, matters)


def _add_beginning(app: FastAPI, matters: Matters) -> None:
    vault = matters.console.vault

    @app.get("/chats/{chat}/referrals")
    @needs(Permission.WORK_REFERRALS)
    async def of_chat(request: Request, viewer: Viewer, chat: str, notice: str = "") -> Response:
        """The matters of a chat as headers, and beginning one."""
        now = matters.now
        async with matters.console.database.read() as connection:
            if not await shares.may_read(connection, chat, viewer, now):
                return matters.page(request, "gone", status=404)
            found = await store.matters_of(connection, chat)
            writes = await shares.may_write(connection, chat, viewer, now)
            keeps = await consent.keeps_words(connection, chat)
        return matters.page(request, "of_chat", notice=notice, chat_id=chat, found=found, writes=writes, keeps=keeps)

    @app.post("/referrals/begin")
    @needs(Permission.WORK_REFERRALS)
    async def begin(request: Request, viewer: Viewer, chat: Code) -> Response:
        """Begin a matter for the person of a chat, or go on with the one that she began; only with a yes to keep."""
        now = matters.now
        async with matters.console.database.write() as connection:
            if not await shares.may_write(connection, chat, viewer, now):
                return go_to(request, "/referrals", notice="referrals.notice.not_theirs")
            if not await consent.keeps_words(connection, chat):
                return go_to(request, f"/chats/{chat}/referrals", notice="referrals.notice.ask_to_keep")
            whose = await Chats(connection, vault).get(chat)
            if whose is None:
                return go_to(request, "/referrals", notice="referrals.notice.matter_gone")
            made = await deeds.begin(connection, vault, whose, now)
            await deeds.take_step(
                connection, vault, made.id, lambda one: steps.take_on(one, viewer.staff_id, now),
                name="take_on", actor=viewer.staff_id, now=now,
            )  # fmt: skip
        return go_to(request, f"/referrals/{made.id}/fill")


def _add_form(app: FastAPI, matters: Matters) -> None:
    vault = matters.console.vault

    @app.get("/referrals/{matter}/fill")
    @needs(Permission.WORK_REFERRALS)
    async def form(request: Request, viewer: Viewer, matter: str, notice: str = "") -> Response:
        whole, is_theirs = await look(matters, viewer, matter)
        if whole is None or not is_theirs:
            return matters.page(request, "gone", status=404)
        language = language_of_page(request)
        async with matters.console.database.read() as connection:
            if not await board.may_work(connection, whole, viewer, matters.now) or whole.state in ENDED:
                return go_to(request, f"/referrals/{matter}", notice="referrals.notice.not_theirs")
            found = await facts.facts_of(connection, vault, whole.id)
        said = {one.field: one for one in found if one.said_by is Said.PERSON}
        return matters.page(
            request, "fill", notice=notice, matter=whole, said=said,
            others=[one for one in found if one.said_by is not Said.PERSON],
            fields=[one for one in Field if one not in PLACES], place=place_written(said, language),
            choices={
                one: [(code, code_words(one, code, language)) for code in codes] for one, codes in CHOICES.items()
            },
            seen_at=max((one.at for one in said.values()), default=matters.now).isoformat(),
            several=SEVERAL, sensitive=SENSITIVE, in_words=IN_WORDS, Field=Field,
        )  # fmt: skip

    @app.post("/referrals/{matter}/fill")
    @needs(Permission.WORK_REFERRALS)
    async def fill(
        request: Request, viewer: Viewer, matter: str, herself: Annotated[str, Form(max_length=3)] = ""
    ) -> Response:
        """Write down what she says. Somebody else's words for her are no answers of hers."""
        given = await request.form()

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            if herself != "yes":
                return "not_herself"
            code = await save(connection, vault, whole, given, viewer.staff_id, now)
            await record(matters, connection, viewer, "referral:fill", whole.id)
            return code

        answer = await do(request, matters, viewer, matter, deed, back=f"/referrals/{matter}/fill")
        is_done = answer.headers["location"].endswith("referrals.notice.filled")
        return go_to(request, f"/referrals/{matter}/whom") if is_done and given.get("then") == "whom" else answer
