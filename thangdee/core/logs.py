"""Logging by allow-list (R29): an event name and known-safe facts, nothing else, as JSON lines."""

import logging
import sys
import warnings
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

# What a log line may hold. Anything else, a message text above all, is dropped before it is written.
_ALLOWED = {
    "event", "level", "timestamp", "process", "queue", "kind", "count", "seconds", "state", "attempts", "code",
    "error", "status", "port", "pid", "method", "intent", "risk", "version", "alert", "path_of_model", "line", "module",
}  # fmt: skip


def configure(process: str) -> None:
    """Send our events to stderr as JSON, and silence what other libraries would say."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _named(process),
            _only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # httpx prints addresses that hold the bot token; telegram and asyncio print updates and locals.
    root = logging.getLogger()
    root.handlers = [_Bare()]
    sys.excepthook = _last_words
    warnings.showwarning = _unheard
    root.setLevel(logging.WARNING)
    for name in ("httpx", "httpcore", "telegram", "sqlalchemy", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def log() -> Any:  # noqa: ANN401 - structlog's own bound type
    """Return the logger: `log().info("event_name", count=3)`."""
    return structlog.get_logger()


def report(event: str, error: BaseException, **facts: object) -> None:
    """Log an exception by its type and the place in our code; its text may hold a person's words."""
    trace, line, module = error.__traceback__, 0, ""
    while trace is not None:
        line, module = trace.tb_lineno, trace.tb_frame.f_globals.get("__name__", "")
        trace = trace.tb_next
    log().error(event, error=type(error).__name__, line=line, module=module, **facts)


def _last_words(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """Log what ends the process; Python's own traceback would print the texts of all errors."""
    inner = error
    while isinstance(inner, BaseExceptionGroup) and inner.exceptions:
        inner = inner.exceptions[0]
    report("process_failed", inner)


def _unheard(*_: object, **__: object) -> None:
    """Drop a Python warning: it may quote what it warns of."""


class _Bare(logging.Handler):
    """Other libraries' warnings, without their arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write who spoke and how loud."""
        log().warning("library_warning", module=record.name, line=record.lineno, level=record.levelname)


def _named(process: str) -> Any:  # noqa: ANN401 - structlog's processor type
    def add(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    return add


def _only_allowed(_logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name in _ALLOWED and isinstance(value, (str, int, float))}
