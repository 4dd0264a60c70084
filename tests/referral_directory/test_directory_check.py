"""`thangdee directory worklist` and `check`: an operator enters what was checked, on any installation."""

import re
from datetime import date

import pytest

from tests.referral_directory.hsds_files import AT, EXAMPLES, ORGANIZATION, PHONE, SERVICE, bring_in
from tests.referral_directory.test_directory_command import _run
from thangdee.core.clock import Clock
from thangdee.processes.wiring import Installation
from thangdee.referral_directory import changes
from thangdee.referral_directory.freshness import facts_of
from thangdee.referral_directory.model import Checked
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.taxonomy import stable_id

Said = pytest.CaptureFixture[str]
BY_PHONE = ("--by", "noy", "--how", "phone")
OFFICE_PHONE = stable_id("phone of the office")


@pytest.fixture
async def filled(installation: Installation) -> Installation:
    """The official example, with a number of the organisation itself."""
    await bring_in(installation.database, EXAMPLES / "csv")
    async with installation.database.write() as connection:
        number = {"id": OFFICE_PHONE, "number": "sample number", "organization_id": ORGANIZATION}
        await changes.save(connection, "phone", number, by="noy", now=installation.clock.now())
    return installation


async def _checks(installation: Installation) -> dict[str, Checked]:
    async with installation.database.read() as connection:
        directory = await load_snapshot(connection)
    return {key: checked for _, key, _, checked in facts_of(directory.by_id[AT])}


def _today() -> date:
    return Clock().now().date()  # a command has the real one


async def _fresh(installation: Installation) -> set[str]:
    return {key for key, checked in (await _checks(installation)).items() if checked.is_fresh(_today())}


async def test_checking_a_service_enters_who_when_how_and_source_and_says_so(
    filled: Installation, capsys: Said
) -> None:
    code = await _run(filled, "check", SERVICE, "--by", "noy", "--how", "mail", "--source", "a letter of the office")

    shown = capsys.readouterr().out
    one = (await _checks(filled))[SERVICE]
    assert code == 0
    assert (one.assured_on, one.assured_by, one.how, one.source) == (
        _today(), "noy", "email", "a letter of the office",
    )  # fmt: skip
    assert await _fresh(filled) == {SERVICE}
    assert f"Community Counselling: checked {_today()} by noy (mail)" in shown
    assert f"  checked: service active [{SERVICE}]" in shown
    assert f'  still to check: phone "+44 1234 234567" [{PHONE}]' in shown


@pytest.mark.parametrize("named", [SERVICE, AT, SERVICE.upper()])
async def test_all_facts_are_checked_at_once_by_the_id_of_service_or_listing(filled: Installation, named: str) -> None:
    assert await _run(filled, "check", named, *BY_PHONE, "--fact", "all") == 0

    assert await _fresh(filled) == set(await _checks(filled))
    assert {ORGANIZATION, OFFICE_PHONE} <= await _fresh(filled)


async def test_only_the_named_facts_are_checked_and_one_number_may_be_named_by_its_id(filled: Installation) -> None:
    assert await _run(filled, "check", SERVICE, *BY_PHONE, "--fact", PHONE) == 0
    assert await _fresh(filled) == {PHONE}

    assert await _run(filled, "check", SERVICE, *BY_PHONE, "--fact", "phone", "--fact", "organisation") == 0
    assert await _fresh(filled) == {PHONE, OFFICE_PHONE, ORGANIZATION}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((stable_id("nobody"),), "no service has the id"),
        ((SERVICE, "--fact", "phone", "--fact", "colour"), "has no fact 'colour'"),
    ],
)
async def test_what_is_not_there_is_refused_and_nothing_is_entered(
    filled: Installation, capsys: Said, words: tuple[str, ...], said: str
) -> None:
    code = await _run(filled, "check", *words, *BY_PHONE)

    assert code == 1
    assert said in capsys.readouterr().err
    assert await _fresh(filled) == set()


@pytest.mark.parametrize(
    "words", [("--how", "phone"), ("--by", " ", "--how", "phone"), ("--by", "noy"), ("--by", "noy", "--how", "guessed")]
)
async def test_a_check_needs_a_name_and_a_way(filled: Installation, words: tuple[str, ...], capsys: Said) -> None:
    with pytest.raises(SystemExit):
        await _run(filled, "check", SERVICE, *words)

    assert "--by" in capsys.readouterr().err or "--how" in words


async def test_every_line_of_the_worklist_begins_with_an_id_that_check_takes(
    filled: Installation, capsys: Said
) -> None:
    await _run(filled, "worklist")
    lines = capsys.readouterr().out.splitlines()[:-1]

    (number,) = (line for line in lines if PHONE in line)
    service, fact = re.findall(r"[0-9a-f-]{36}", number)
    assert (service, fact) == (SERVICE, PHONE)
    assert all(re.match(r"[0-9a-f-]{36} ", line) for line in lines)
    assert await _run(filled, "check", service, *BY_PHONE, "--fact", fact) == 0
    await _run(filled, "worklist")
    assert f"[fact {PHONE}]" not in capsys.readouterr().out
