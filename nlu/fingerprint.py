"""Which files decide what a model will be, the names that follow from them, and which model is served."""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from nlu.gate import SERVING, Inputs
from nlu.messages import dev_fingerprint
from nlu.promotion import read_model
from nlu.settings import MODELS, NLU, ROOT

_EXAMPLES = "data/nlu/**/*.yml"
_REST = ("config.yml", "domain.yml", "slim.py", "components/*.py", "data/*.yml")
_SHARED = ("thangdee/core/script.py", "requirements/nlu.txt")


def inputs() -> Inputs:
    """Names for what there is now. ``rest`` is code, domain, rules, libraries and Python itself."""
    rest = list(_rest())
    return Inputs(_digest([*rest, *sorted(NLU.glob(_EXAMPLES))]), _digest(rest), dev_fingerprint())


def serving_path() -> Path:
    """The model that is served: the last one promoted; before the first, where that of the present inputs will be."""
    promoted = read_model(MODELS / SERVING)
    return MODELS / (promoted.file if promoted else inputs().file)


def _rest() -> Iterator[Path]:
    for pattern in _REST:
        yield from sorted(NLU.glob(pattern))
    for name in _SHARED:
        yield ROOT / name


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256(f"{sys.version_info.major}.{sys.version_info.minor}".encode())
    for path in files:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
