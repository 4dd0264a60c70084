"""`thangdee staff`: the first administrator gets a link, the last one stays, an operator helps out."""

import argparse
import re

import pytest

from thangdee.casework.staff import accounts, invitations
from thangdee.casework.staff.roles import Role
from thangdee.core.settings import Settings
from thangdee.processes import staff
from thangdee.processes.wiring import Installation


@pytest.fixture
def run(installation: Installation, capsys: pytest.CaptureFixture[str]):
    """Runs one line of the command; what it prints and its exit code."""
    parser = argparse.ArgumentParser()
    staff.add_arguments(parser)

    async def made(line: str) -> tuple[int, str]:
        code = await staff.command(parser.parse_args(line.split()), installation.settings)
        said = capsys.readouterr()
        return code, said.out + said.err

    return made


async def test_the_first_administrator_gets_a_link_that_works(installation: Installation, run) -> None:
    empty = await run("list")
    code, said = await run("add Mali --role administrator --language th")
    [token] = re.findall(r"^http://localhost:8001/welcome/(\S{43})$", said, re.MULTILINE)
    listed = await run("list")

    assert "thangdee staff add NAME --role administrator" in empty[1]
    assert code == 0
    async with installation.database.read() as connection:
        keyring, mali = installation.vault.keyring, await accounts.by_name(connection, "mali")
        row = (await connection.execute(invitations.invitation.select())).one()
        found = await invitations.find(connection, keyring, token, row.made_at)
    assert found.account.id == mali.id
    assert (mali.roles, mali.language) == ({Role.ADMINISTRATOR}, "th")
    assert re.search(r"mali\s+th\s+administrator\s+cannot sign in yet, a link is open", listed[1])
    assert token not in listed[1]


async def test_what_cannot_be_done_is_said_and_changes_nothing(run) -> None:
    await run("add mali --role administrator")
    before = await run("list")

    refused = [
        await run(line)
        for line in (
            "add MALI --role tracer", "add dao --role auditor --role tracer", "end mali", "end nobody", "invite nobody",
        )
    ]  # fmt: skip

    assert [code for code, _ in refused] == [1] * 5
    assert "last administrator" in refused[2][1]
    assert await run("list") == before


async def test_a_new_link_replaces_the_old_and_an_end_is_for_good(run) -> None:
    await run("add mali --role administrator")
    first = (await run("add noy --role counsellor --role tracer --shown Noy"))[1]
    second = (await run("invite noy --lost"))[1]
    ended = await run("end noy")
    listed = (await run("list"))[1]

    assert first.splitlines()[-1] != second.splitlines()[-1]
    assert ended == (0, "Ended: noy.\n")
    assert re.search(r"noy\s+lo\s+ended ", listed)


def test_the_links_lead_to_the_address_of_the_console() -> None:
    assert Settings(console_port=8123, _env_file=None).console_origin == "http://localhost:8123"
    assert Settings(console_origin="https://desk.test", _env_file=None).console_origin == "https://desk.test"
