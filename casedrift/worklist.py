"""The list that teams work through: every open case in which something is overdue, due soon or missing.

With the children's local ids, or links made of them, only where somebody who may read the key asks for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from casedrift.case_link import names_local_id
from casedrift.desk import Desk
from casedrift.lookup import identities_to_ask, with_links
from domain.policy import Policy
from domain.vocabulary import GroupKey
from projections.questions import worklist as questions
from projections.questions.moment import Moment
from streams.histories import histories
from streams.who_is_who import key_faults_said


def worklist(
    desk: Desk,
    on: int,
    known: int,
    *,
    by: Sequence[GroupKey],
    policy: Policy | None = None,
    link: str | None = None,
) -> list[dict[str, Any]]:
    """The cases open on the day (an ordinal), as known at the instant, in which there is something to do.

    With the template of a `link`, each with its child's page in the case system; None where that child has no local
    id here. WrongInput where nobody has one, OutOfReach where the key can't be used.
    """
    moment = Moment(on, known)
    identities = identities_to_ask(desk.store) if link is not None and names_local_id(link) else None
    # findings need no clocks, and folding them costs
    for_findings = desk.rules(replace(policy or desk.policy, clocks=()))
    with desk.asking(known) as connection:
        _, clocks = desk.clocks(connection, policy, [moment])
        lines = questions.worklist(
            connection, for_findings, clocks, lambda cases: histories(connection, cases), moment, by
        )
        if link is not None:
            with key_faults_said():
                local_ids = identities.local_ids([line["child"] for line in lines]) if identities else {}
            with_links(lines, link, local_ids)
    return lines
