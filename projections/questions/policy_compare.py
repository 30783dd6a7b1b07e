"""What another policy would flag: the runs overdue on a day under the one, under the other, and under both.

A run is the same under both where its case, its clock's id and the fact that began it are: then only its due day may
differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Line = dict[str, Any]


def policy_compare(under_a: Iterable[Line], under_b: Iterable[Line]) -> list[Line]:
    """The lines of `drift` under each policy put together, by case, clock, baseline and `in`.

    Each says `in` which policy the run is overdue: `a`, `b` or `both`. Of one in both, everything is as A says, and
    `due_b` is the day (ISO date) on which it was due under B; else that is None.
    """
    b = {line["run"]: line for line in under_b}
    lines = []
    for line in under_a:
        other = b.pop(line["run"], None)
        lines.append(
            {**line, "in": "a", "due_b": None} if other is None else {**line, "in": "both", "due_b": other["due"]}
        )
    lines += [{**line, "in": "b", "due_b": None} for line in b.values()]
    return sorted(lines, key=lambda line: (line["case"], line["clock"], line["baseline"], line["in"]))
