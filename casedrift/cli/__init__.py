"""The command line: what somebody types, checked, asked of the store, and printed.

This is the program's outermost edge. Whatever goes wrong further in ends here, as one line that says what to
do and an exit code that a script can tell apart.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import Final, cast

import typer

from domain.policy_faults import PolicyUnreadable
from streams.errors import CasedriftError, OutOfReach, TooMuchMissing, WrongInput

DIFFERS: Final = 1
WRONG: Final = 2
OUT_OF_REACH: Final = 3
INTERNAL: Final = 70
"""The exit code of a fault of ours (`EX_SOFTWARE` of sysexits.h)."""
INTERRUPTED: Final = 130


def main() -> None:
    """Run the program on its arguments, and end it with an exit code (`docs/commands.md`)."""
    _open_what_is_closed()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            setattr(sys, name, _written_whole(stream))
    sys.exit(_run())


def _written_whole(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    """The stream in UTF-8, and with a buffer: without one (PYTHONUNBUFFERED) what is cut short goes unnoticed."""
    if isinstance(stream.buffer, io.RawIOBase):
        at_a_terminal = stream.isatty()
        stream = io.TextIOWrapper(io.BufferedWriter(cast(io.RawIOBase, stream.detach())), line_buffering=at_a_terminal)
    stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream


def _open_what_is_closed() -> None:
    """Standard streams that were closed lead nowhere; else a store might be opened in their place."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w"))


def _run() -> int:
    from casedrift.cli.app import app

    try:
        return int(app(prog_name="casedrift", standalone_mode=False) or 0)
    except (typer.TyperException, PolicyUnreadable, CasedriftError) as error:
        return say_fault(error)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        return _internal(error)


def say_fault(error: Exception) -> int:
    """Say what went wrong, in one line; the exit code that it has."""
    if isinstance(error, PolicyUnreadable):
        first, *more = str(error).splitlines()
        _say(f"{first} (and {len(more)} more; see casedrift policy check)" if more else first)
        return WRONG
    if isinstance(error, typer.TyperException):
        _say(f"casedrift: {_usage(error)}")
        return WRONG
    _say(f"casedrift: {error}")
    return code_of(error)


def code_of(error: Exception) -> int:
    """The exit code of one of our own errors."""
    if isinstance(error, OutOfReach):
        return OUT_OF_REACH
    if isinstance(error, TooMuchMissing):
        return DIFFERS
    return WRONG if isinstance(error, WrongInput) else INTERNAL


def say_faults(error: PolicyUnreadable) -> int:
    """Every fault of a policy, a line each; the exit code that they have."""
    for fault in str(error).splitlines():
        _say(fault)
    return WRONG


def _usage(error: typer.TyperException) -> str:
    """The command line's own complaint, with where to read on."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "casedrift"
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    return f"{(message or 'name a command').rstrip('.')}; see {command} --help"


def _internal(error: Exception) -> int:
    from casedrift.settings import read_settings

    with suppress(WrongInput):
        if read_settings().debug:
            raise error
    _say(f"casedrift: internal error {type(error).__name__}; set CASEDRIFT_DEBUG=1 to see where, and report it")
    return INTERNAL


def _say(line: str) -> None:
    """One line on standard error, whatever is in it."""
    shown = " ".join(line.split())
    try:
        print("".join(c if c.isprintable() else "?" for c in shown), file=sys.stderr, flush=True)
    except OSError:  # nobody reads our errors; the exit code still tells
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
