"""The tables of the comparison, in Markdown."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from nlu.benchmark.figures import (
    Reading,
    Share,
    accuracy,
    by_language,
    calibration_error,
    is_near_miss,
    is_post,
    is_to_hotline,
    log_loss,
    macro_f1,
    where,
)
from nlu.benchmark.verdicts import IMMEDIATE, Verdict, alarms
from nlu.messages import OUT_OF_SCOPE, Message

BY = {"model": "the model alone", "words": "the word list alone", "both": "both, by the service's rule"}
F1_TARGETS = {"lo": 0.80, "th": 0.85, "isan": 0.80, "latin": 0.60}


def compared(messages: Sequence[Message], readings: Iterable[Reading]) -> str:
    """One line for each way of reading: macro F1 by language, and the rest over all."""
    asked = where(messages, is_to_hotline)
    some = [messages[n] for n in asked]
    languages = [(name, numbers) for name, numbers in by_language(some) if name != "all"]
    head = [*(f"{name} F1 ({len(numbers)})" for name, numbers in languages), f"all F1 ({len(some)})"]
    lines = [_row(["read by", *head, "accuracy", "top 3", "log loss", "training s"]), _rule(len(head) + 4)]
    for reading in readings:
        part = reading.part(asked)
        truth = [message.intent for message in some]
        by = [macro_f1(part.part(numbers), [truth[n] for n in numbers]) for _, numbers in languages]
        cells = [*by, macro_f1(part, truth), accuracy(part, truth), accuracy(part, truth, 3), log_loss(part, truth)]
        lines.append(_row([reading.name, *(f"{cell:.3f}" for cell in cells), f"{reading.seconds:.0f}"]))
    return "\n".join(lines)


def served(messages: Sequence[Message], reading: Reading, decided: Sequence[Verdict]) -> str:
    """The reader that is served, by language; the last F1 and accuracy with the word list, as `thangdee parse` says."""
    asked = where(messages, is_to_hotline)
    some = [messages[n] for n in asked]
    heads = ["language", "messages", "macro F1", "to reach", "accuracy", "top 3", "log loss", "calibration error"]
    lines = [_row([*heads, "F1 with word list"]), _rule(len(heads))]
    for name, numbers in by_language(some):
        part, truth = reading.part(asked[numbers]), [some[n].intent for n in numbers]
        said = decided_reading(decided, asked[numbers], reading.intents)
        goal = f"{F1_TARGETS[name]:.2f}" if name in F1_TARGETS else ""
        cells = [accuracy(part, truth), accuracy(part, truth, 3), log_loss(part, truth)]
        cells += [calibration_error(part, truth), macro_f1(said, truth)]
        lines.append(
            _row([name, str(len(numbers)), f"{macro_f1(part, truth):.3f}", goal, *(f"{cell:.3f}" for cell in cells)])
        )
    return "\n".join(lines)


def cries(messages: Sequence[Message], decided: Sequence[Verdict], risk_of: Mapping[str, str]) -> str:
    """How many messages of immediate danger are found, by language; then the indirect or misspelt ones."""
    lines = [_row(["messages of immediate danger", *BY.values()]), _rule(len(BY))]
    grave = where(messages, lambda message: risk_of[message.intent] == IMMEDIATE)
    rows = [(name, [grave[n] for n in numbers]) for name, numbers in by_language([messages[n] for n in grave])]
    hard = [n for n in grave if messages[n].is_hard]
    rows += [
        (f"indirect or misspelt: {name}", [hard[n] for n in numbers])
        for name, numbers in by_language([messages[n] for n in hard])
    ]
    for name, numbers in rows:
        lines.append(_row([name, *(str(alarms(decided, numbers, by)) for by in BY)]))
    return "\n".join(lines)


def false_alarms(messages: Sequence[Message], decided: Sequence[Verdict], risk_of: Mapping[str, str]) -> str:
    """How many messages without danger are taken for an emergency, and how many alarms are right."""
    lines = [_row(["taken for an emergency though not", *BY.values()]), _rule(len(BY))]
    for name, numbers in harmless(messages, risk_of).items():
        lines.append(_row([name, *(str(alarms(decided, numbers, by)) for by in BY)]))
    right = [_right(messages, decided, risk_of, by) for by in BY]
    lines.append(_row(["right among all alarms but posts (precision)", *right]))
    return "\n".join(lines)


def harmless(messages: Sequence[Message], risk_of: Mapping[str, str]) -> dict[str, list[int]]:
    """The numbers of messages without danger, by kind."""
    kinds: dict[str, list[int]] = {}
    for number, message in enumerate(messages):
        risk = risk_of[message.intent]
        if risk == IMMEDIATE:
            continue
        if is_post(message):
            kinds.setdefault(f"everyday posts, {message.language}", []).append(number)
        elif is_near_miss(message):
            kinds.setdefault("near misses: harmless, in the words of the hotline", []).append(number)
        elif message.intent == OUT_OF_SCOPE:
            kinds.setdefault("chatter of writers to the hotline", []).append(number)
        elif risk == "none":
            kinds.setdefault("questions without risk", []).append(number)
        else:
            kinds.setdefault("trouble of high risk, not now", []).append(number)
    return dict(sorted(kinds.items()))


def decided_reading(decided: Sequence[Verdict], numbers: Sequence[int], intents: Sequence[str]) -> Reading:
    """The intents that word list and model gave together to the numbered messages, as a reading that never doubts."""
    rows = np.zeros((len(numbers), len(intents)))
    place = {intent: i for i, intent in enumerate(intents)}
    rows[np.arange(len(numbers)), [place[decided[n].intent] for n in numbers]] = 1.0
    return Reading("", intents, rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Any table."""
    return "\n".join([_row(head), _rule(len(head) - 1), *(_row(row) for row in rows)])


def _right(messages: Sequence[Message], decided: Sequence[Verdict], risk_of: Mapping[str, str], by: str) -> str:
    raised = [n for n, message in enumerate(messages) if decided[n].alarms(by) and not is_post(message)]
    return str(Share(sum(risk_of[messages[n].intent] == IMMEDIATE for n in raised), len(raised)))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _rule(numbers: int) -> str:
    return "| --- |" + " ---: |" * numbers
