"""A phone that holds passkeys, without a phone: answers as browsers send them, with a real key (WebAuthn, ES256)."""

import hashlib
import json
import secrets
import struct

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40
_ES256 = {1: 2, 3: -7, -1: 1}


class Phone:
    """One passkey. `verifies` off: nobody had to show finger, face or PIN. `counts` off: as synced passkeys do."""

    def __init__(self, origin: str, *, verifies: bool = True, counts: bool = True) -> None:
        self.origin = origin
        self.verifies = verifies
        self.counts = counts
        self.uses = 0
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = secrets.token_bytes(16)

    def make(self, options: str) -> str:
        """Answer to the making of a passkey."""
        asked = json.loads(options)
        numbers = self._key.public_key().public_numbers()
        public = cbor2.dumps(_ES256 | {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + struct.pack(">H", len(self._id)) + self._id + public
        data = self._data(asked["rp"]["id"], _ATTESTED) + attested
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer("webauthn.create", asked["challenge"], attestationObject=made)

    def show(self, options: str) -> str:
        """Answer to the showing of a passkey."""
        asked = json.loads(options)
        self.uses += self.counts
        data = self._data(asked["rpId"], 0)
        client = self._client("webauthn.get", asked["challenge"])
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer("webauthn.get", asked["challenge"], authenticatorData=data, signature=signature)

    def _data(self, rp_id: str, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.uses)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, kind: str, challenge: str, **response: bytes) -> str:
        said = {"clientDataJSON": self._client(kind, challenge)} | response
        name = bytes_to_base64url(self._id)
        encoded = {part: bytes_to_base64url(value) for part, value in said.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": encoded})
