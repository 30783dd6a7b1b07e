"""A part that runs as a process of its own: started, waited for, killed, paused, started again.

Nothing outlives the tests: beside each part a watching process ends it once the one that started it is gone.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count as count_from
from itertools import islice
from pathlib import Path
from typing import Any, Final

_WATCH: Final = """
read -r peace && exit
kill -s KILL -- "-$0"
while [ -e "$1" ] && ! rm -rf "$1"; do :; done
"""
"""What watches a part, in the shell's words: at the end of its input, which comes when whoever holds the other end of
the pipe is gone, it ends the part, and takes its folder away as soon as nothing works in it any more. A line on its
input means that the part has ended, and its number may belong to another."""
_TRIES: Final = 5
_BETWEEN: Final = 0.02
"""Seconds between two looks at a condition, or as long as a look takes: whoever waits leaves the machine to others."""


def wait_until(condition: Callable[[], Any], what: str, within: float = 60.0) -> Any:
    """Wait for the condition to be true; what it gave. AssertionError that says what was waited for, after so long."""
    deadline = time.monotonic() + within
    while True:
        began = time.monotonic()
        if answer := condition():
            return answer
        assert time.monotonic() < deadline, f"after {within:.0f} s still not: {what}"
        time.sleep(max(_BETWEEN, time.monotonic() - began))


def lasting(seconds: float) -> None:
    """Let a fault last so long: the length is the fault itself, and nothing is waited for."""
    time.sleep(seconds)


def free_ports(count: int) -> list[int]:
    """Ports on which nobody listens, below those that the system gives to outgoing connections.

    No port is given twice by one process, and two processes begin far from each other: while a part that was killed
    is away, nobody else takes its port.
    """
    return list(islice(filter(_is_free, _candidates), count))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_candidates: Final = (15_000 + (os.getpid() * 7_919 + number) % 15_000 for number in count_from(int(time.time())))


def started_on_free_ports(start: Callable[[], Part]) -> Part:
    """What `start` starts on ports that it chooses, chosen anew where another was faster to take one of them."""
    for _ in range(_TRIES - 1):
        try:
            return start()
        except AssertionError as fault:
            if "Address already in use" not in str(fault):
                raise
    return start()


def children(parent: int) -> list[int]:
    """The processes that this one has started and that still run."""
    pairs = (map(int, line.split()) for line in _told_of("-A", "-o", "ppid=", "-o", "pid="))
    return [child for its_parent, child in pairs if its_parent == parent]


def alive(processes: Sequence[int]) -> bool:
    """Whether any of them still runs; one that has ended and that nobody has waited for does not."""
    states = _told_of("-o", "stat=", "-p", ",".join(map(str, processes))) if processes else []
    return any(not state.startswith("Z") for state in states)


def end(processes: Sequence[int]) -> None:
    """End processes that somebody else has started, at once, and wait until they have."""
    for each in processes:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    wait_until(lambda: not alive(processes), "they have ended")


def _told_of(*what: str) -> list[str]:
    """What the system tells of processes, a line each."""
    return subprocess.run(["ps", *what], capture_output=True, text=True, check=False).stdout.split("\n")[:-1]


class Part:
    """One process, its output in a file. A folder that is `its_own` goes with it if whoever started it is killed."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        its_own: Path | None = None,
        **options: Any,
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                start_new_session=True,
                **options,
            )
        self._watch = subprocess.Popen(
            ["sh", "-c", _WATCH, str(self.process.pid), str(its_own or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def runs(self) -> bool:
        """Whether the process still runs."""
        if self.process.poll() is None:
            return True
        self._dismiss_the_watch()
        return False

    def told(self) -> str:
        """All that the process has written."""
        return self.log.read_text(errors="replace")

    def last_words(self) -> str:
        """The end of it, for a message."""
        return self.told()[-2_000:]

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._send(signal.SIGKILL)
        self.wait()

    def terminate(self, within: float = 30.0) -> int:
        """Ask it to end, and wait; its exit code."""
        self._send(signal.SIGTERM)
        return self.wait(within)

    def wait(self, within: float = 30.0) -> int:
        """Wait until it has ended; its exit code. TimeoutExpired after so many seconds."""
        code = self.process.wait(within)
        self._dismiss_the_watch()
        return code

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

    def _dismiss_the_watch(self) -> None:
        if self._watch.returncode is None:
            self._watch.communicate(b"peace\n")
