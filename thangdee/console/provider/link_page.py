"""One-time links (R40): opening one changes and tells nothing; a press of the button leads on, once, who it is for."""

from fastapi import FastAPI, Request, Response

from thangdee.casework.providers import links
from thangdee.casework.providers.members import organisations_of
from thangdee.casework.referrals.store import of_referral
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.provider.referral_page import nowhere
from thangdee.console.shared import Console, go_to
from thangdee.core import audit


def add_links(app: FastAPI, console: Console) -> None:
    """Add the page of a link and its button."""

    @app.get("/r/{token}")
    @needs(Permission.ANSWER_REFERRALS)
    async def page(request: Request, viewer: Viewer, token: str) -> Response:  # noqa: ARG001 - the same for every one
        return console.page(request, "provider/link.html")

    @app.post("/r/{token}")
    @needs(Permission.ANSWER_REFERRALS)
    async def follow(request: Request, viewer: Viewer, token: str) -> Response:
        now, keyring = console.clock.now(), console.vault.keyring
        async with console.database.write() as connection:
            mine = await organisations_of(connection, viewer.staff_id)
            referral = await links.use(connection, token, mine, now)
            if referral is not None:
                await audit.record(
                    connection, keyring, actor=viewer.staff_id, action="referral:open_link",
                    subject=await of_referral(connection, referral), now=now, referral=referral,
                )  # fmt: skip
        return nowhere(console, request) if referral is None else go_to(request, f"/inbox/{referral}")
