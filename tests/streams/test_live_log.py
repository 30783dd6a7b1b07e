"""The log of the live path tells what happens, and can tell nothing of a child: not by our own lines, nor by a
library's, nor by an error's.
"""

from __future__ import annotations

import ast
import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from streams.errors import OutOfReach
from streams.telemetry.logs import FIELDS, NotAgain, log, set_up
from tests.house.source import Source, sources

SECRET = "Ann Smith of case-0042"
AT = 1_559_553_120_000_000


class Lines:
    """What was logged, line by line."""

    def __init__(self) -> None:
        self.out = io.StringIO()

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """What is set up here is undone."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(False)
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def lines() -> Lines:
    written = Lines()
    set_up("info", lambda: AT, written.out)
    return written


def test_an_event_is_a_line_with_its_time_level_and_fields(lines: Lines) -> None:
    log().info("batch taken", facts=500, seconds=0.123456, topic="case-facts")
    log().debug("not asked for")
    assert lines.told() == [
        {"time": "2019-06-03T09:12:00Z", "level": "info", "event": "batch taken", "facts": 500, "seconds": 0.123,
         "topic": "case-facts"}
    ]  # fmt: skip


def test_a_field_off_the_list_and_a_sentence_are_kept_back(lines: Lines) -> None:
    log().warning("refused", case="case-0042", reason=SECRET, state=[SECRET], offset=7)
    (line,) = lines.told()
    assert line == {"time": "2019-06-03T09:12:00Z", "level": "warning", "event": "refused", "offset": 7, "kept_back": 3}


def test_an_error_is_told_by_its_kind_and_by_its_line_where_that_is_ours(lines: Lines) -> None:
    log().error("batch failed", error=ValueError(SECRET))
    log().error("store away", error=OutOfReach("the database does not answer; start it"))
    assert [line["error"] for line in lines.told()] == ["ValueError", "the database does not answer; start it"]


def test_a_library_is_told_without_what_it_fills_in(lines: Lines) -> None:
    library = logging.getLogger("aiokafka.consumer")
    library.info("below what is told %s", SECRET)
    library.warning("Failed fetch of %d messages from %s: %r", 3, SECRET, ValueError(SECRET))
    library.error(f"could not decode {SECRET}")
    library.warning({"a": SECRET})
    try:
        raise KeyError(SECRET)
    except KeyError:
        library.exception("Crashed in %(where)s", {"where": SECRET})
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"bad value {SECRET}", stacklevel=1)
    told = lines.told()
    assert "Smith" not in lines.out.getvalue()
    assert [(line["level"], line["said"], line.get("error")) for line in told] == [
        ("warning", "Failed fetch of 3 messages from …: ValueError", None),
        ("error", "…", None),
        ("warning", "…", None),
        ("error", "Crashed in …", "KeyError"),
        ("warning", "…", None),
    ]
    assert all(line["library"].split(":")[0] in ("aiokafka.consumer", "py.warnings") for line in told)


def test_a_library_that_says_the_same_again_and_again_is_heard_twice_a_minute() -> None:
    at = [0.0]
    again = NotAgain(clock=lambda: at[0])
    heard = []
    for second in range(61):
        at[0] = second
        record = logging.LogRecord("kafka", logging.WARNING, "client.py", 7, "No node available", (), None)
        if again.filter(record):
            heard.append((second, vars(record)["left_out"]))
    assert heard == [(0, 0), (30, 29), (60, 29)]
    assert again.filter(logging.LogRecord("kafka", logging.WARNING, "client.py", 8, "Another", (), None))


def test_on_a_terminal_it_is_for_people() -> None:
    out = io.StringIO()
    set_up("info", lambda: AT, out, for_people=True)
    log().info("batch taken", facts=500)
    assert out.getvalue() == "2019-06-03T09:12:00Z info    batch taken  facts=500\n"


LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})


def loose(source: Source) -> list[str]:
    """Lines for the log whose event is no fixed sentence, or that carry a field off the list."""
    faults = []
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS):
            continue
        if not (node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)):
            faults.append(source.at(node, "logs what is no fixed sentence"))
        # what is handed on by ** is sifted as it goes
        named = [each.arg for each in node.keywords if each.arg is not None]
        faults += [source.at(node, f"logs {name}") for name in named if name not in FIELDS]
    return faults


def speakers() -> list[Source]:
    """The files that log."""
    return [source for source in sources("streams", "casedrift") if "streams.telemetry.logs" in source.text]


def test_every_line_of_ours_is_a_fixed_sentence_with_listed_fields() -> None:
    assert speakers()
    faults = [fault for source in speakers() for fault in loose(source)]
    assert not faults, "\n".join(faults)


def test_a_planted_loose_line_is_found() -> None:
    text = 'log().info(f"took {case}")\nlog().info("took", case=1)\nlog().info("took", facts=1)\nlog().info()\n'
    assert loose(Source("streams/worker/taking.py", text)) == [
        "streams/worker/taking.py:1: logs what is no fixed sentence",
        "streams/worker/taking.py:2: logs case",
        "streams/worker/taking.py:4: logs what is no fixed sentence",
    ]
