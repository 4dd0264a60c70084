"""Phones over HTTP: acts, screens, and events that resume without loss or doubling."""

import json
import shutil
import subprocess

import httpx
import pytest

from thangdee.bot.simulator.ogg import ogg_opus, samples
from thangdee.bot.simulator.page import STATIC
from thangdee.bot.simulator.sample_media import silent_voice
from thangdee.bot.simulator.webm import as_voice_note


@pytest.fixture
async def http(url):
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client


async def read_events(http, path, count, **headers):
    """The next `count` events as (id, kind, data)."""
    events = []
    async with http.stream("GET", path, headers=headers) as response:
        event = {}
        async for line in response.aiter_lines():
            name, _, value = line.partition(": ")
            event |= {name: value}
            if not line and "data" in event:
                events.append((int(event.get("id", 0)), event["event"], json.loads(event["data"])))
                event = {}
            if len(events) == count:
                return events
    raise AssertionError("the stream ended")


async def test_phone_made_over_http_writes_presses_and_is_seen(http, bot, fake, answering):
    made = (await http.post("/phones", json={"kind": "family"})).json()
    assert made["kind"] == "family"
    assert "sample" in made["label"]
    path = f"/phones/{made['id']}"
    await http.post(f"{path}/start")
    await fake.wait_for(lambda sent: "ไทย" in sent.labels)
    assert (await http.post(f"{path}/press", json={"button": "ไทย"})).json()["ok"]
    await fake.wait_for(lambda sent: "คุยกับคน" in sent.labels)
    await http.post(f"{path}/voice?seconds=4")
    await fake.wait_for(lambda sent: sent.text == "voice 4 OggS")
    await http.post(f"{path}/photo", content=b"\xff\xd8\xff sample", headers={"content-type": "image/jpeg"})
    await fake.wait_for(lambda sent: sent.text == "photo ffd8ff")
    await http.post(f"{path}/location", json={"latitude": 15.12, "longitude": 105.8})
    await fake.wait_for(lambda sent: sent.text == "place 15.12 105.80")

    screen = (await http.get(f"{path}/screen")).json()
    assert screen["messages"][0]["text"] == "/start"
    assert [row[0]["label"] for row in screen["keyboard"]] == ["ດ່ວນ · ด่วน", "ເມນູ"]
    photo = next(one["media"] for one in screen["messages"] if one["media"] and one["media"]["kind"] == "photo")
    assert (await http.get(f"{path}/media/{photo['file_id']}")).headers["content-type"] == "image/jpeg"


async def test_edit_block_and_unblock_over_http(http, phone):
    path = f"/phones/{phone.chat_id}"
    own = phone.screen().messages[0].message_id
    assert (await http.post(f"{path}/messages/{own}", json={"text": "ໃໝ່"})).json()["ok"]
    await http.post(f"{path}/block")
    assert (await http.post(f"{path}/text", json={"text": "x"})).status_code == 409
    await http.post(f"{path}/unblock")
    assert (await http.post(f"{path}/text", json={"text": "x"})).status_code == 200
    assert phone.screen().texts == ["ໃໝ່", "x"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("press", {"button": "none"}, 404),
        ("text", {"text": ""}, 422),
        ("messages/1", {"text": "x"}, 404),
        ("location", {"latitude": 91, "longitude": 0}, 422),
    ],
)
async def test_impossible_acts_are_refused(http, phone, path, body, status):
    assert (await http.post(f"/phones/{phone.chat_id}/{path}", json=body)).status_code == status


async def test_unknown_phone_is_not_found(http):
    assert (await http.get("/phones/1/screen")).status_code == 404
    assert (await http.get("/phones/1/events")).status_code == 404


async def test_events_resume_after_the_last_id_without_loss_or_doubling(http, phone):
    for number in range(6):
        phone.text(str(number))
    path = f"/phones/{phone.chat_id}/events"
    before = await read_events(http, path, 3)
    phone.text("6")
    after = await read_events(http, path, 5, **{"Last-Event-ID": str(before[-1][0])})

    assert [number for number, _, _ in before + after] == list(range(1, 9))
    assert [data["text"] for _, _, data in before + after] == ["/start", "0", "1", "2", "3", "4", "5", "6"]


