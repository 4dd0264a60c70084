"""Master keys: weak ones refuse to start (R24), look-ups differ by purpose."""

import base64
import json
import secrets
import stat
from pathlib import Path

import pytest

from thangdee.core.errors import NotReadyError, SealBrokenError, WeakKeyError
from thangdee.core.keyring import Keyring


def _key(raw: bytes | None = None) -> str:
    return base64.b64encode(secrets.token_bytes(32) if raw is None else raw).decode()


def _good() -> dict:
    return {"current": "k1", "kek": {"k1": _key()}, "lookup": _key()}


SAME = _key()
WEAK = {
    "short": _good() | {"lookup": _key(secrets.token_bytes(31))},
    "short kek": _good() | {"kek": {"k1": _key(secrets.token_bytes(16))}},
    "long": _good() | {"lookup": _key(secrets.token_bytes(33))},
    "repeated": _good() | {"kek": {"k1": _key(secrets.token_bytes(8) * 4)}},
    "zeros": _good() | {"lookup": _key(bytes(32))},
    "ascii": _good() | {"kek": {"k1": _key(b"aVery-Long.Passphrase:of32_Bytes")}},
    "equal": _good() | {"kek": {"k1": SAME}, "lookup": SAME},
    "two equal": _good() | {"kek": {"k1": SAME, "k2": SAME}},
    "no current": _good() | {"current": "k9"},
    "no lookup": {name: value for name, value in _good().items() if name != "lookup"},
    "no kek": _good() | {"kek": {}},
    "kek left out": {name: value for name, value in _good().items() if name != "kek"},
    "null": _good() | {"lookup": None},
    "not base64": _good() | {"lookup": "!" * 44},
    "a list": [],
}


@pytest.mark.parametrize("weakness", WEAK)
def test_startup_refuses_weak_keys(tmp_path: Path, weakness: str) -> None:
    path = tmp_path / "keyring.json"
    path.write_text(json.dumps(WEAK[weakness]))

    with pytest.raises(WeakKeyError):
        Keyring(path)


def test_startup_refuses_weak_keys_of_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    path.write_text(json.dumps(_good())[:-5])

    with pytest.raises(WeakKeyError):
        Keyring(path)


def test_a_missing_keyring_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="thangdee init"):
        Keyring(tmp_path / "keyring.json")


def test_good_keys_start(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    path.write_text(json.dumps(_good()))

    assert Keyring(path).current == "k1"


def test_fresh_keys_are_strong_for_the_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"

    Keyring.create(path)
    first = path.read_bytes()
    Keyring.create(path)

    assert path.read_bytes() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_wrapped_key_opens_for_its_own_id_only(tmp_path: Path) -> None:
    keyring, key = Keyring.create(tmp_path / "keyring.json"), secrets.token_bytes(32)
    kek_id, wrapped = keyring.wrap(key, "one")

    assert keyring.unwrap(kek_id, wrapped, "one") == key
    for wrong in ((kek_id, wrapped, "two"), ("k9", wrapped, "one"), (kek_id, wrapped[:-1], "one")):
        with pytest.raises(SealBrokenError):
            keyring.unwrap(*wrong)


def test_a_key_still_used_is_not_dropped(tmp_path: Path) -> None:
    keyring, key = Keyring.create(tmp_path / "keyring.json"), secrets.token_bytes(32)
    kek_id, wrapped = keyring.wrap(key, "one")
    keyring.add_current()

    keyring.drop_unused({kek_id})
    kept = keyring.unwrap(kek_id, wrapped, "one")
    keyring.drop_unused(set())

    assert kept == key
    with pytest.raises(SealBrokenError):
        keyring.unwrap(kek_id, wrapped, "one")


def test_a_look_up_differs_by_purpose_value_and_installation(tmp_path: Path) -> None:
    one, other = Keyring.create(tmp_path / "one.json"), Keyring.create(tmp_path / "other.json")

    hashes = [one.look_up("chat", "5"), one.look_up("undo", "5"), one.look_up("chat", "6"), other.look_up("chat", "5")]

    assert len(set(hashes)) == 4
    assert one.look_up("chat", "5") == hashes[0]
