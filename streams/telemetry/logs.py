"""The log of the live path: one line an event, with named fields, and no way for a child's record to get into it.

An event is a fixed sentence of ours. Only fields on the list get through, each with a number or a short plain word; an
error is told by its kind, and by its line only where that is ours. What the libraries say is let through without what
they fill into it.
"""

from __future__ import annotations

import json
import linecache
import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from functools import cache
from time import monotonic
from typing import Any, Final, TextIO

import structlog

from domain.days import format_instant
from streams.errors import CasedriftError

FIELDS: Final = frozenset(
    "accepted active address alarm attempt duplicate error facts group instants lag_seconds limit member messages"
    " newest_offset offset oldest_offset outbox part partition partitions place port position read reason refused"
    " seconds share_left signal since state store_version topic undecided_seconds version waiting exit_code".split()
)
"""What a line may carry beside its time, level and event."""
LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_PLAIN: Final = re.compile(r"[A-Za-z0-9._:/+-]{1,100}")
"""A word, a number, a topic, an address, an instant: no sentence."""
_HOLE: Final = re.compile(r"%(?:\(\w+\))?[#0\- +]*[\d*]*(?:\.[\d*]+)?[a-zA-Z]")
_AGAIN_AFTER: Final = 30.0
"""Seconds."""
_OWN: Final = ("time", "level", "event")

Event = MutableMapping[str, Any]
Log = Any
"""structlog's own logger: `log.info("batch taken", facts=500)`."""


def set_up(level: str, now: Callable[[], int], out: TextIO | None = None, *, for_people: bool | None = None) -> None:
    """Have everything that is logged from here on, by us and by the libraries, written to `out` (standard error).

    `now` is the present instant in microseconds. For people: where `out` is a terminal, unless said otherwise; else
    each line is a JSON object.
    """
    out = sys.stderr if out is None else out
    people = out.isatty() if for_people is None else for_people
    write = _for_people if people else _as_json
    structlog.configure(
        processors=[structlog.processors.add_log_level, _timed(now), only_listed, write],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_OfLibraries(now, write))
    handler.addFilter(NotAgain())
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def log() -> Log:
    """The logger; what it says goes where `set_up` last said."""
    return structlog.get_logger()


def only_listed(_logger: Any, _method: str, event: Event) -> Event:
    """The event with what may be told; how many fields were kept back is said."""
    told = {name: event[name] for name in _OWN if name in event}
    kept_back = 0
    for name, value in event.items():
        if name in _OWN:
            continue
        if name in FIELDS and (told_value := _may_be_told(value)) is not None:
            told[name] = told_value
        else:
            kept_back += 1
    return told | ({"kept_back": kept_back} if kept_back else {})


def _may_be_told(value: Any) -> Any:
    """The value as it may be told, or None."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, BaseException):
        return kind_of(value)
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else None


def kind_of(error: BaseException) -> str:
    """What may be told of an error: our own line where it is ours, else its kind alone."""
    return str(error) if isinstance(error, CasedriftError) else type(error).__name__


def _timed(now: Callable[[], int]) -> Callable[[Any, str, Event], Event]:
    def timed(_logger: Any, _method: str, event: Event) -> Event:
        event["time"] = format_instant(now())
        return event

    return timed


def _as_json(_logger: Any, _method: str, event: Event) -> str:
    return json.dumps(event, ensure_ascii=False)


def _for_people(_logger: Any, _method: str, event: Event) -> str:
    rest = " ".join(f"{name}={value}" for name, value in event.items() if name not in _OWN)
    return f"{event['time']} {event['level']:<7} {event['event']}{'  ' if rest else ''}{rest}"


class NotAgain(logging.Filter):
    """Lets the same line of a library through once in a while: while a server is away each would come ten times a
    second, and bury ours. How many were left out meanwhile is said with the next."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """`clock` gives seconds."""
        super().__init__()
        self._clock = clock
        self._said: dict[tuple[str, int, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line gets through."""
        place = (record.name, record.lineno, record.levelno)
        at = self._clock()
        said_at, left_out = self._said.get(place, (-_AGAIN_AFTER, 0))
        if at - said_at < _AGAIN_AFTER:
            self._said[place] = (said_at, left_out + 1)
            return False
        self._said[place] = (at, 0)
        record.left_out = left_out
        return True


class _OfLibraries(logging.Formatter):
    """A line of a library as one of ours: whose, where in it, and what it says but for what it fills in."""

    def __init__(self, now: Callable[[], int], write: Callable[[Any, str, Event], str]) -> None:
        super().__init__()
        self._now = now
        self._write = write

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        event: Event = {
            "time": format_instant(self._now()),
            "level": record.levelname.lower(),
            "event": "library spoke",
            "library": f"{record.name}:{record.lineno}",
            "said": _said(record),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            event["error"] = kind_of(error)
        if left_out := getattr(record, "left_out", 0):
            event["left_out"] = left_out
        return self._write(None, "", event)


def _said(record: logging.LogRecord) -> str:
    """The sentence, if it stands so in the library's own source, with numbers and kinds of errors filled in only."""
    if not isinstance(record.msg, str) or record.msg not in _source(record.pathname):
        return "…"
    filling = iter(record.args if isinstance(record.args, tuple) else ())
    return _HOLE.sub(lambda _: _filled(next(filling, None)), record.msg)


def _filled(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return str(value)
    return type(value).__name__ if isinstance(value, BaseException) else "…"


@cache
def _source(path: str) -> str:
    return "".join(linecache.getlines(path))