async def test_deleted_words_are_not_told_again(http, bot, phone):
    message = await bot.send_message(phone.chat_id, "ຄວາມລັບ")
    await message.delete()
    events = await read_events(http, f"/phones/{phone.chat_id}/events", 3)

    assert [kind for _, kind, _ in events] == ["message", "gone", "gone"]
    assert "ຄວາມລັບ" not in json.dumps(events, ensure_ascii=False)


async def test_moments_are_not_told_later(http, bot, phone, clock):
    await bot.send_chat_action(phone.chat_id, "typing")
    assert (await read_events(http, f"/phones/{phone.chat_id}/events", 2))[-1][1] == "typing"
    clock.move(seconds=6)
    assert (await read_events(http, f"/phones/{phone.chat_id}/events", 2))[-1][1] == "past"


async def test_overview_tells_all_phones(http, fake, phone):
    fake.new_phone(kind="family")
    ((_, kind, phones),) = await read_events(http, "/phones/events", 1)
    assert kind == "phones"
    assert [one["kind"] for one in phones] == ["migrant", "family"]


async def test_another_sites_page_cannot_act(http, phone):
    refused = await http.post(
        f"/phones/{phone.chat_id}/text", json={"text": "x"}, headers={"Origin": "https://example.org"}
    )
    assert refused.status_code == 403
    assert phone.screen().texts == ["/start"]


async def test_uploaded_page_is_not_served_as_a_page(http, phone):
    phone.photo(b"<script>alert(1)</script>")
    file_id = phone.screen().messages[-1].media.file_id
    answer = await http.get(f"/phones/{phone.chat_id}/media/{file_id}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_page_has_a_strict_policy_and_no_inline_code(http):
    answer = await http.get("/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "style=" not in answer.text
    assert "onclick" not in answer.text
    assert answer.text.count("<script") == answer.text.count('<script type="module" src="/static/')
    assert 'data-staff-url="/static/icon.svg"' in answer.text


def test_fonts_and_vendored_files_have_their_checksums():
    root = STATIC.parents[3]
    for folder in (root / "thangdee" / "locales" / "fonts", root / "tests" / "vendor"):
        subprocess.run([shutil.which("sha256sum"), "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


@pytest.mark.parametrize(("packet", "length"), [(b"\xf8\xff\xfe", 960), (b"\xfb\x03", 2880), (b"\x08", 960), (b"", 0)])
def test_opus_packets_tell_their_length(packet, length):
    assert samples(packet) == length


def test_silent_voice_lasts_as_long_as_asked():
    last_page = silent_voice(3).rpartition(b"OggS")[2]
    assert int.from_bytes(last_page[2:10], "little") == 3 * 48_000


def test_recording_in_webm_becomes_ogg():
    packets = [b"\xf8\xff\xfe", b"\xf8" + b"x" * 300]
    blocks = b"".join(
        b"\xa3" + bytes([0x40 | (len(one) + 4) >> 8, (len(one) + 4) & 255]) + b"\x81\0\0\x80" + one for one in packets
    )
    opus = b"OpusHead\x01\x01\x38\x01"
    head = b"\x1a\x45\xdf\xa3\x80" + b"\x18\x53\x80\x67\x01" + b"\xff" * 7
    tracks = b"\x16\x54\xae\x6b" + bytes([0x80 | (len(opus) + 6)]) + b"A_OPUS" + opus
    recording = head + tracks + b"\x1f\x43\xb6\x75\x01" + b"\xff" * 7 + blocks

    assert as_voice_note(recording) == ogg_opus(packets, channels=1, skip=312)


@pytest.mark.parametrize(
    "content", [b"", b"OggS", b"\x1a\x45\xdf\xa3", b"\x1a\x45\xdf\xa3A_OPUSOpusHead" + b"\x00" * 40]
)
def test_other_recordings_stay_as_they_are(content):
    assert as_voice_note(content) == content
