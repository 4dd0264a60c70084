"""Audit, break-glass and notices in a real browser: from 360 px up, in three languages, without a fault for axe."""

import pytest

from tests.console.browsing import axe_violations, chromium, fits, opened, picture
from tests.console.signing_in import sign_in, viewer_of
from tests.console.test_audit_pages import REASON, app, code, deeds, enrolled  # noqa: F401 - fixtures
from thangdee.bot.simulator import serve
from thangdee.casework import break_glass, notices
from thangdee.casework.staff.roles import Role
from thangdee.core.words import text


@pytest.fixture
async def staff(installation, code):  # noqa: F811
    """A counsellor, a supervisor and an auditor; the counsellor has opened a chat, all rows and notices are there."""
    noy = await sign_in(installation, Role.COUNSELLOR, name="noy", language="lo")
    await enrolled(installation, Role.SUPERVISOR, "boun")
    auditor = await sign_in(installation, Role.AUDITOR, name="sone", language="th")
    await enrolled(installation, Role.AUDITOR, "sone")
    viewer, now = await viewer_of(installation, noy), installation.clock.now()
    await deeds(installation, 3, actor=viewer.staff_id, step=2, code="ABCDE")
    async with installation.database.write() as connection:
        chat_id = await break_glass.chat_of_code(connection, code)
        await break_glass.open_chat(
            connection, installation.vault, staff_id=viewer.staff_id, chat_id=chat_id, reason=REASON, groups=(), now=now
        )
        for kind in sorted(notices.KINDS):
            await notices.tell(connection, viewer.staff_id, kind, "ABCDE", now)
    return {"noy": noy, "auditor": auditor}


async def test_pages_fit_a_phone_and_have_no_fault_for_axe(app, staff) -> None:  # noqa: F811
    async with serve(app) as url, chromium() as browser:
        for who, path in (
            ("auditor", "/audit"),
            ("auditor", "/audit/break-glass"),
            ("noy", "/break-glass"),
            ("noy", "/notices"),
        ):
            for size in ("small", "desktop"):
                async with opened(browser, url + path, size=size, cookies=staff[who]) as page:
                    await picture(page, f"{path.strip('/').replace('/', '-')}-{size}")
                    assert await fits(page), (path, size)
                    assert await axe_violations(page) == [], (path, size)


async def test_a_chat_is_asked_for_and_a_notice_marked_by_keyboard(app, installation, staff, code) -> None:  # noqa: F811
    kham = await sign_in(installation, Role.COUNSELLOR, name="kham", language="lo")

    async with serve(app) as url, chromium() as browser:
        async with opened(browser, url + "/break-glass", size="small", cookies=kham, forgiven=("404",)) as page:
            await page.get_by_label(text("break_glass.chat", "lo")).focus()
            await page.keyboard.type(code)
            await page.keyboard.press("Tab")
            await page.keyboard.type(REASON)
            await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
            await page.wait_for_url("**/chats/**")
            await page.goto(url + "/break-glass")
            await page.get_by_role("button", name=text("break_glass.end", "lo")).click()
            await page.get_by_role("status").wait_for()
            ended = await page.get_by_role("status").inner_text()
        async with opened(browser, url + "/notices", size="small", cookies=staff["noy"]) as page:
            before = await page.locator(".unseen").count()
            await page.get_by_role("button", name=text("notices.mark", "lo"), exact=True).first.press("Enter")
            await page.wait_for_url("**/notices")
            after = await page.locator(".unseen").count()

    assert ended == text("break_glass.notice.ended", "lo")
    assert (before, after) == (len(notices.KINDS), len(notices.KINDS) - 1)
