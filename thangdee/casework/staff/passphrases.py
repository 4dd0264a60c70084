"""Passphrases of staff: argon2id, 15 characters or more, none that is known from a breach (R32).

The rules are those of NIST SP 800-63B: length, an offline list, no rules about kinds of letters. The list is that of
Firefox Accounts; folder `breached` says where it is from.
"""

import csv
import re
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from thangdee.core.errors import ThangdeeError

SHORTEST, LONGEST = 15, 200
# More than a passphrase of LONGEST characters with all their marks can have: what is longer is not even read.
MOST_CODE_POINTS = 4 * LONGEST
_FEWEST_DIFFERENT = 5
_LIST = Path(__file__).parent / "breached" / "breached.csv"
_PADDING = re.compile(r"^[\W\d_]+|[\W\d_]+$")
# RFC 9106, second recommended option: 64 MiB, three passes.
_hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


class UnfitPassphraseError(ThangdeeError):
    """A passphrase that somebody would guess; the code of each kind says why."""

    code = "unfit_passphrase"


class ShortPassphraseError(UnfitPassphraseError):
    """Fewer than 15 characters."""

    code = "short_passphrase"


class LongPassphraseError(UnfitPassphraseError):
    """More than 200 characters."""

    code = "long_passphrase"


class PlainPassphraseError(UnfitPassphraseError):
    """A repetition, a sequence, or hardly any different characters."""

    code = "plain_passphrase"


class NamedPassphraseError(UnfitPassphraseError):
    """The sign-in name stands in it."""

    code = "named_passphrase"


class BreachedPassphraseError(UnfitPassphraseError):
    """Known from a breach, or such a word with something around it."""

    code = "breached_passphrase"


def check_fit(passphrase: str, sign_in_name: str) -> None:
    """Raise the UnfitPassphraseError that names what is wrong, if anything is."""
    words = _plain(passphrase[: MOST_CODE_POINTS + 1])
    if _length(words) > LONGEST or len(passphrase) > MOST_CODE_POINTS:
        raise LongPassphraseError("a passphrase has 200 characters at most")
    if _length(words) < SHORTEST:
        raise ShortPassphraseError("a passphrase has 15 characters at least")
    words = words.casefold()
    if _is_monotonous(words):
        raise PlainPassphraseError("a repetition or a sequence")
    if _plain(sign_in_name).casefold() in words:
        raise NamedPassphraseError("the sign-in name stands in it")
    if words in _breached() or _PADDING.sub("", words) in _breached():
        raise BreachedPassphraseError("known from a breach")


def hash_passphrase(passphrase: str) -> str:
    """Return the argon2id hash, with its parameters and salt. Takes 64 MiB and a moment: not on the event loop."""
    return _hasher.hash(_plain(passphrase))


def is_right(hashed: str, passphrase: str) -> bool:
    """Tell whether this is the passphrase of the hash; as slow as making one."""
    try:
        return _hasher.verify(hashed, _plain(passphrase[: MOST_CODE_POINTS + 1]))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(hashed: str) -> bool:
    """Tell whether the hash was made with former parameters: make a new one at the next sign-in."""
    return _hasher.check_needs_rehash(hashed)


def _plain(passphrase: str) -> str:
    """The same for all keyboards.

    Lao ຳ is one letter on some keyboards and two on others, which only the compatibility form unites; keyboards of
    phones add a space at the end.
    """
    return unicodedata.normalize("NFKC", passphrase).strip()


def _length(words: str) -> int:
    """Characters as a reader counts them: marks above and below a letter belong to it."""
    return sum(not unicodedata.category(one).startswith("M") for one in words)


def _is_monotonous(words: str) -> bool:
    steps = {ord(later) - ord(one) for one, later in pairwise(words)}
    # "abcabc" is found inside "abcabcabcabc" before its end: a repetition.
    return len(set(words)) < _FEWEST_DIFFERENT or len(steps) == 1 or (words + words).find(words, 1) < len(words)


@cache
def _breached() -> frozenset[str]:
    with _LIST.open(encoding="utf-8", newline="") as lines:
        return frozenset(row[0] for row in csv.reader(lines))
