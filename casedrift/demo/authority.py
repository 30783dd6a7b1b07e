"""The made-up authority of the demo: where it is kept, and what its half year is.

About 4,000 cases are open at once in four localities; in one of them more is late than in the others.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from casedrift.present.progress import progress_bar
from casedrift.simulation import simulate
from streams.errors import OutOfReach

FOLDER: Final = Path("demo")
FACTS: Final = FOLDER / "facts.jsonl"
AUTHORITY: Final = FOLDER / "authority.db"
CENSUS: Final = FOLDER / "census.db"
SEED: Final = 2019
BEGIN: Final = date(2019, 5, 1)
MONTHS: Final = 6
"""To the end of October, so that what was learnt late about September is in it."""
CHILDREN: Final = 6_400
"""Children seen in these months, of whom about 4,000 have an open case at once."""
_FACTS_ABOUT: Final = 126_000
"""How many facts that makes, roughly: for the bar alone."""


def fresh_folder() -> None:
    """The folder `demo`, without what an earlier demo left there; nothing else in it is touched."""
    try:
        FOLDER.mkdir(exist_ok=True)
        for store in (AUTHORITY, CENSUS):
            for end in ("", "-wal", "-shm", "-journal", ".key"):
                store.with_name(store.name + end).unlink(missing_ok=True)
    except OSError as fault:
        raise OutOfReach(f"{FOLDER} can't be made anew: {fault.strerror}; move it away and try again") from None


def make_up() -> None:
    """Write the authority's facts, in the order in which its case system recorded them."""
    try:
        with FACTS.open("wb") as file, progress_bar("making up", _FACTS_ABOUT) as bar:
            for number, line in enumerate(simulate(SEED, BEGIN, MONTHS, CHILDREN), start=1):
                file.write(line)
                if number % 1_000 == 0:
                    bar(number, max(number, _FACTS_ABOUT))
    except OSError as fault:
        raise OutOfReach(f"{FACTS} can't be written: {fault.strerror}; make room and try again") from None
