"""`thangdee lessons export`: files that Rasa reads, nobody to be recognised in them, the same after a second run."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from thangdee.casework import consent, lessons, transcripts
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.cutting import cut
from thangdee.casework.lessons import Vouched, lesson
from thangdee.casework.transcripts import Direction, Line
from thangdee.core.errors import NotReadyError, StoreAwayError
from thangdee.processes.lessons import FILE, cleaned, export, folder_of, place_spans, run_lessons
from thangdee.processes.wiring import Installation

LAO, THAI, LATIN = "ນາຍບໍ່ໃຫ້ເງິນ ໂທ 020 0000 0001", "นางสมมติ โดนยึดบัตร", "nai yuet bat khoy wai"
ENGLISH, MIXED = "my boss does not pay me", "boss ยึด passport ຂ້ອຍໄວ້"
DETAILS = ("020 0000", "0000", "0001", "สมมติ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "examples"
    (made / "lo").mkdir(parents=True)
    known = 'version: "3.1"\nnlu:\n  - intent: info_passport\n    examples: |\n      - ຢາກເຮັດໜັງສືຜ່ານແດນ\n'
    (made / "lo" / "work.yml").write_text(known, encoding="utf-8")
    return made


async def _teach(installation: Installation, *taught: tuple[str, str], is_yes: bool = True) -> None:
    """Let made-up people say these words and two colleagues approve them, details cut."""
    installation.clock.advance(timedelta(minutes=1))
    now, vault = installation.clock.now(), installation.vault
    async with installation.database.write() as connection:
        for words, intent in taught:
            address = int(now.timestamp()) % 100_000 * 100 + len(words)
            who = await Chats(connection, vault).of(address, now)
            await transcripts.keep(connection, vault, who, Line(Direction.IN, now, {"text": words, "deed": "text"}))
            line = (await transcripts.read(connection, vault, who))[-1]
            await consent.record(connection, who, Purpose.RESEARCH, is_yes=True, given_by=GivenBy.TAPPED, now=now)
            vouched = Vouched(cut(words), is_clean=True, by="noy")
            await lessons.propose(connection, vault, line.id, intent, vouched, now)
            [waiting] = await lessons.proposed(connection, vault)
            await lessons.approve(connection, waiting.id, "dao")
            if not is_yes:
                later = now + timedelta(seconds=1)
                await consent.record(
                    connection, who, Purpose.RESEARCH, is_yes=False, given_by=GivenBy.TAPPED, now=later
                )


def _files(folder: Path) -> dict[str, str]:
    return {path.parent.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob(f"*/{FILE}"))}


def _examples(folder: Path) -> dict[str, list[tuple[str, str]]]:
    return {
        language: [
            (block["intent"], line.removeprefix("- "))
            for block in yaml.safe_load(content)["nlu"]
            for line in block["examples"].splitlines()
        ]
        for language, content in _files(folder).items()
    }


async def test_approved_lessons_become_examples_in_the_folder_of_their_script(installation, folder: Path) -> None:
    await _teach(
        installation,
        (LAO, "wages_withheld"), (THAI, "documents_held"), (LATIN, "documents_held"),
        (ENGLISH, "wages_withheld"), (MIXED, "documents_held"),
    )  # fmt: skip

    done = await export(installation, folder)

    assert (done.written, done.known, done.contrary) == (5, 0, 0)
    assert _examples(folder) == {
        "lo": [("wages_withheld", "ນາຍບໍ່ໃຫ້ເງິນ ໂທ …")],
        "th": [("documents_held", "นาง… โดนยึดบัตร")],
        "latin": [("documents_held", LATIN)],
        "en": [("wages_withheld", ENGLISH)],
        "mixed": [("documents_held", MIXED)],
    }


async def test_no_detail_that_was_cut_and_nobody_of_the_team_stands_in_a_file(installation, folder: Path) -> None:
    await _teach(installation, (LAO, "wages_withheld"), (THAI, "documents_held"))

    await export(installation, folder)

    written = "".join(_files(folder).values())
    assert [one for one in (*DETAILS, "noy", "dao") if one in written] == []
    assert "…" in written


async def test_two_exports_are_as_one(installation, folder: Path) -> None:
    await _teach(installation, (LAO, "wages_withheld"))
    await export(installation, folder)
    first = _files(folder)

    again = await export(installation, folder)
    await _teach(installation, (LAO, "wages_withheld"))
    repeated = await export(installation, folder)

    assert (again.written, again.known) == (0, 0)
    assert (repeated.written, repeated.known) == (0, 1)
    assert _files(folder) == first


async def test_new_examples_are_merged_in_order_and_none_is_lost(installation, folder: Path) -> None:
    await _teach(installation, ("ຂ ນາຍຍຶດບັດ", "documents_held"), ("ກ ນາຍຍຶດບັດໄວ້", "documents_held"))
    await export(installation, folder)
    await _teach(installation, ("ຄ ນາຍບໍ່ຈ່າຍ", "wages_withheld"), ("ກກ ນາຍຍຶດບັດຂ້ອຍ", "documents_held"))
    await export(installation, folder)

    assert _examples(folder)["lo"] == [
        ("documents_held", "ກ ນາຍຍຶດບັດໄວ້"),
        ("documents_held", "ກກ ນາຍຍຶດບັດຂ້ອຍ"),
        ("documents_held", "ຂ ນາຍຍຶດບັດ"),
        ("wages_withheld", "ຄ ນາຍບໍ່ຈ່າຍ"),
    ]


async def test_what_stands_under_another_meaning_waits_for_a_person(installation, folder: Path, capsys) -> None:
    await _teach(installation, ("ຢາກເຮັດໜັງສືຜ່ານແດນ?", "info_border_pass"))

    done = await export(installation, folder)

    assert (done.written, done.contrary) == (0, 1)
    assert _files(folder) == {}
    async with installation.database.write() as connection:
        assert len(await lessons.approved(connection, installation.vault)) == 1


async def test_a_yes_taken_back_is_not_exported(installation, folder: Path) -> None:
    await _teach(installation, (LAO, "wages_withheld"), is_yes=False)

    assert (await export(installation, folder)).written == 0
    assert _files(folder) == {}


async def test_what_was_exported_is_forgotten_here(installation, folder: Path) -> None:
    await _teach(installation, (LAO, "wages_withheld"))

    await export(installation, folder)

    async with installation.database.read() as connection:
        [row] = (await connection.execute(select(lesson))).all()
    assert (row.state, row.chat_id, row.said_id, row.sealed_text) == ("exported", None, None, None)


async def test_a_crash_after_the_files_were_written_loses_and_doubles_nothing(
    installation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _teach(installation, (LAO, "wages_withheld"))

    async def power_cut(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(lessons, "mark_exported", power_cut)
        with pytest.raises(StoreAwayError):
            await export(installation, folder)
    after_crash = _files(folder)
    done = await export(installation, folder)

    assert len(after_crash) == 1
    assert (done.written, done.known) == (0, 1)
    assert _files(folder) == after_crash


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("ລູກສາວຢູ່ສະຫວັນນະເຂດ ໄປເຮັດວຽກຢູ່ໄທ", "ລູກສາວຢູ່… ໄປເຮັດວຽກຢູ່ໄທ"),
        ("น้องหายไปที่อุดรธานี", "น้องหายไปที่…"),
        ("my sister is in Pakse now", "my sister is in … now"),
        ("ນາຍບໍ່ໃຫ້ເງິນເລີຍ", "ນາຍບໍ່ໃຫ້ເງິນເລີຍ"),
    ],
)
def test_names_of_provinces_and_districts_are_proposed_for_cutting(words: str, left: str) -> None:
    assert cut(words, place_spans) == left


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ('ຢູ່ [Pakse](district) {"a": 1}', 'ຢູ່ Pakse district "a": 1'),
        ("- /restart", "restart"),
        ("a\n  - intent: greet\n# b", "a - intent: greet # b"),
        ("ສະ\u200bບາຍ\u2028ດີ\x00", "ສະບາຍ ດີ"),
        ('"quoted" | > text', 'quoted" text'),
    ],
)
def test_marks_of_rasa_and_yaml_are_cleaned_away(words: str, left: str) -> None:
    assert cleaned(words) == left
    assert yaml.safe_load(f"examples: |\n  - {left}\n") == {"examples": f"- {left}\n"}


@pytest.mark.parametrize(
    ("words", "name"), [("ສະບາຍດີ", "lo"), ("สวัสดี", "th"), ("I need help now", "en"), ("khoy yak mua ban", "latin")]
)
def test_folders_are_named_by_script(words: str, name: str) -> None:
    assert folder_of(words) == name


async def test_the_command_says_how_many_and_no_words(installation, folder: Path, capsys) -> None:
    await _teach(installation, (LAO, "wages_withheld"))

    code = await run_lessons(installation.settings, folder)

    said = "".join(capsys.readouterr())
    assert code == 0
    assert "1 written" in said
    assert "make train" in said
    assert [word for word in LAO.split() if len(word) > 3 and word in said] == []


async def test_a_folder_that_is_not_there_is_said_and_nothing_is_lost(installation, tmp_path: Path) -> None:
    await _teach(installation, (LAO, "wages_withheld"))

    with pytest.raises(NotReadyError):
        await export(installation, tmp_path / "nowhere")
    async with installation.database.write() as connection:
        assert len(await lessons.approved(connection, installation.vault)) == 1
