"""Telephone numbers in what people wrote, in one form, so that the same number is the same however it was typed."""

import re

import phonenumbers

from thangdee.core.script import fold

_REGIONS = ("LA", "TH")
_NUMBERISH = re.compile(r"\+?\d[\d\s().\-]{5,20}\d")
_FEWEST, _LAST = 7, 8


def numbers_in(text: str) -> frozenset[str]:
    """Return all numbers in a text, each in every form it may mean: as one of Laos, of Thailand, as typed."""
    return frozenset(form for found in _NUMBERISH.findall(fold(text)) for form in _forms(found))


def _forms(written: str) -> set[str]:
    """Return a number as it may be dialled from abroad, and its last digits: many leave out what stands before them."""
    digits = "".join(one for one in written if one.isdecimal())
    forms = {f"+{_plain(number)}" for region in _REGIONS if (number := _parsed(written, region)) is not None}
    return forms | ({digits[-_LAST:]} if len(digits) >= _FEWEST else set())


def _parsed(written: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _plain(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).lstrip("+")
