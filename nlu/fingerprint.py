"""Which files decide what the model will be, and the name that follows from them."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from nlu.settings import MODELS, NLU, ROOT

_INPUTS = ("config.yml", "domain.yml", "slim.py", "components/*.py", "data/**/*.yml")
_SHARED = ("thangdee/core/script.py", "requirements/nlu.txt")


def inputs() -> Iterator[Path]:
    """Every file that decides what the model will be, in a fixed order."""
    for pattern in _INPUTS:
        yield from sorted(NLU.glob(pattern))
    for name in _SHARED:
        yield ROOT / name


def model_path() -> Path:
    """Where the model of the present inputs is, or will be."""
    digest = hashlib.sha256(f"{sys.version_info.major}.{sys.version_info.minor}".encode())
    for path in inputs():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return MODELS / f"{digest.hexdigest()[:16]}.tar.gz"
