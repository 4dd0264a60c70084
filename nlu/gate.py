"""Train what has to be trained, let the model serve that may, and remember which was refused.

The folder of models holds ``serving`` (the record of the served model), that model, and perhaps one model that was
refused, with ``<fingerprint>.refused.json`` beside it.
"""

import fcntl
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nlu.promotion import Model, Recall, Refusal, judge, read_model, read_refusal, write_model, write_refusal

SERVING = "serving"
_REFUSED = """The new model is not served: by it, intents of high or immediate risk would be found less often.
{losses}
The model of before goes on serving. Give these intents more or better examples (nlu/data/nlu) and run `make train`
again. If somebody has looked at it and accepts the loss: nlu/.venv/bin/python nlu/train.py --accept-losses"""
_LOST_ALL_THE_SAME = """The new model is served, though intents of high or immediate risk are found less often by it:
{losses}
{reason}"""
_ACCEPTED = "Somebody accepted this on the command line."
_RULES_CHANGED = "Code, domain or rules changed, and the model of before does not know the new ones."


@dataclass(frozen=True)
class Inputs:
    """Names of what there is now: all that makes a model, the same without examples, the development set."""

    fingerprint: str
    rest: str
    dev: str

    @property
    def file(self) -> str:
        """The name of the model file that they make."""
        return f"{self.fingerprint}.tar.gz"


@dataclass(frozen=True)
class Outcome:
    """The model to serve, and whether a newer one was refused."""

    path: Path
    is_refused: bool


@dataclass(frozen=True)
class Gate:
    """The folder of models, and how to make one at a path and to count what one finds, by intent."""

    models: Path
    train: Callable[[Path], None]
    measure: Callable[[Path], Mapping[str, Recall]]

    def bring_up_to_date(self, inputs: Inputs, *, accept_losses: bool = False) -> Outcome:
        """Train if the inputs changed and judge the new model; a second caller waits for the first."""
        self.models.mkdir(exist_ok=True)
        with (self.models / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            serving = read_model(self.models / SERVING)
            if serving and serving.fingerprint == inputs.fingerprint:
                return Outcome(self.models / serving.file, is_refused=False)
            known = read_refusal(self._refusal(inputs))
            if serving and known and not accept_losses and known.holds(serving, inputs.dev):
                return self._keep(serving, known)
            return self._make(serving, inputs, accept_losses=accept_losses)

    def _make(self, serving: Model | None, inputs: Inputs, *, accept_losses: bool) -> Outcome:
        path = self.models / inputs.file
        if not path.exists():
            self.train(path)
        new = Model(inputs.file, inputs.fingerprint, inputs.rest, inputs.dev, self.measure(path))
        before = self._measured_alike(serving, inputs)
        verdict = judge(before, new, accept_losses=accept_losses)
        lost = tuple(map(str, verdict.losses))
        if before and not verdict.is_promoted:
            refusal = Refusal(before.fingerprint, inputs.dev, lost)
            self._clear({path.name, before.file})
            write_model(before, self.models / SERVING)
            write_refusal(refusal, self._refusal(inputs))
            return self._keep(before, refusal)
        if lost:
            _say(_LOST_ALL_THE_SAME.format(losses=_list(lost), reason=_ACCEPTED if accept_losses else _RULES_CHANGED))
        write_model(replace(new, lost=lost), self.models / SERVING)
        self._clear({path.name})
        return Outcome(path, is_refused=False)

    def _keep(self, serving: Model, refusal: Refusal) -> Outcome:
        _say(_REFUSED.format(losses=_list(refusal.losses)))
        return Outcome(self.models / serving.file, is_refused=True)

    def _measured_alike(self, serving: Model | None, inputs: Inputs) -> Model | None:
        """The served model with its recall on the present development set; without any if its code is gone."""
        if serving is None or serving.dev == inputs.dev:
            return serving
        if serving.rest == inputs.rest:
            return replace(serving, dev=inputs.dev, recall=self.measure(self.models / serving.file))
        _say("The development set changed together with the code: the new model is not compared with the one before.")
        return replace(serving, dev=inputs.dev, recall={})

    def _clear(self, kept: Iterable[str]) -> None:
        """Remove all other models, and why earlier ones were refused."""
        for old in self.models.glob("*.tar.gz"):
            if old.name not in kept:
                old.unlink()
        for refused in self.models.glob("*.refused.json"):
            refused.unlink()

    def _refusal(self, inputs: Inputs) -> Path:
        return self.models / f"{inputs.fingerprint}.refused.json"


def _list(losses: Iterable[str]) -> str:
    return "\n".join(f"  {loss}" for loss in losses)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
