"""What operators and evaluators type: verified numbers, the gate of `run`, parse and converse as commands."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.clock import SetClock
from tests.hotline import Hotline, open_hotline
from thangdee.core.errors import NotReadyError
from thangdee.core.words import text
from thangdee.flows.answers import number_lines
from thangdee.flows.crisis import crisis_kind
from thangdee.processes.operate import need_crisis_numbers
from thangdee.processes.rasa import free_port
from thangdee.processes.wiring import Installation
from thangdee.referral_directory import figures
from thangdee.referral_directory.figures import Figure, figure, missing_for_service, shown_figures

CRY = "ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ ຊ່ວຍແດ່"
MADE_UP = "000 0{number} (made up for a test)"


def _thangdee(folder: Path, *arguments: str, given: str | bytes = "", **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("THANGDEE_")}
    environment |= {"THANGDEE_DATA_DIR": str(folder / "var"), **more}
    return subprocess.run(
        [sys.executable, "-m", "thangdee.processes", *arguments], check=False, capture_output=True, cwd=folder,
        env=environment, input=given if isinstance(given, bytes) else given.encode(), timeout=240,
    )  # fmt: skip


def _verifying(count: int) -> str:
    """What an operator types: a name, then number, source and yes for each."""
    return "tester\n" + "".join(f"{MADE_UP.format(number=number)}\na test\nyes\n" for number in range(1, count + 1))


# --- the gate -----------------------------------------------------------------------------------------------


def test_a_bot_without_verified_crisis_numbers_does_not_start_and_says_what_to_do(tmp_path: Path) -> None:
    no_token = _thangdee(tmp_path, "run")
    unverified = _thangdee(tmp_path, "run", THANGDEE_TELEGRAM_TOKEN="77:made-up")
    listed = _thangdee(tmp_path, "verify-numbers", "--list")

    assert (no_token.returncode, unverified.returncode, listed.returncode) == (2, 2, 0)
    assert b"THANGDEE_TELEGRAM_TOKEN" in no_token.stderr
    sentence = unverified.stderr.decode().strip()
    assert sentence.startswith("thangdee: these crisis numbers are not verified:")
    assert "thangdee verify-numbers" in sentence
    assert "th_" in sentence
    assert "la_" in sentence
    assert "\n" not in sentence
    assert b"verified until" not in listed.stdout


def test_verified_numbers_of_both_countries_open_the_gate(tmp_path: Path) -> None:
    assert _thangdee(tmp_path, "init").returncode == 0
    needed = _thangdee(tmp_path, "verify-numbers", "--list").stdout.decode().count(" crisis ")

    one_country = _thangdee(tmp_path, "verify-numbers", given=_verifying(2) + "\n" * 10)
    half = _thangdee(tmp_path, "run", THANGDEE_TELEGRAM_TOKEN="77:made-up")
    the_rest = _thangdee(tmp_path, "verify-numbers", given=_verifying(needed - 2))
    listed = _thangdee(tmp_path, "verify-numbers", "--list").stdout.decode()

    assert needed >= 6
    assert (one_country.returncode, half.returncode, the_rest.returncode) == (0, 2, 0)
    assert half.stderr.decode().count("_") >= needed - 2
    assert len(re.findall(r" crisis +verified until .*made up", listed)) == needed
    assert not re.search(r" crisis +NOT", listed)


def test_a_number_without_source_or_check_is_not_entered(tmp_path: Path) -> None:
    _thangdee(tmp_path, "init")
    skipped, no_source, no_check = "\n", "000 1\n\nyes\n", "000 1\na test\nno\n"
    no_number, too_short = "no digits\n", "1\n"

    typed = "tester\n" + skipped + no_source + no_check + no_number + too_short
    done = _thangdee(tmp_path, "verify-numbers", given=typed)  # and then the input ends

    assert done.returncode == 0, done.stderr
    assert b"Entered;" not in done.stdout
    assert done.stdout.count(b"Not entered") == done.stdout.count(b"no phone number") == 2
    assert b"verified until" not in _thangdee(tmp_path, "verify-numbers", "--list").stdout


async def _verify_all(installation: Installation, *, only: str = "", review_by: date | None = None) -> None:
    now = installation.clock.now()
    async with installation.database.write() as connection:
        for number, one in enumerate(await figures.all_figures(connection)):
            if one.country == (only or one.country):
                await figures.verify(
                    connection, one.key, value=MADE_UP.format(number=number), source="a test", by="tester", now=now,
                    review_by=review_by or now.date() + timedelta(days=180),
                )  # fmt: skip


@pytest.mark.parametrize("country", figures.COUNTRIES)
async def test_numbers_of_one_country_are_not_enough(installation: Installation, country: str) -> None:
    await _verify_all(installation, only=country)

    with pytest.raises(NotReadyError, match="not verified"):
        await need_crisis_numbers(installation)


async def test_the_gate_closes_again_when_the_review_is_overdue(installation: Installation, clock: SetClock) -> None:
    await _verify_all(installation)
    await need_crisis_numbers(installation)
    clock.advance(timedelta(days=180))
    await need_crisis_numbers(installation)
    clock.advance(timedelta(days=1))

    with pytest.raises(NotReadyError):
        await need_crisis_numbers(installation)


# --- figures ------------------------------------------------------------------------------------------------


async def _all(installation: Installation) -> list[Figure]:
    async with installation.database.read() as connection:
        return await figures.all_figures(connection)


async def test_unverified_figures_are_not_shown_outside_the_demo(installation: Installation, clock: SetClock) -> None:
    listed = await _all(installation)

    assert shown_figures(listed, clock.now(), demo=False).values == {}
    assert set(shown_figures(listed, clock.now(), demo=True).values) == {one.key for one in listed}
    assert len(missing_for_service(listed, clock.now())) == len([one for one in listed if one.is_crisis])


async def test_every_sample_says_so_in_three_languages(installation: Installation) -> None:
    samples = [one.sample or "" for one in await _all(installation)]

    assert len(samples) > 10
    assert all("ຕົວຢ່າງ" in one and "ตัวอย่าง" in one and "sample" in one for one in samples)
    assert all(one.startswith("000 ") for one in samples)


async def test_a_stale_review_date_hides_a_figure_again(installation: Installation, clock: SetClock) -> None:
    await _verify_all(installation, review_by=clock.now().date())
    listed = await _all(installation)
    today = shown_figures(listed, clock.now(), demo=False)
    clock.advance(timedelta(days=1))
    tomorrow = shown_figures(listed, clock.now(), demo=False)

    assert len(today.values) == len(listed)
    assert tomorrow.values == {}
    assert [part.key for part in number_lines(tomorrow.crisis, tomorrow)] == ["numbers.unavailable"]


async def test_a_real_bot_shows_what_is_verified_and_says_honestly_when_it_is_stale(
    installation: Installation, clock: SetClock
) -> None:
    real = replace(installation, settings=installation.settings.model_copy(update={"demo": False}))
    await _verify_all(real, review_by=clock.now().date())
    async with open_hotline(real, clock, rasa_url=f"http://127.0.0.1:{free_port()}", rasa_token="t") as hotline:
        await hotline.installation.refresh_figures()
        [today] = await hotline.say(hotline.phone("early"), CRY)
        clock.advance(timedelta(days=1))
        await hotline.installation.refresh_figures()
        [tomorrow] = await hotline.say(hotline.phone("later"), CRY)

    assert "made up for a test" in today.text
    assert text("numbers.unavailable", "lo") not in today.text
    assert text("numbers.unavailable", "lo") in tomorrow.text
    assert "000 0" not in tomorrow.text


async def test_seeding_again_keeps_what_was_entered(installation: Installation) -> None:
    await _verify_all(installation)
    records = [
        {"key": one.key, "country": one.country, "kind": one.kind, "purpose": "x"} for one in await _all(installation)
    ]

    async with installation.database.write() as connection:
        await figures.seed(connection, records)
        values = (await connection.execute(select(figure.c.value))).scalars().all()

    assert all("made up" in str(value) for value in values)


def test_duty_and_keys_answer_in_a_sentence(tmp_path: Path) -> None:
    _thangdee(tmp_path, "init")
    first = (tmp_path / "var" / "keyring.json").read_bytes()

    done = [
        _thangdee(tmp_path, *words.split()) for words in ("duty noy --hours 2", "duty noy --hours 0", "keys rotate")
    ]

    assert [one.returncode for one in done] == [0, 0, 0]
    assert [one.stdout.decode().split(".")[0] for one in done[:2]] == ["noy is on duty for 2 hours", "noy is off duty"]
    assert b"k2" in done[2].stdout
    assert (tmp_path / "var" / "keyring.json").read_bytes() != first


def test_weak_keys_and_missing_keys_end_with_a_sentence(tmp_path: Path) -> None:
    missing = _thangdee(tmp_path, "worker")
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "keyring.json").write_text('{"current": "k1", "kek": {"k1": "AAAA"}, "lookup": "AAAA"}')
    weak = _thangdee(tmp_path, "chat", THANGDEE_TELEGRAM_TOKEN="77:made-up")

    assert (missing.returncode, weak.returncode) == (2, 1)
    assert [one.stderr.decode().count("\n") for one in (missing, weak)] == [1, 1]
    assert b"weak_key" in weak.stderr


# --- parse --------------------------------------------------------------------------------------------------


def test_parse_without_rasa_reads_and_writes_json_lines(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": 1, "text": CRY}, ensure_ascii=False).encode(),
        b"no json",
        b"[1, 2]",
        b'{"id": 3}',
        b"[" * 100_000,
        b'{"id": "\xff", "text": "\xff\xfe"}',
        b"",
        json.dumps({"id": "four", "text": "สวัสดี"}).encode(),
        json.dumps({"id": 5, "text": "hello \ud83d my friend"}).encode(),
        json.dumps({"id": 6, "text": ""}).encode(),
    ]

    done = _thangdee(tmp_path, "parse", "--without-rasa", given=b"\n".join(lines) + b"\n")

    results = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert done.returncode == 0, done.stderr
    assert [("error" in one) for one in results] == [False, True, True, True, True, False, False, False, False]
    assert results[0] == {
        "id": 1, "intent": crisis_kind(CRY), "confidence": 1.0, "risk": "immediate", "language": "lo", "script": "lao",
    }  # fmt: skip
    assert [(one["id"], one["risk"], one["language"]) for one in results[6:]] == [
        ("four", "none", "th"), (5, "none", "en"), (6, "none", "lo"),
    ]  # fmt: skip


# --- converse -----------------------------------------------------------------------------------------------

# An empty object is a mistake: its error line marks the end of what the line before it brought.
MARK = "{}"
PASSPORT = "ຢາກເຮັດໜັງສືຜ່ານແດນ ເຮັດຢູ່ໃສ"
STEPS = {
    "start": {"from": "p1", "text": "/start"},
    "language": {"from": "p1", "press": "ລາວ"},
    "yes": {"from": "p1", "press": 1},
    "no json": "no json",
    "no such button": {"from": "p1", "press": "no such button"},
    "nothing done": {"from": "p1"},
    "strange time": {"advance": "soon"},
    "strange part": {"kill": "moon"},
    "question": {"from": "p1", "text": PASSPORT},
    "rasa dies": {"kill": "rasa"},
    "question in the dark": {"from": "p1", "text": PASSPORT},
    "rasa lives": {"restore": "rasa"},
    "question again": {"from": "p1", "text": PASSPORT},
    "voice": {"from": "p1", "voice": True},
    "place": {"from": "p1", "location": {"latitude": 17.9, "longitude": 102.6}},
    "chat dies": {"kill": "chat"},
    "cry": {"from": "p2", "text": CRY},
    "chat lives": {"restore": "chat"},
    "days pass": {"advance": "P1DT2H"},
    "after days": {"from": "p1", "text": "/menu"},
}


def _talk(folder: Path) -> dict[str, list[dict]]:
    lines = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in STEPS.values()]
    done = _thangdee(folder, "converse", given="".join(f"{line}\n{MARK}\n" for line in lines))
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    told: list[list[dict]] = [[]]
    for line in done.stdout.decode().splitlines():
        one = json.loads(line)
        if one == {"error": "KeyError: 'from'"}:
            told.append([])
        else:
            told[-1].append(one)
    return dict(zip(STEPS, told, strict=False))


def test_converse_talks_by_json_lines_through_kills_and_days(tmp_path: Path) -> None:
    told = _talk(tmp_path)

    mistakes = ("no json", "no such button", "nothing done", "strange time", "strange part")
    assert [[list(one) for one in told[step]] for step in mistakes] == [[["error"]]] * 5
    [welcome] = told["start"]
    assert welcome.keys() == {"to", "text", "buttons", "audio", "at"}
    assert (welcome["to"], len(welcome["buttons"]), welcome["audio"]) == ("p1", 4, False)
    assert told["language"][0]["text"].startswith(text("chat.language_set", "lo"))
    assert told["yes"][0]["text"].startswith(text("consent.keep_chat.yes", "lo"))
    for step in ("question", "question again"):
        assert told[step][0]["text"].startswith(text("answers.info_passport", "lo")), step
    assert told["question in the dark"][0]["text"].startswith(text("chat.menu_without_understanding", "lo"))
    assert [one["alert"]["urgency"] for one in told["voice"] if "alert" in one] == ["high"]
    assert told["place"][0]["text"] == text("chat.location_received", "lo")
    assert told["cry"] == []
    [card] = [one for one in told["chat lives"] if "to" in one]
    [alert] = [one["alert"] for one in told["chat lives"] if "alert" in one]
    assert card["text"].startswith(text("crisis.danger_now", "lo"))
    assert (card["to"], alert["urgency"], alert["reason"]) == ("p2", "immediate", "danger_now")
    assert told["days pass"] == []
    assert told["after days"][0]["at"][:10] > welcome["at"][:10]
    assert text("menu.root.title", "lo") in told["after days"][0]["text"]


async def test_the_hotline_of_tests_is_a_demo_with_samples(blind_hotline: Hotline) -> None:
    [card] = await blind_hotline.say(blind_hotline.phone(), CRY)

    assert "ຕົວຢ່າງ" in card.text
