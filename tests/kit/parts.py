"""A part that runs as a process of its own: started, waited for, killed, paused, started again.

Nothing outlives the tests: the system ends a part when the process that started it dies, however that dies.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

_PR_SET_PDEATHSIG: Final = 1
_BETWEEN: Final = 0.02
"""Seconds between two looks at a condition."""


def wait_until(condition: Callable[[], Any], what: str, within: float = 60.0) -> Any:
    """Wait for the condition to be true; what it gave. AssertionError that says what was waited for, after so long."""
    deadline = time.monotonic() + within
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"after {within:.0f} s still not: {what}"
        time.sleep(_BETWEEN)
    return answer


def free_ports(count: int) -> list[int]:
    """Ports on which nobody listens, below those that the system gives to outgoing connections."""
    found: list[int] = []
    candidate = 15_000 + (os.getpid() * 37 + int(time.time() * 10)) % 15_000
    while len(found) < count:
        candidate = 15_000 + (candidate - 15_000 + 1) % 15_000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
        found.append(candidate)
    return found


class Part:
    """One process, its output in a file."""

    def __init__(
        self, command: Sequence[str], log: Path, *, environment: Mapping[str, str] | None = None, **options: Any
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - it runs nothing that a thread could hold
                start_new_session=True,
                **options,
            )

    @property
    def runs(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def told(self) -> str:
        """All that the process has written."""
        return self.log.read_text(errors="replace")

    def last_words(self) -> str:
        """The end of it, for a message."""
        return self.told()[-2_000:]

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._send(signal.SIGKILL)
        self.process.wait(30)

    def terminate(self, within: float = 30.0) -> int:
        """Ask it to end, and wait; its exit code."""
        self._send(signal.SIGTERM)
        return self.process.wait(within)

    def pause(self) -> None:
        """Stop it where it is, as a machine that hangs would."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._send(signal.SIGCONT)

    def close(self) -> None:
        """End it, if it still runs."""
        if self.runs:
            self.kill()

    def _send(self, number: int) -> None:
        if self.runs:
            os.killpg(self.process.pid, number)


def _die_with_parent() -> None:
    """In the new process, before anything else: the system is to end it when its parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
