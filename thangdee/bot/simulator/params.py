"""The arguments of a Bot API call, however they came: query, form, JSON or multipart."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from thangdee.bot.simulator.faults import bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime_type: str
    content: bytes


class Params:
    """Typed access to the arguments; raises Telegram's 400 for what cannot be read."""

    def __init__(self, values: Mapping[str, Any], uploads: Mapping[str, Upload]) -> None:
        self.values = dict(values)
        self._uploads = uploads

    def __contains__(self, name: str) -> bool:
        return name in self.values or name in self._uploads

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers count as strings."""
        value = self.values.get(name, default)
        return value if isinstance(value, str) else str(value)

    def integer(self, name: str) -> int | None:
        """A whole number, or None."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f'parameter "{name}" must be an integer') from None

    def number(self, name: str) -> float:
        """A number that must be there."""
        try:
            return float(self.values[name])
        except (KeyError, TypeError, ValueError):
            raise bad_request(f"{name} is empty or not a number") from None

    def flag(self, name: str) -> bool:
        """A boolean; "True", "true", "1" and "yes" are true."""
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes", "y", "t"}

    def json(self, name: str) -> Any:  # noqa: ANN401 - JSON
        """A JSON value, written out or as it is; None when absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """The file of a field, also by attach://."""
        if name in self._uploads:
            return self._uploads[name]
        return self._uploads.get(self.text(name).removeprefix("attach://"))

    @property
    def chat_id(self) -> int | None:
        """The chat_id if it is one that a fault can be scripted for."""
        value = str(self.values.get("chat_id", ""))
        return int(value) if value.removeprefix("-").isascii() and value.removeprefix("-").isdigit() else None


async def read_params(request: Request) -> Params:
    """Read the arguments of a request; raises a 400 for a body that is not what it says."""
    values: dict[str, Any] = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        values |= await _json_body(request)
    elif kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    mime = value.content_type or "application/octet-stream"
                    uploads[name] = Upload(value.filename or name, mime, await value.read())
                else:
                    values[name] = value
    return Params(values, uploads)


async def _json_body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise bad_request("object expected as JSON body")
    return body
