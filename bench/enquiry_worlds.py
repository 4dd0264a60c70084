"""Does what people are sent depend on whether she was found? The same lives and dialogues in two worlds (R14).

    python -m bench.enquiry_worlds --lives 1000     lives of a month, by buttons and words, without Rasa
    python -m bench.enquiry_worlds --pairs 3000     dialogues with people who should learn nothing, with the real model
    [--seed 1] [--batch 100]

In one world she is in a shelter's register, and staff do all that there is to do; in the other nobody is. Everything
sent is compared, with its time; what is drawn by lot is numbered. Dialogues are also held against what no reply may
ever do. All people are made up. Exit code 1 where anything differs or is wrong.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator

from bench.enquiries.dialogues import dialogue, faults, how_many
from bench.enquiries.lives import Life, Twin, life, run
from bench.enquiries.world import Rasa
from thangdee.core import logs
from thangdee.processes.rasa import ensure_model, free_port, new_token, rasa_child, until_it_answers

_SHOWN = 3


async def main(lives: int, pairs: int, seed: int, batch: int) -> int:
    """Run what was asked for; return the exit code."""
    logs.configure("bench")
    wrong = 0
    if lives:
        drawn = [life(number, seed) for number in range(lives)]
        wrong += await _compare("lives", drawn, batch, None)
    if pairs:
        wrong += await _with_rasa(list(_different(pairs, seed)), batch)
    return 1 if wrong else 0


def _different(pairs: int, seed: int) -> Iterator[Life]:
    known: set[tuple[str, ...]] = set()
    number = 0
    while len(known) < pairs:
        drawn, words = dialogue(number, seed)
        number += 1
        if words not in known:
            known.add(words)
            yield drawn


async def _with_rasa(drawn: list[Life], batch: int) -> int:
    await asyncio.to_thread(ensure_model)
    port, token = free_port(), new_token()
    child = rasa_child(port, token, None)
    await child.start()
    try:
        if not await until_it_answers(port, token):
            print("Rasa did not start", file=sys.stderr)
            return 1
        return await _compare("dialogues", drawn, batch, Rasa(f"http://127.0.0.1:{port}", token))
    finally:
        await child.stop()


async def _compare(name: str, drawn: list[Life], batch: int, rasa: Rasa | None) -> int:
    begin, differ, wrong, sent, deeds = time.monotonic(), 0, Counter[str](), 0, 0
    ends = Counter[str]()
    for start in range(0, len(drawn), batch):
        some = drawn[start : start + batch]
        twins = await (run(some, days=4, rasa=rasa) if rasa else run(some))
        for one in twins:
            sent += len(one.found)
            deeds += one.done
            ends[one.end] += 1
            differ += bool(one.differ)
            _show(one, differ)
            if rasa:
                wrong += _wrong(one, wrong)
        done = start + len(some)
        print(f"{done} {name}: {differ} differ, wrong {dict(wrong)}, {time.monotonic() - begin:.0f} s", flush=True)
    print(f"{len(drawn)} pairs of {name}, {sent} messages in each world, {deeds} deeds of staff, ends {dict(ends)}")
    print(f"differences: {differ}; against the rules: {sum(wrong.values())}; phrases by hand: {how_many()}")
    return differ + sum(wrong.values())


def _show(one: Twin, differ: int) -> None:
    if one.differ and differ <= _SHOWN:
        mine, theirs = one.differ[0]
        print(f"DIFFERS {one.number} {one.end}\n  found:  {mine}\n  nobody: {theirs}")


def _wrong(one: Twin, so_far: Counter[str]) -> Counter[str]:
    found = Counter[str]()
    for rule, words, line in faults(one):
        known = f"{rule} {line.keys[0] if line and line.keys else ''}".strip()
        found[known] += 1
        if so_far[known] + found[known] <= _SHOWN:
            shown = "" if line is None else f"{line.keys} {line.text[:300]!r}"
            print(f"WRONG {one.number} [{rule}] {words!r} -> {shown}")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lives", type=int, default=0)
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=100)
    chosen = parser.parse_args()
    sys.exit(asyncio.run(main(chosen.lives, chosen.pairs, chosen.seed, chosen.batch)))
