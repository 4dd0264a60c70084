"""`thangdee directory` in the terminal."""

import argparse
import json
from pathlib import Path

import pytest

from tests.referral_directory.hsds_files import EXAMPLES, SERVICE, schema_errors
from thangdee.processes import directory
from thangdee.processes.wiring import Installation


def _chosen(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    directory.add_arguments(parser)
    return parser.parse_args(words)


async def _run(installation: Installation, *words: str | Path) -> int:
    return await directory.command(_chosen(*map(str, words)), installation.settings)


async def test_what_was_imported_is_exported_as_json_and_csv(installation: Installation, tmp_path: Path) -> None:
    codes = [
        await _run(installation, "import", EXAMPLES / "csv"),
        await _run(installation, "export", "--json", tmp_path / "out.json"),
        await _run(installation, "export", "--csv", tmp_path / "csv"),
        await _run(installation, "validate", tmp_path / "out.json"),
        await _run(installation, "validate", tmp_path / "csv"),
    ]

    exported = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert codes == [0] * 5
    assert [schema_errors("organization", one) for one in exported["contents"]] == [[]]
    assert (tmp_path / "csv" / "services.csv").read_bytes() == (EXAMPLES / "csv" / "services.csv").read_bytes()


async def test_a_wrong_file_is_refused_with_file_row_and_field(
    installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "organizations.csv").write_text("id,name,description\n1,a,b\n")

    codes = [await _run(installation, deed, tmp_path) for deed in ("validate", "import")]

    assert codes == [1, 1]
    assert capsys.readouterr().out.count("organizations.csv, row 2, id: is not a UUID") == 2


async def test_the_worklist_names_what_to_check_and_whom_to_ask(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    await _run(installation, "import", EXAMPLES / "csv")

    code = await _run(installation, "worklist")

    shown = capsys.readouterr().out
    assert code == 0
    assert "Community Counselling: active (last checked 2005-01-01) ask email@example.com" in shown
    ours = [line for line in shown.splitlines() if line.startswith(SERVICE)]
    assert len(ours) == 7
    assert "7 facts to check" in shown


async def test_villages_come_in_or_are_refused_by_row(
    installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = "id,district,name,name_th,name_en,former_names,merged_into\n"
    (tmp_path / "right.csv").write_text(f"{header}v1,LA1301,ບ້ານຕົວຢ່າງ,,,,\n", encoding="utf-8")
    (tmp_path / "wrong.csv").write_text(f"{header}v1,nowhere,ບ້ານຕົວຢ່າງ,,,,\n", encoding="utf-8")

    codes = [await _run(installation, "villages", tmp_path / f"{name}.csv") for name in ("right", "wrong", "missing")]

    shown = capsys.readouterr()
    assert codes == [0, 1, 1]
    assert "1 villages" in shown.out
    assert "wrong.csv, row 2, district" in shown.out
    assert "missing.csv" in shown.err
