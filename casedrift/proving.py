"""The proof of the views: every case is told again from its facts and held against the rows that are kept of it.

A case's rows and facts are read at one moment, case after case, so nobody has to wait: whoever takes facts in goes on
meanwhile. What differs is told again, with what has come in since, in the one transaction that puts it right.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from casedrift.retelling import InForce, Proof, in_force, prove
from casedrift.standing import Standing, without_collector
from projections.differences import DifferenceInWords
from projections.whole import erase
from streams.store import Store


def rebuild(
    store: Store,
    standing: Standing,
    *,
    check: bool,
    progress: Callable[[int, int], None],
    found: Callable[[DifferenceInWords], None],
) -> dict[str, int]:
    """Hold every row against its case's facts, and unless `check` put right what differs.

    `found` is given the differences, by table and case; of very many only some. Gives the number of facts folded,
    and of rows that differed.
    """
    with without_collector():
        while True:
            before = _taken_up(store, standing, check=check)
            proofs = _proofs(standing, progress)
            if all(proof.in_force == before for proof in proofs) and (
                check or _put_right(store, standing, before, proofs)
            ):
                break  # else another policy came in force meanwhile: what was compared is no longer kept
    told = [difference for proof in proofs for difference in proof.told]
    for difference in sorted(told, key=lambda each: (each.table, each.case, each.clock or "")):
        found(difference)
    return {
        "facts": sum(proof.facts for proof in proofs),
        "differences": sum(proof.differences for proof in proofs),
    }


def _taken_up(store: Store, standing: Standing, *, check: bool) -> InForce:
    """What is in force now; unless `check` the views hold it."""
    with store.reading() if check else store.writing() as connection:
        standing.policy = standing.kept_policy()
        if not check:
            standing.refold_if_stale()
        return in_force(connection)


def _proofs(standing: Standing, progress: Callable[[int, int], None]) -> list[Proof]:
    proofs = []
    cases, done = standing.cases(), 0
    for proof in standing.shared_out(partial(prove, standing.policy), cases):
        proofs.append(proof)
        done += proof.cases
        progress(min(done, len(cases)), len(cases))  # some may have come since
    return proofs


def _put_right(store: Store, standing: Standing, before: InForce, proofs: list[Proof]) -> bool:
    """Write the rows of the cases that differ anew; whether what they were compared with is still in force."""
    differing = {number for proof in proofs for number in proof.differing}
    with store.reading():
        if not differing and store.place() == store.position():
            return True
    with store.writing() as connection:
        if in_force(connection) != before:
            return False
        behind = {number for number, *_ in standing.cases_since(store.place())}
        wrong = [case for case in standing.cases() if case[0] in differing | behind]
        erase(connection, differing.difference(number for number, *_ in wrong))  # rows of no case at all
        standing.write_anew(wrong, standing.policy)
        standing.reach(store.position())
    return True
