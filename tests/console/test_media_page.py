"""Voice, pictures and places in a real browser: played, covered until asked for, and no map without a question."""

import json

import pytest
from fastapi import Request, Response
from jinja2 import ChoiceLoader, DictLoader
from playwright.async_api import expect
from sqlalchemy import select

from tests.casework.test_media import picture, sound
from tests.console import browsing
from tests.console.signing_in import ORIGIN, gate_of, sign_in
from tests.console.test_media_routes import everybody, file_of
from thangdee.bot.simulator import serve
from thangdee.casework import media
from thangdee.casework.media import Kind
from thangdee.casework.staff.roles import Permission, Role
from thangdee.console.access import needs
from thangdee.console.app import bare_app
from thangdee.console.media_routes import add_media
from thangdee.console.notices_page import add_notices
from thangdee.console.shared import Console, templates
from thangdee.core.audit import audit
from thangdee.core.words import text

PLAYED_FOR_A_WHILE = """async voice => {
  const played = new Promise(done => voice.addEventListener("timeupdate", () => voice.currentTime > 0.2 && done()));
  await voice.play();
  await played;
}"""
PAGE = """
{% extends "base.html" %}
{% from "media_line.html" import media_of, place_of with context %}
{% block title %}Try{% endblock %}
{% block head %}<link rel="stylesheet" href="{{ root }}/static/media.css">{% endblock %}
{% block content %}<main id="main"><h1>Try</h1>{% for file in files %}{{ media_of(file) }}{% endfor %}
{{ place_of("abc", 17.9757, 102.6331) }}</main>{% endblock %}
"""


@pytest.fixture
async def app(installation):
    environment = templates()
    environment.loader = ChoiceLoader([DictLoader({"try.html": PAGE}), environment.loader])
    console = Console(
        installation.database, installation.vault, installation.clock, lambda _: None, ORIGIN, environment=environment
    )
    made = bare_app(gate_of(installation))
    ids = [await file_of(installation, Kind.VOICE, sound(seconds=3))]
    ids.append(await file_of(installation, Kind.PHOTO, picture(size=(900, 600))))

    @made.get("/try")
    @needs(Permission.TALK)
    async def try_page(request: Request) -> Response:
        async with installation.database.read() as connection:
            files = await media.shown(connection, ids)
        return console.page(request, "try.html", files=[None, *(files[one] for one in ids)])

    add_media(made, console, may_read=everybody)
    add_notices(made, console)
    return made


@pytest.fixture
async def page(app, installation):
    cookies = await sign_in(installation, Role.COUNSELLOR)
    async with (
        serve(app) as url,
        browsing.chromium() as browser,
        browsing.opened(browser, f"{url}/try", size="small", cookies=cookies) as opened,
    ):
        yield opened


async def _fetched(installation) -> list[str]:
    """What the browser asked for so far: "covered" or "whole"."""
    async with installation.database.read() as connection:
        query = select(audit.c.facts).where(audit.c.action == "media:view").order_by(audit.c.seq)
        rows = (await connection.execute(query)).scalars()
        return [json.loads(facts)["part"] for facts in rows]


async def test_a_voice_is_played_when_asked_for_and_not_before(page, installation) -> None:
    voice = page.locator("audio")
    await expect(page.locator(".media-covered")).to_have_js_property("complete", value=True)
    before = await _fetched(installation)

    await voice.evaluate(PLAYED_FOR_A_WHILE)

    assert before == ["covered"]
    assert 2.5 < await voice.evaluate("voice => voice.duration") < 3.5
    await expect(page.locator(".media-length")).to_have_text("0:03")


async def test_a_picture_is_fetched_when_it_is_uncovered_by_key_and_covered_again(page, installation) -> None:
    whole, covered = page.locator(".media-open"), page.locator(".media-covered")
    await expect(covered).to_have_js_property("complete", value=True)
    before = await _fetched(installation)
    await browsing.picture(page, "media-covered")

    await page.locator(".media-photo summary").focus()
    await page.keyboard.press("Enter")
    await expect(whole).to_have_js_property("naturalWidth", 900)
    await expect(whole).to_be_in_viewport()
    await browsing.picture(page, "media-open")
    await expect(page.locator(".media-hide")).to_have_text(text("media.photo.hide", "en"))
    await page.keyboard.press("Enter")

    await expect(whole).to_be_hidden()
    await expect(covered).to_be_visible()
    assert before == ["covered"]
    assert await _fetched(installation) == ["covered", "whole"]


async def test_a_place_leads_to_a_map_after_a_word_about_it_and_all_is_accessible(page) -> None:
    link = page.get_by_role("link", name=text("media.place.open", "en"))
    await expect(link).to_be_hidden()

    await page.locator(".media-place summary").click()

    await expect(page.get_by_text(text("media.place.warning", "en"))).to_be_visible()
    assert await link.get_attribute("href") == (
        "https://www.openstreetmap.org/?mlat=17.97570&mlon=102.63310#map=15/17.97570/102.63310"
    )
    assert await link.get_attribute("rel") == "noopener noreferrer"
    assert await browsing.fits(page)
    assert await browsing.axe_violations(page) == []
