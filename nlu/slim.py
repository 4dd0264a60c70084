"""Rasa without TensorFlow: empty stand-ins for what Rasa imports at start and we never call.

Rasa 3.6 imports TensorFlow, matplotlib and the clients of a dozen vendors as soon as it starts,
2 GB of packages of which this project calls none (see docs/decisions/0002-rasa-without-tensorflow.md).
``install`` adds a last import hook: a package on the list below that is not installed is imported
as an empty shell. A package that is installed is left alone, so the full environment works the same.
Using a shell in earnest (making an instance of a class that inherits from one) raises ``NotInstalledError``.
"""

import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType

ABSENT = frozenset(
    {
        "aio_pika",
        "aiogram",
        "aiormq",
        "boto3",
        "botocore",
        "cachecontrol",
        "colorclass",
        "colorhash",
        "fbmessenger",
        "google",
        "keras",
        "matplotlib",
        "networkx",
        "prompt_toolkit",
        "pymongo",
        "questionary",
        "rasa_sdk",
        "sentry_sdk",
        "skops",
        "slack_sdk",
        "socketio",
        "structlog_sentry",
        "tensorflow",
        "tensorflow_addons",
        "tensorflow_hub",
        "tensorflow_text",
        "terminaltables",
        "twilio",
        "webexteamssdk",
    }
)


class NotInstalledError(RuntimeError):
    """Something of a package that this small environment leaves out was really used."""


class _ShellType(type):
    """Gives a shell whatever attribute is asked for, another shell."""

    def __getattr__(cls, name: str) -> "_ShellType":
        if name.startswith("__"):
            raise AttributeError(name)
        return _shell(name)

    def __call__(cls, *args: object, **kwargs: object) -> object:
        """Serve as a decorator or do nothing for a shell itself; refuse for Rasa's classes built on one."""
        if not cls.__dict__.get("_is_shell"):
            raise NotInstalledError(cls.__name__)
        if len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]
        return cls

    def __getitem__(cls, _: object) -> "_ShellType":
        return cls

    def __or__(cls, other: object) -> object:  # in annotations: tf.Tensor | None
        return other

    __ror__ = __or__


def _shell(name: str) -> _ShellType:
    return _ShellType(name, (), {"_is_shell": True})


class _ShellModule(ModuleType):
    """A module that has every name."""

    __path__: Sequence[str] = ()
    __version__ = "0.0.0"

    def __getattr__(self, name: str) -> _ShellType:
        if name.startswith("__"):
            raise AttributeError(name)
        return _shell(name)


class _ShellFinder:
    """Finds absent packages; stands last, so real ones win."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """Claim the packages of ``ABSENT`` and all below them."""
        del path, target
        if name.partition(".")[0] not in ABSENT:
            return None
        return importlib.machinery.ModuleSpec(name, _ShellFinder, is_package=True)  # type: ignore[arg-type]

    @staticmethod
    def create_module(spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Make the empty module."""
        return _ShellModule(spec.name)

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        """Do nothing: the module is empty."""


def install() -> None:
    """Add the hook; a second call changes nothing."""
    if _ShellFinder not in sys.meta_path:
        sys.meta_path.append(_ShellFinder)  # type: ignore[arg-type]
