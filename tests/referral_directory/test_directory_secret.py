"""`thangdee directory secret`: an address goes in by standard input, is sealed, and comes out of no command."""

import io

import pytest
from sqlalchemy import select

from tests.referral_directory.hsds_files import EXAMPLES, LOCATION, SERVICE, bring_in
from tests.referral_directory.test_directory_command import _run
from thangdee.core.vault import data_key
from thangdee.processes.wiring import Installation
from thangdee.referral_directory import changes, confidential
from thangdee.referral_directory.snapshot import load_snapshot, revision_of
from thangdee.referral_directory.taxonomy import stable_id

Said = pytest.CaptureFixture[str]
SECRET = "canary house, ບ້ານຕົວຢ່າງ"


@pytest.fixture
async def filled(installation: Installation) -> Installation:
    await bring_in(installation.database, EXAMPLES / "csv")
    return installation


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    """What stands on standard input."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


async def _opened(installation: Installation) -> str | None:
    async with installation.database.read() as connection:
        return await confidential.open_secret(connection, installation.vault, LOCATION)


async def test_an_address_from_standard_input_is_sealed_and_no_command_prints_it(
    filled: Installation, typed, capsys: Said, tmp_path
) -> None:
    typed(f"{SECRET}\n")

    codes = [await _run(filled, "secret", LOCATION)]
    codes += [await _run(filled, *words) for words in (
        ("worklist",), ("export", "--json", tmp_path / "out.json"), ("check", SERVICE, "--by", "n", "--how", "visit"),
        ("nearest", "--need", "shelter", "--place", "LA", "--staff"),
    )]  # fmt: skip

    told = capsys.readouterr()
    assert codes == [0] * 5
    assert f"Sealed: the address of {LOCATION}" in told.out
    assert await _opened(filled) == SECRET
    assert "canary" not in told.out + told.err + (tmp_path / "out.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["", " \n", "x" * 2001, "half a sign \ufffd"])
async def test_no_address_or_a_broken_one_seals_nothing(filled: Installation, typed, capsys: Said, text: str) -> None:
    typed(text)

    assert await _run(filled, "secret", LOCATION) == 1
    assert "none was sealed" in capsys.readouterr().err
    assert await _opened(filled) is None


@pytest.mark.parametrize("words", [(), ("--forget",)])
async def test_a_place_that_is_not_there_is_refused(filled: Installation, typed, capsys: Said, words) -> None:
    typed(SECRET)

    assert await _run(filled, "secret", stable_id("nowhere"), *words) == 1
    told = capsys.readouterr()
    assert "no place has the id" in told.err
    assert "canary" not in told.out + told.err


async def test_a_forgotten_address_is_gone_with_its_key_and_makes_nothing_public(
    filled: Installation, typed, capsys: Said
) -> None:
    async with filled.database.read() as connection:
        keys = set((await connection.execute(select(data_key.c.id))).scalars())
    await _run(filled, "check", SERVICE, "--by", "noy", "--how", "visit", "--fact", "all")
    typed(SECRET)
    await _run(filled, "secret", LOCATION)

    codes = [await _run(filled, "secret", LOCATION, "--forget") for _ in range(2)]

    async with filled.database.read() as connection:
        left = set((await connection.execute(select(data_key.c.id))).scalars())
        (listing,) = [one for one in (await load_snapshot(connection)).listings if one.service_id == SERVICE]
    assert codes == [0, 1]
    assert "has no sealed address" in capsys.readouterr().err
    assert left == keys
    assert await _opened(filled) is None
    assert not listing.hides_its_place
    assert not listing.site.checked.is_verified
    assert not any(one.checked.is_verified for one in listing.site.addresses)


async def test_sealing_and_forgetting_stand_in_the_history_without_the_address(filled: Installation, typed) -> None:
    revisions = []
    for words in ((), ("--forget",), ()):
        typed(SECRET)
        await _run(filled, "secret", LOCATION, *words, "--by", "noy")
        async with filled.database.read() as connection:
            revisions.append(await revision_of(connection))
            history = await changes.history_of(connection, LOCATION)

    ours = [row for row in history if row["field_name"] == "confidential_address"]
    assert {row["updated_by"] for row in ours} == {"noy"}
    assert sorted(row["replacement_value"] for row in ours) == ["", "sealed", "sealed"]
    assert len(set(revisions)) == 3
    assert "canary" not in str(history)
