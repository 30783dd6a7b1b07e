"""How many cases were open on a day, where and at which tier, as known at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.vocabulary import GroupKey
from projections.connection import Connection
from projections.questions.moment import PLACES, WITH_SIZES, Moment, Names, columns, in_group_order


def counts(connection: Connection, moment: Moment, by: Sequence[GroupKey] = ()) -> list[dict[str, Any]]:
    """Open cases and distinct children for each group; without a grouping one line, zeros included."""
    names = Names(connection)
    grouped = f"GROUP BY {columns(by)}" if by else ""
    chosen = f"{columns(by)}, " if by else ""
    rows = connection.execute(
        f"{WITH_SIZES} SELECT {chosen} count(*), count(DISTINCT p.child) FROM {PLACES} {grouped}",
        moment.parameters,
    )
    lines = [{**names.group(by, row[: len(by)]), "open_cases": row[-2], "open_children": row[-1]} for row in rows]
    return sorted(lines, key=lambda line: in_group_order(by, line))
