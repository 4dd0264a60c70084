"""Requests to owners: a draft for each, with their facts alone, in three languages."""

from email import message_from_bytes, policy
from pathlib import Path

from tests.referral_directory.hsds_files import EXAMPLES, SERVICE, bring_in
from tests.referral_directory.test_directory_command import _run
from thangdee.core.words import LANGUAGES, text
from thangdee.processes.wiring import Installation
from thangdee.referral_directory import changes
from thangdee.referral_directory.assurances import How
from thangdee.referral_directory.freshness import Due
from thangdee.referral_directory.model import Checked
from thangdee.referral_directory.requests import requests_to_owners

NEVER = Checked(None, None, How.SOURCE, None, None)


def _due(title: str, owner: str | None) -> Due:
    return Due("phone", f"phone of {title}", f"service of {title}", title, "sample number", NEVER, owner)


def test_each_owner_gets_one_draft_with_their_own_facts_in_three_languages() -> None:
    listed = (_due("House", "a@example.org"), _due("Office", "b@example.org"), _due("Line", "a@example.org"))

    drafts = requests_to_owners((*listed, _due("Nobody", None)))

    body = drafts["a@example.org"].get_content()
    assert set(drafts) == {"a@example.org", "b@example.org"}
    assert drafts["a@example.org"]["To"] == "a@example.org"
    assert all(title in body for title in ("House", "Line"))
    assert not any(title in body for title in ("Office", "Nobody"))
    assert all(text("directory.fact.phone", language) in body for language in LANGUAGES)


async def test_the_command_writes_drafts_that_a_mail_program_opens(installation: Installation, tmp_path: Path) -> None:
    await bring_in(installation.database, EXAMPLES / "csv")
    async with installation.database.write() as connection:
        owner = {"id": SERVICE, "email": "owner@example.org"}
        await changes.save(connection, "service", owner, by="noy", now=installation.clock.now())

    code = await _run(installation, "requests", tmp_path / "drafts")

    [draft] = (tmp_path / "drafts").iterdir()
    read = message_from_bytes(draft.read_bytes(), policy=policy.default)
    assert code == 0
    assert (read["To"], read["X-Unsent"]) == ("owner@example.org", "1")
    assert text("directory.request.subject", "lo") in read["Subject"]
    assert "Community Counselling" in read.get_content()
