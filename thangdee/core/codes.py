"""Random codes that people read out, write on paper and type."""

import secrets

# No vowels, so that none is a word; nothing that is taken for another: 0/O, 1/I/L, 2/Z, 5/S.
_SIGNS = "23456789BCDFGHJKMNPQRTVWX"


def new_code(length: int = 6) -> str:
    """Return a random code that tells nothing; with letters and digits, it is never taken for a word or a number."""
    while True:
        code = "".join(secrets.choice(_SIGNS) for _ in range(length))
        if not code.isalpha() and not code.isdecimal():
            return code
