"""The demo: a made-up authority's half year, taken in through the real door, and the questions that people ask of it.

A director reads over somebody's shoulder; so it is short, in the field's words, and the same every time.
"""

from __future__ import annotations

from pathlib import Path

from casedrift.demo.authority import AUTHORITY, fresh_folder, make_up
from casedrift.demo.census import tell_census
from casedrift.demo.chapters import tell_authority, tell_what_next


def run_demo(census: Path | None) -> None:
    """Tell the demo on standard output, leaving its stores in `demo/`; `census` is a CIN census of one's own."""
    fresh_folder()
    make_up()
    worst = tell_authority(str(AUTHORITY))
    tell_census(census)
    tell_what_next(str(AUTHORITY), worst)
