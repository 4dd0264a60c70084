"""Passphrases: long, not known, hashed with argon2id, the same on every keyboard (R32)."""

import hashlib
from pathlib import Path

import pytest

from thangdee.casework.staff import passphrases
from thangdee.casework.staff.passphrases import (
    BreachedPassphraseError,
    LongPassphraseError,
    NamedPassphraseError,
    PlainPassphraseError,
    ShortPassphraseError,
    check_fit,
)

LAO = "ເຂົ້າໜຽວ ຈັກກະຍານ ຟ້າຮ້ອງ ໝາກມ່ວງ"
THAI = "ข้าวเหนียว จักรยาน ฟ้าร้อง มะม่วง"


@pytest.mark.parametrize("fit", [LAO, THAI, "river candle orange bicycle", "x7#Q" + "pluzvanter!k", "ກ" * 3 + LAO])
def test_fit_passphrases_are_taken_in_every_script(fit) -> None:
    check_fit(fit, "noy")


@pytest.mark.parametrize(
    ("unfit", "why"),
    [
        ("fourteen chars", ShortPassphraseError),
        ("ກໍ່ຂໍ່ຄໍ່ງໍ່ຈໍ່", ShortPassphraseError),  # 15 code points, five letters with marks
        (" " * 10 + "candle" + " " * 10, ShortPassphraseError),
        ("river candle " * 16, LongPassphraseError),
        ("river candle orange" * 1000, LongPassphraseError),
        ("candlecandlecandle", PlainPassphraseError),
        ("aaaaaaaaaaaaaaaaaab", PlainPassphraseError),
        ("abcdefghijklmnopqrs", PlainPassphraseError),
        ("ກຂຄງຈສຊຍດຕຖທນບປ" * 2, PlainPassphraseError),
        ("my name is NOY and no other", NamedPassphraseError),
        ("1qaz2wsx3edc4rfv", BreachedPassphraseError),
        ("PasswordPassword1", BreachedPassphraseError),
        ("Sunshine2026!!!!!", BreachedPassphraseError),
    ],
)
def test_unfit_passphrases_are_refused_with_the_reason(unfit, why) -> None:
    with pytest.raises(why):
        check_fit(unfit, "noy")


def test_hashes_are_argon2id_and_differ_each_time() -> None:
    one, other = passphrases.hash_passphrase(LAO), passphrases.hash_passphrase(LAO)

    assert one != other
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passphrases.is_right(one, LAO)
    assert not passphrases.is_right(one, LAO + "ກ")
    assert not passphrases.is_right("no hash at all", LAO)


def test_one_passphrase_is_the_same_from_every_keyboard() -> None:
    # ຳ as one letter or as two; a space that the phone adds after the last word.
    hashed = passphrases.hash_passphrase("ນ້ຳຕົກ ນ້ຳຂອງ ນ້ຳເຕົ້າ")

    assert passphrases.is_right(hashed, "ນ້ຳຕົກ ນ້ຳຂອງ ນ້ຳເຕົ້າ".replace("\u0eb3", "\u0ecd\u0eb2") + " ")


def test_hashes_of_former_parameters_are_outdated() -> None:
    weaker = "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$" + "A" * 43

    assert passphrases.is_outdated(weaker)
    assert not passphrases.is_outdated(passphrases.hash_passphrase(LAO))


def test_the_list_of_breached_ones_is_as_it_was_taken() -> None:
    folder = Path(passphrases.__file__).parent / "breached"
    sums = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())

    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sums} == sums
