"""Addresses as they are written down: what is an address of its kind, and what is refused."""

import ipaddress
import re
import unicodedata
from enum import StrEnum
from urllib.parse import urlsplit

from thangdee.core.errors import ThangdeeError

LONGEST = 500
_MOST_LINES = 8
_GROUP = re.compile(r"-?\d{5,20}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:{_LABEL}\.)+{_LABEL}")
_PHONE = re.compile(r"\+?[\d ()-]{3,24}")


class Kind(StrEnum):
    """What sort of way it is. By the first three we send; by the last two one of us calls or prints."""

    GROUP = "telegram_group"
    MAIL = "e_mail"
    WEBHOOK = "webhook"
    PHONE = "phone"
    LETTER = "letter"


BY_HAND = frozenset({Kind.PHONE, Kind.LETTER})


class UnfitAddressError(ThangdeeError):
    """What was written is no address of its kind."""

    code = "unfit_address"


def tidy(kind: Kind, address: str) -> str:
    """Return an address as it is kept. Raises UnfitAddressError."""
    plain = unicodedata.normalize("NFC", address.replace("\0", "").replace("\r\n", "\n")).strip()
    if not plain or len(plain) > LONGEST or not _IS[kind](plain):
        raise UnfitAddressError(f"no address for {kind}")
    return plain


def _is_group(plain: str) -> bool:
    """A group or a channel of Telegram has a negative number; a positive one is a private chat."""
    return _GROUP.fullmatch(plain) is not None and plain.startswith("-")


def _is_mail(plain: str) -> bool:
    local = plain.rpartition("@")[0]
    has_stray_dot = local.startswith(".") or local.endswith(".") or ".." in local
    return _MAIL.fullmatch(plain) is not None and not has_stray_dot


def _is_webhook(plain: str) -> bool:
    """Over https, by a name, without a password; where it leads to is looked at each time that something is sent."""
    try:
        parts = urlsplit(plain)
        port = parts.port
    except ValueError:
        return False
    has_more = bool(parts.username or parts.password or parts.fragment) or not plain.isascii() or " " in plain
    is_name = bool(parts.hostname) and "." in str(parts.hostname) and not _is_number(str(parts.hostname))
    return parts.scheme == "https" and is_name and not has_more and (port is None or port > 0)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_phone(plain: str) -> bool:
    return _PHONE.fullmatch(plain) is not None and sum(map(str.isdigit, plain)) >= 3


def _is_letter(plain: str) -> bool:
    lines = plain.split("\n")
    return len(lines) <= _MOST_LINES and all(one.isprintable() for one in lines)


_IS = {
    Kind.GROUP: _is_group,
    Kind.MAIL: _is_mail,
    Kind.WEBHOOK: _is_webhook,
    Kind.PHONE: _is_phone,
    Kind.LETTER: _is_letter,
}
