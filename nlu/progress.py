"""Lines that tell a person at the terminal how far training is."""

import sys
import time

_BEGAN = time.monotonic()


def say(line: str) -> None:
    """Write a line with the seconds since the start; to stderr, because stdout carries results."""
    print(f"  {time.monotonic() - _BEGAN:5.0f} s  {line}", file=sys.stderr, flush=True)
