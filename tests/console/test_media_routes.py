"""Files are served to whoever may read the chat, audited, in parts, and shown covered until asked for (R31, R58)."""

import itertools
import json

import pytest
from sqlalchemy import select, text

from tests.casework.test_media import picture, sound
from tests.console.signing_in import ORIGIN, client, gate_of, sign_in
from thangdee.casework import alerts, media
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chats
from thangdee.casework.cleaning import clean
from thangdee.casework.media import Announced, Kind, Order
from thangdee.casework.staff.roles import MATRIX, Permission, Role
from thangdee.console.app import bare_app
from thangdee.console.media_routes import add_media
from thangdee.console.shared import Console
from thangdee.core.audit import audit

_addresses = itertools.count(100)


async def file_of(installation, kind: Kind, content: bytes, *, cry: bool = False) -> str:
    """A file that a made-up person sent; its id."""
    made = await clean(kind, content)
    now, vault = installation.clock.now(), installation.vault
    async with installation.database.write() as connection:
        whose = await Chats(connection, vault).of(next(_addresses), now)
        noted = await media.note(connection, vault, whose, Announced("f", kind), now)
        await media.keep(connection, vault, Order(noted.id, whose.id, "f", kind, 1), made)
        if cry:
            await alerts.raise_alert(connection, whose.id, Urgency.IMMEDIATE, "danger_now", now)
    return noted.id


async def everybody(_connection, _chat_id, _viewer, _now) -> bool:
    return True


async def nobody(_connection, _chat_id, _viewer, _now) -> bool:
    return False


def app_of(installation, may_read=everybody):
    app = bare_app(gate_of(installation))
    console = Console(
        installation.database, installation.vault, installation.clock, about_answer=lambda _: None, origin=ORIGIN
    )
    add_media(app, console, may_read=may_read)
    return app


@pytest.fixture
async def voice(installation) -> str:
    return await file_of(installation, Kind.VOICE, sound())


async def _deeds(installation, action: str) -> list[str]:
    async with installation.database.read() as connection:
        query = select(audit.c.facts).where(audit.c.action == action).order_by(audit.c.seq)
        return list((await connection.execute(query)).scalars())


async def test_a_file_is_served_with_headers_that_let_it_do_nothing(installation, voice: str) -> None:
    app, cookies = app_of(installation), await sign_in(installation, Role.COUNSELLOR)
    async with client(app, cookies) as browser:
        answer = await browser.get(f"/media/{voice}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["content-disposition"] == 'inline; filename="voice.mp3"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policies = answer.headers.get_list("content-security-policy")
    assert any(policy.startswith("sandbox; default-src 'none'") for policy in policies)
    assert any("frame-ancestors" in policy for policy in policies)
    assert len(await _deeds(installation, "media:view")) == 1


async def test_only_who_talks_and_may_read_the_chat_gets_a_file(installation, voice: str) -> None:
    refused, open_to = app_of(installation, nobody), app_of(installation)
    async with client(open_to) as browser:
        assert (await browser.get(f"/media/{voice}")).status_code == 303
    for role in Role:
        cookies = await sign_in(installation, role)
        async with client(open_to, cookies) as browser:
            status = (await browser.get(f"/media/{voice}")).status_code
        assert status == (200 if Permission.TALK in MATRIX[role] else 403), role
    async with client(refused, await sign_in(installation, Role.COUNSELLOR)) as browser:
        answers = [(await browser.get(f"/media/{one}")) for one in (voice, "0" * 32, "../x", f"{voice}/covered")]
    seen = len(await _deeds(installation, "media:view"))

    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.text for answer in (answers[0], answers[1])}) == 1
    assert seen == sum(Permission.TALK in MATRIX[role] for role in Role)
    assert len(await _deeds(installation, "gate:refused")) >= 1


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("bytes=0-1", 206, (0, 1)),
        ("bytes=100-", 206, (100, -1)),
        ("bytes=-10", 206, (-10, -1)),
        ("bytes=5-999999999", 206, (5, -1)),
        ("bytes=999999999-", 416, None),
        ("bytes=9-3", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=0-1,5-6", 200, (0, -1)),
        (f"bytes={10**30}-", 200, (0, -1)),
        ("lines=1-2", 200, (0, -1)),
    ],
)
async def test_parts_are_served_so_that_every_browser_plays(
    installation, voice: str, asked: str, status: int, said: tuple[int, int] | None
) -> None:
    app, cookies = app_of(installation), await sign_in(installation, Role.COUNSELLOR)
    async with client(app, cookies) as browser:
        whole = (await browser.get(f"/media/{voice}")).content
        part = await browser.get(f"/media/{voice}", headers={"range": asked})

    assert part.status_code == status
    if said is None:
        assert part.headers["content-range"] == f"bytes */{len(whole)}"
        return
    first, last = (at % len(whole) for at in said)
    assert part.content == whole[first : last + 1]
    if status == 206:
        assert part.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"


async def test_with_the_audit_down_nothing_is_shown_but_to_answer_a_cry(installation, voice: str) -> None:
    crying = await file_of(installation, Kind.VOICE, sound(), cry=True)
    cookies = await sign_in(installation, Role.COUNSELLOR)
    async with installation.database.write() as connection:
        await connection.execute(
            text("CREATE TRIGGER down BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'down'); END")
        )
    async with client(app_of(installation), cookies) as browser:
        statuses = [(await browser.get(f"/media/{one}")).status_code for one in (voice, crying)]

    assert statuses == [503, 200]


async def test_a_photo_comes_covered_and_whole(installation) -> None:
    photo = await file_of(installation, Kind.PHOTO, picture(size=(800, 600)))
    async with client(app_of(installation), await sign_in(installation, Role.COUNSELLOR)) as browser:
        covered, whole = await browser.get(f"/media/{photo}/covered"), await browser.get(f"/media/{photo}")

    assert covered.headers["content-type"] == whole.headers["content-type"] == "image/jpeg"
    assert len(covered.content) < 1000 < len(whole.content)
    deeds = await _deeds(installation, "media:view")
    assert [json.loads(facts)["part"] for facts in deeds] == ["covered", "whole"]
