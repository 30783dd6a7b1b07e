"""The fold of many cases, shared out among as many processes as there are cores.

A case's fold knows nothing of any other case. So the cases are cut into shares; this process and its helpers take one
share after another until none is left. Every helper reads the store itself, and hands back only what comes of its
share.
"""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from threading import Thread
from typing import Final, NamedTuple, TypeVar

from projections.connection import Connection
from streams.stores import read_only

SHARE: Final = 6_000
"""Facts of a share: some tenths of a second's work, so that no process waits long for another at the end."""
WORTH_A_PROCESS: Final = 30_000
"""Facts from which a helper, which has to start first, saves more than it costs."""
_AHEAD: Final = 2
"""Shares that each helper is asked for at a time, so that it has another when it has done one."""

Result = TypeVar("Result")


class Share(NamedTuple):
    """Some cases, by number and reference, and the numbers among which they are all that there are."""

    cases: Sequence[tuple[int, str]]
    numbers: range
    facts: int


Work = Callable[[Connection, Share], Result]
"""What is done with a share; a function that can be named to another process, on a connection that only reads."""


def shares(cases: Iterable[tuple[int, str, int]], last: int = 1 << 62) -> list[Share]:
    """The cases (number, reference, facts; by number) cut into shares, which together cover all numbers."""
    cut: list[Share] = []
    some: list[tuple[int, str]] = []
    start, facts = -last, 0
    for case_no, subject, count in cases:
        if facts >= SHARE:
            cut.append(Share(some, range(start, case_no), facts))
            some, start, facts = [], case_no, 0
        some.append((case_no, subject))
        facts += count
    cut.append(Share(some, range(start, last), facts))
    return cut


def shared_out(address: str, work: Work[Result], cut: Sequence[Share]) -> Iterator[Result]:
    """What comes of the work on each share of the store at the address, in any order."""
    helpers = _helpers(cut)
    if helpers < 1:
        yield from (_work(address, work, share) for share in cut)
        return
    with _executor(helpers) as executor:
        left, asked = deque(cut), deque[tuple[Future[Result], Share]]()
        while left or asked:
            while left and len(asked) < _AHEAD * helpers:
                share = left.popleft()
                asked.append((_asked(executor, address, work, share), share))
            if left:
                yield _work(address, work, left.pop())
            while asked and (asked[0][0].done() or not left):
                future, share = asked.popleft()
                yield _handed_back(future, address, work, share)


def _helpers(cut: Sequence[Share]) -> int:
    """How many processes to start besides this one."""
    if sum(share.facts for share in cut) < WORTH_A_PROCESS:
        return 0
    return min(_cores(), len(cut)) - 1


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _asked(executor: Executor, address: str, work: Work[Result], share: Share) -> Future[Result]:
    """What a helper will find. Once asked nothing is called back: of a cancelled future and a helper that was killed,
    Python 3.11 makes a wait without end."""
    try:
        return executor.submit(_work, address, work, share)
    except BrokenExecutor as broken:
        future: Future[Result] = Future()
        future.set_exception(broken)
        return future


def _handed_back(future: Future[Result], address: str, work: Work[Result], share: Share) -> Result:
    """What a helper found; where it was killed (memory is short) its share is done here."""
    try:
        return future.result()
    except BrokenExecutor:
        return _work(address, work, share)


@contextmanager
def _executor(helpers: int) -> Iterator[Executor]:
    """Helpers that end with this process, whatever ends it. They start afresh: connections must not be inherited."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    executor = ProcessPoolExecutor(helpers, get_context("spawn"), initializer=_begin)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _begin() -> None:
    """A helper's first act: an interrupt is this process's parent's to answer, and it does not outlive that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(address: str, work: Work[Result], share: Share) -> Result:
    """The work on one unchanging view of the store, which is only read."""
    with read_only(address) as connection:
        return work(connection, share)
