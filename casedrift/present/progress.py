"""How far the work has come, on standard error, and only where somebody watches a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(title: str, total: int | None = None) -> Iterator[Callable[[int, int | None], None]]:
    """Gives a function that is told how much is done and, where it has changed, how much there is in all.

    Amounts are in whatever unit the caller counts.
    """
    if not sys.stderr.isatty():
        yield _unseen
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(title, total=total)

    def advance(done: int, whole: int | None = None) -> None:
        bar.update(task, completed=done, total=whole or total)

    with bar:
        yield advance


def _unseen(done: int, whole: int | None = None) -> None:
    """Nobody watches."""
