"""Worlds held against the judge from the shell: `python -m tests.worlds FIRST [LAST]`; exit 1 where one differs."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.worlds.held import disagreements, load


def main(first: int, last: int) -> int:
    for seed in range(first, last + 1):
        with TemporaryDirectory() as folder:
            for pair in load(seed, Path(folder)):
                for found in disagreements(pair):
                    print(found)
                    return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[-1])))
