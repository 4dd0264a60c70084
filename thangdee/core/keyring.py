"""Master keys of an installation: key-encryption keys that rotate, and the key of look-ups (R22-R24)."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from thangdee.core.errors import NotReadyError, SealBrokenError, WeakKeyError

_KEY_BYTES = 32
_NONCE_BYTES = 12


class Keyring:
    """Keys read from one JSON file: `{"current": id, "kek": {id: base64}, "lookup": base64}`.

    Raises WeakKeyError for a key that is not 32 random-looking bytes, NotReadyError without a file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._load()

    @classmethod
    def create(cls, path: Path) -> "Keyring":
        """Write fresh keys to `path` (mode 0600), unless a file is there, and return the ring."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, {"current": "k1", "kek": {"k1": _fresh()}, "lookup": _fresh()})
        return cls(path)

    @property
    def current(self) -> str:
        """Id of the key-encryption key that wraps new case keys."""
        return self._current

    def add_current(self) -> str:
        """Add a fresh key-encryption key, make it the current one, return its id."""
        raw = json.loads(self._path.read_text())
        name = f"k{1 + max(int(known[1:]) for known in raw['kek'])}"
        raw["kek"][name] = _fresh()
        _write(self._path, raw | {"current": name})
        self._load()
        return name

    def drop_unused(self, used: set[str]) -> None:
        """Remove key-encryption keys that wrap nothing any more; the current one stays."""
        raw = json.loads(self._path.read_text())
        raw["kek"] = {name: key for name, key in raw["kek"].items() if name in used or name == raw["current"]}
        _write(self._path, raw)
        self._load()

    def wrap(self, key: bytes, key_id: str) -> tuple[str, bytes]:
        """Return (id of the wrapping key, nonce + ciphertext) of a case key."""
        if self._path.stat().st_mtime_ns != self._read_at:
            self._load()  # rotated by another process meanwhile
        nonce = os.urandom(_NONCE_BYTES)
        return self._current, nonce + AESGCM(self._kek[self._current]).encrypt(nonce, key, key_id.encode())

    def unwrap(self, kek_id: str, wrapped: bytes, key_id: str) -> bytes:
        """Return the case key. Raises SealBrokenError where the wrapping does not open."""
        if kek_id not in self._kek:
            self._load()  # rotated by another process meanwhile
        try:
            return AESGCM(self._kek[kek_id]).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], key_id.encode())
        except (KeyError, ValueError, InvalidTag) as error:
            raise SealBrokenError("a case key does not open") from error

    def look_up(self, purpose: str, value: str) -> str:
        """Keyed hash (hex, 64 characters) of a value, different for each purpose."""
        return hmac.new(self._lookup, f"{purpose}|{value}".encode(), hashlib.sha256).hexdigest()

    def _load(self) -> None:
        if not self._path.exists():
            raise NotReadyError(f"no keyring at {self._path}: run 'thangdee init' first")
        self._read_at = self._path.stat().st_mtime_ns
        try:
            raw = json.loads(self._path.read_text())
            self._kek = {name: _strong(value) for name, value in raw["kek"].items()}
            self._lookup = _strong(raw["lookup"])
            self._current = str(raw["current"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WeakKeyError("the keyring is broken or lacks a key: bring its backup back") from error
        if len({*self._kek.values(), self._lookup}) != len(self._kek) + 1 or self._current not in self._kek:
            raise WeakKeyError("every key must be different and the current one must exist")


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def _strong(encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise WeakKeyError("a key is not base64") from error
    # 32 random bytes hold about 30 different ones; typed words and repeats hold far fewer.
    if len(key) != _KEY_BYTES or len(set(key)) < 20 or key.isascii():
        raise WeakKeyError("a key must be 32 random bytes: make a keyring with 'thangdee init'")
    return key


def _write(path: Path, content: dict[str, Any]) -> None:
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
