"""The log: what happened, in words and figures of ours, on stderr; nothing of anybody's orders.

Keys come from a list, each with the form of its values, and anything else is left out and counted.
So what is personal cannot get into the log by a slip of whoever writes to it. Libraries are heard
without their words, which may quote what they were given.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from typing import Literal, Protocol, TextIO, cast

import orjson
import structlog

from engine.clock import Clock, SystemClock, write_time

LogForm = Literal["text", "json"]
Level = Literal["debug", "info", "warning", "error"]
Event = MutableMapping[str, object]

_LONGEST_EVENT = 80
_NAMELESS = "event without a name"
# What happened, in small letters: no digits, no signs, no names.
_EVENT = re.compile(r"[a-z]+(?:[ -][a-z]+){0,7}")
# Names that code gives, such as contacts.create or MD302; no address and no long number is one.
_NAME = re.compile(r"(?!.*[0-9]{5})[A-Za-z][A-Za-z0-9_.:-]{0,59}")
# Identifiers that we, or a vendor's job, made up.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LEVELS: Mapping[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
# Libraries that would otherwise print on their own.
_LOUD = (
    *("dbos", "httpx", "httpcore", "requests", "sqlalchemy", "urllib3"),
    *("uvicorn", "uvicorn.error", "uvicorn.access"),
)


def _is_figure(value: object) -> bool:
    return isinstance(value, bool | int | float)


def _fits(form: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and form.fullmatch(value) is not None


_FIGURES = (
    "aged attempt attempts batch batches call calls closed contact_imports days drained epoch "
    "exceptions failed failures held imports left opened orders pages people read records rejected "
    "remaining repeats replayed rows rung seconds sent size skipped status stopped unchanged "
    "version versions waiting written"
)
_NAMES = (
    "adapter cause code collection error flow host job kind lane level library method operation "
    "outcome side signal state step stream table tier why"
)
_FORMS: Mapping[str, Callable[[object], bool]] = {
    **dict.fromkeys(_FIGURES.split(), _is_figure),
    **dict.fromkeys(_NAMES.split(), _fits(_NAME)),
    **dict.fromkeys(("run", "worker", "import_id"), _fits(_ID)),
    "spec": _fits(_DIGEST),
}
KEYS = frozenset(_FORMS)


class Log(Protocol):
    """Writes what happened: `event` in small letters, figures and names under known keys."""

    def bind(self, **known: object) -> Log:
        """Give a log that adds these to each event."""
        ...

    def debug(self, event: str, **told: object) -> None:
        """Tell what only who looks for a fault wants to know."""
        ...

    def info(self, event: str, **told: object) -> None:
        """Tell what goes as it should."""
        ...

    def warning(self, event: str, **told: object) -> None:
        """Tell what will mend itself, or should be looked at."""
        ...

    def error(self, event: str, **told: object) -> None:
        """Tell what somebody has to see to."""
        ...


def set_up_log(
    form: LogForm = "text",
    level: Level = "info",
    *,
    clock: Clock | None = None,
    stream: TextIO | None = None,
) -> None:
    """Say how everything is logged from now on; `stream` is stderr unless given."""
    told_by = clock or SystemClock()
    out = stream or sys.stderr

    def stamp(_logger: object, _method: str, event: Event) -> Event:
        return {"at": write_time(told_by.now()), **event}

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _name_error,
            _keep_known,
            stamp,
            _write_json if form == "json" else _write_text,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    _hush_libraries()


def get_log(run: str) -> Log:
    """Give the log of a run, whose id is part of each event."""
    if not structlog.is_configured():
        # Without this, the library would print all that it is given.
        set_up_log()
    return cast("Log", structlog.get_logger().bind(run=run))


def _name_error(_logger: object, _method: str, event: Event) -> Event:
    """Give the type of an exception, never its message or its frames."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()[1]
    if isinstance(raised, tuple):
        raised = raised[1]
    if isinstance(raised, BaseException):
        event["error"] = type(raised).__name__
    return event


def _keep_known(_logger: object, _method: str, event: Event) -> Event:
    said = event.pop("event", None)
    named = isinstance(said, str) and len(said) <= _LONGEST_EVENT and _EVENT.fullmatch(said)
    kept: Event = {"level": event.pop("level"), "event": said if named else _NAMELESS}
    for key, value in event.items():
        form = _FORMS.get(key)
        if form is not None and form(value):
            kept[key] = value
    dropped = len(event) + 2 - len(kept)
    if dropped:
        kept["dropped"] = dropped
    return kept


def _write_json(_logger: object, _method: str, event: Event) -> str:
    return orjson.dumps(event, default=str).decode()


def _write_text(_logger: object, _method: str, event: Event) -> str:
    first = f"{event.pop('at')}  {event.pop('level'):<7}  {event.pop('event')}"
    return "  ".join([first, *(f"{key}={value}" for key, value in event.items())])


class _Hushed(logging.Handler):
    """Tells that a library spoke, and how loud; not what it said."""

    def emit(self, record: logging.LogRecord) -> None:
        raised = record.exc_info[1] if record.exc_info else None
        tell = "error" if record.levelno >= logging.ERROR else "warning"
        name = record.name if _NAME.fullmatch(record.name) else "unknown"
        told = {"error": type(raised).__name__} if raised else {}
        getattr(get_log("none"), tell)("library spoke", library=name, **told)


def _hush_libraries() -> None:
    handler = _Hushed(logging.WARNING)
    root = logging.getLogger()
    root.handlers = [*(one for one in root.handlers if not isinstance(one, _Hushed)), handler]
    for name in _LOUD:
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = True
        logger.setLevel(logging.WARNING)
