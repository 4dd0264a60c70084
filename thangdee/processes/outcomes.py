"""How a try to reach an organisation went."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """`error`: a code, None where they have it. `is_final`: trying again is of no use; `is_gone`: the address, too."""

    error: str | None = None
    is_final: bool = False
    is_gone: bool = False


TAKEN = Outcome()
AWAY = Outcome("away")
