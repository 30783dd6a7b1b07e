"""A plain table that fits the paper it is written on: no boxes, and no figure or date cut off.

Where there is too little room, columns move together and titles stand on several lines; then sentences are
folded, and at last names, between words. All widths are in columns of the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

_PROSE: Final = 26
"""A sentence is not folded into less than this while something else can give way."""
_NAME: Final = 12
"""A name (or a day) of so many columns or fewer is never folded."""
_LEAST: Final = 6
"""Below this nothing shrinks, however narrow the paper."""
_LAYOUTS: Final = ((False, False, _PROSE), (True, False, _PROSE), (True, True, _PROSE), (True, True, 0))
"""One after another until it fits: whether columns move together, names are folded; the least for sentences."""


class Sheet:
    """Titles and rows. A title with `>` in front is of figures, with `~` of sentences; else of names."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._kinds = [title[:1] if title[:1] in (">", "~") else "" for title in titles]
        self._titles = [title.lstrip(">~") for title in titles]
        self._rows: list[tuple[str, ...]] = []

    def add_row(self, *cells: str) -> None:
        """Add a row of as many cells as there are titles."""
        self._rows.append(cells)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table for paper of this width."""
        gaps = len(self._titles) - 1
        for tight, fold_names, prose in _LAYOUTS:
            room = options.max_width - (gaps if tight else 2 * gaps)
            widths = self._least(tight=tight, fold_names=fold_names, prose=prose)
            if sum(widths) <= room:
                break
        yield self._table(_fitted(widths, self._natural(tight=tight), self._order(), room), tight=tight)

    def _table(self, widths: Sequence[int], *, tight: bool) -> Table:
        padding = (0, 0 if tight else 1, 0, 0)
        made = Table(box=box.SIMPLE_HEAD, padding=padding, pad_edge=False, show_edge=False, header_style="bold")
        for title, kind, width in zip(self._titles, self._kinds, widths, strict=True):
            made.add_column(
                "\n".join(_halved(title)) if cell_len(title) > width else title,
                justify="right" if kind == ">" else "left",
                overflow="fold" if kind == "~" else "ellipsis",
                width=width,
            )
        for row in self._rows:
            made.add_row(*row)
        return made

    def _columns(self) -> Iterable[tuple[str, str, tuple[str, ...]]]:
        cells: Iterable[tuple[str, ...]] = zip(*self._rows, strict=True) if self._rows else [()] * len(self._titles)
        return zip(self._titles, self._kinds, cells, strict=True)

    def _least(self, *, tight: bool, fold_names: bool, prose: int) -> list[int]:
        """The least that each column needs, where sentences are given `prose` at most."""
        least = []
        for title, kind, cells in self._columns():
            whole, word = _longest(cells), _longest_word(cells)
            if kind == "~":
                whole = max(word, min(whole, prose))
            elif kind == "" and fold_names:
                whole = max(word, min(whole, _NAME))
            least.append(max(_head(title, tight=tight), whole))
        return least

    def _natural(self, *, tight: bool) -> list[int]:
        """The most that each column can use."""
        return [max(_head(title, tight=tight), _longest(cells)) for title, _, cells in self._columns()]

    def _order(self) -> list[int]:
        """The columns in the order in which they are given what room is left: names before sentences."""
        return sorted(range(len(self._kinds)), key=lambda nth: self._kinds[nth] == "~")


def _fitted(least: Sequence[int], natural: Sequence[int], order: Sequence[int], room: int) -> list[int]:
    widths = list(least)
    for nth in order:
        widths[nth] += max(0, min(natural[nth] - widths[nth], room - sum(widths)))
    while sum(widths) > room and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _head(title: str, *, tight: bool) -> int:
    return _longest(_halved(title) if tight else [title])


def _halved(title: str) -> Sequence[str]:
    """A title of several words over two lines, cut where they are shortest."""
    words = title.split()
    cuts = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    return min(cuts, key=_longest, default=(title,))


def _longest(texts: Iterable[str]) -> int:
    return max(map(cell_len, texts), default=0)


def _longest_word(texts: Iterable[str]) -> int:
    return _longest(word for text in texts for word in text.split())
