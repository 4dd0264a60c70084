"""How long one enquiry takes as the register grows, beside a plain look at every resident.

    python bench/match_speed.py [--sizes 5000 20000 100000] [--enquiries 60] [--plain 3]

Processor time of one enquiry: reading it, the hashed blocks, the scores of those who share them. Both ways take turns
on the same machine, so that the ratios mean something where the milliseconds do not. Everybody is made up. Exit code 1
where the median is over 50 ms up to 5,000 residents, or over 500 ms in a larger register.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.matching.make import made_up
from thangdee.casework.matching import (
    Candidate,
    Described,
    ResidentIndex,
    UnkeyedHashes,
    described_enquiry,
    described_resident,
    score,
)

SMALL, MOST_SMALL, MOST_LARGE = 5_000, 50, 500  # residents, milliseconds


def main() -> int:
    """Measure each size, print, and say whether it is fast enough."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 20_000, 100_000])
    parser.add_argument("--enquiries", type=int, default=60)
    parser.add_argument("--plain", type=int, default=3, help="enquiries for which every resident is looked at")
    chosen = parser.parse_args()
    print(" residents   load s  median ms  slowest  growth  every one ms  ratio")
    first, is_fast = 0.0, True
    for size in chosen.sizes:
        index, residents, enquiries, load = loaded(size, chosen.enquiries)
        times = [timed(index.find, one) for one in enquiries]
        plain = [timed(partial(looked_at_all, residents), row) for row in enquiries[: chosen.plain]]
        median, every = statistics.median(times), statistics.median(plain) if plain else 0.0
        first = first or median
        is_fast &= median <= (MOST_SMALL if size <= SMALL else MOST_LARGE)
        print(
            f"{size:>10} {load:>8.1f} {median:>10.1f} {max(times):>8.1f} {median / first:>6.1f}x {every:>13.0f} "
            f"{every / median:>6.1f}",
            flush=True,
        )
    return int(not is_fast)


def loaded(size: int, enquiries: int) -> tuple[ResidentIndex, list[tuple[str, Described]], list[dict[str, Any]], float]:
    """A made-up register of this size, ready; and how many seconds it took to read."""
    made = made_up(size, enquiries, enquiries // 3, seed=900)
    began = time.process_time()
    index = ResidentIndex(UnkeyedHashes())
    residents = [(str(row["id"]), described_resident(row)) for row in made.register]
    for id_, resident in residents:
        index.add(id_, resident)
    return index, residents, made.enquiries, time.process_time() - began


def looked_at_all(residents: list[tuple[str, Described]], enquiry: Described) -> list[Candidate]:
    """The plain way: every resident is scored."""
    return score(enquiry, residents, register_size=len(residents))


def timed(way: Callable[[Described], object], row: dict[str, Any]) -> float:
    """Milliseconds of processor time for one enquiry as typed."""
    began = time.process_time()
    way(described_enquiry(row))
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
