"""Logs without anybody's words: a line says where something happened and of what kind, never what was said.

Rasa logs the text of a message whenever something fails, tracebacks with all local variables
included. So no message, value or traceback text of Rasa passes: a line holds the level, the
name of the logger, Rasa's event key if it is a plain key, file and line number, and the type of an exception.
"""

import logging
import re
import sys
import warnings
from types import TracebackType

import structlog
from rasa.utils import log_utils

_KEY = re.compile(r"[a-z][a-z0-9_.]{2,80}")


class PlacesOnly(logging.Formatter):
    """Formats a record as its place and kind."""

    def format(self, record: logging.LogRecord) -> str:
        """Give level, logger, place and exception type."""
        line = f"{record.levelname} {record.name} {record.filename}:{record.lineno}"
        key = record.msg if isinstance(record.msg, str) and _KEY.fullmatch(record.msg) else ""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        return " ".join(part for part in (line, key, kind) if part)


def configure(level: int = logging.WARNING) -> None:
    """Send all logs of this process, structlog's too, through the formatter above to stderr.

    Called early, and again after a library such as Sanic gave its loggers handlers of their own.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlacesOnly())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, _key_only],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    for name in list(logging.Logger.manager.loggerDict):
        quiet(logging.getLogger(name))
    # Rasa sets its own logging up again in several places; it must not win.
    log_utils.configure_structlog = lambda *_, **__: None
    warnings.showwarning = lambda *_, **__: None
    sys.excepthook = _place_of_crash


def quiet(logger: logging.Logger) -> None:
    """Take from a logger the handlers and level that a library gave it; the root's hold for all."""
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)
    logger.propagate = True


def _key_only(_: object, __: str, event: dict[str, object]) -> str:
    key = str(event.get("event", ""))
    return key if _KEY.fullmatch(key) else "rasa.event"


def _place_of_crash(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
    """Print an uncaught exception as its type and the places it went through."""
    places = []
    while trace:
        places.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    sys.stderr.write(f"CRITICAL {kind.__name__} {' '.join(places[-8:])}\n")
