"""The command line: each command is where the table says, takes what it says, and imports no other."""

import inspect
import subprocess
import sys

import pytest

from thangdee.processes import cli


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_can_be_asked_about(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = cli.module_of(name)
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])

    assert ended.value.code == 0
    assert f"thangdee {name}" in capsys.readouterr().out
    assert list(inspect.signature(module.command).parameters) in (
        ["chosen", "settings"], ["_chosen", "settings"], ["chosen", "_settings"], ["_chosen", "_settings"],
    )  # fmt: skip


@pytest.mark.parametrize(("given", "code"), [(["--help"], 0), ([], 2), (["nonsense"], 2), (["match"], 2)])
def test_what_is_no_command_ends_with_a_sentence(given: list[str], code: int, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(given)

    said = capsys.readouterr()
    assert ended.value.code == code
    assert "usage: thangdee" in said.out + said.err


def test_matching_needs_neither_database_nor_web_server() -> None:
    code = (
        "import sys; from thangdee.processes import cli; cli.module_of('match'); "
        "print([one for one in ('sqlalchemy.engine', 'fastapi', 'telegram', 'alembic') if one in sys.modules])"
    )

    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert ended.stdout.strip() == "[]"
