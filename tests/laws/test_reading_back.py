"""A case read back from the log to be folded is the case that the log holds, fact by fact and in its order."""

from __future__ import annotations

from dataclasses import asdict

from hypothesis import given

from streams.histories import all_histories, histories
from streams.log import events_of
from tests.judge.worlds import world
from tests.laws.desks import CASES, desk_of, quick, rows_of, seeds, take


@quick
@given(seeds)
def test_facts_read_back_to_be_folded_are_those_of_the_log(seed: int) -> None:
    with desk_of(seed) as desk:
        take(desk, [list(world(seed, CASES).lines)])
        connection = desk.store.connection
        subjects = [subject for (subject,) in rows_of(desk, "SELECT subject FROM cases")]
        whole = {subject: [asdict(event.as_fact()) for event in events_of(connection, subject)] for subject in subjects}
        read = histories(connection, subjects)
        assert {subject: list(map(asdict, facts)) for subject, facts in read.items()} == whole
        assert {subject: list(map(asdict, facts)) for subject, facts in all_histories(connection)} == whole


@quick
@given(seeds)
def test_a_case_read_up_to_a_position_is_as_it_was_then(seed: int) -> None:
    lines = list(world(seed, CASES).lines)
    half = len(lines) // 2
    with desk_of(seed) as desk:
        take(desk, [lines[:half]])
        connection, position = desk.store.connection, desk.store.position()
        subjects = [subject for (subject,) in rows_of(desk, "SELECT subject FROM cases")]
        before = {subject: list(map(asdict, facts)) for subject, facts in histories(connection, subjects).items()}
        take(desk, [lines[half:]])
        then = histories(connection, subjects, position)
        assert {subject: list(map(asdict, facts)) for subject, facts in then.items()} == before
