"""Who is it: from a child's local id to the reference and the case, or from either of these back to the local id.

For the few who may know, on the machine where the key is. Nothing is made or kept by asking.
"""

from __future__ import annotations

from typing import Any, Final

from casedrift.case_link import link_to
from streams.errors import WrongInput
from streams.identity import CASE, Identities, case_of
from streams.store import Store
from streams.who_is_who import key_faults_said, known_identities

_NOBODY: Final = (
    "this store holds no local ids, for no extract was taken into it; the sender of its facts knows who is who"
)


def lookup(store: Store, asked: str, template: str | None) -> dict[str, str | None]:
    """The child that is meant: its local id, its reference, its case, and by the template its page in the case system.

    WrongInput where this store knows nobody by it, or nobody at all; OutOfReach where the key can't be used.
    """
    identities = identities_to_ask(store)
    with store.said(), key_faults_said():
        reference, local_id = _found(identities, asked.strip())
    link = None if template is None else link_to(template, reference, local_id)
    return {"local_id": local_id, "reference": reference, "case": case_of(reference), "link": link}


def identities_to_ask(store: Store) -> Identities:
    """Who is who in the store. WrongInput where it knows nobody, OutOfReach where the key can't be used."""
    identities = known_identities(store)
    if identities is None:
        raise WrongInput(_NOBODY)
    return identities


def with_links(lines: list[dict[str, Any]], template: str, local_ids: dict[str, str]) -> None:
    """Add to each line its child's page in the case system."""
    for line in lines:
        line["link"] = link_to(template, line["child"], local_ids.get(line["child"]))


def _found(identities: Identities, asked: str) -> tuple[str, str]:
    for reference in (asked, asked.removeprefix(CASE)):
        local_id = identities.local_id(reference)
        if local_id is not None:
            return reference, local_id
    known = identities.known(asked)
    local_id = None if known is None else identities.local_id(known)
    if known is None or local_id is None:
        raise WrongInput(
            "nobody is known here by that local id, reference or case; check it, and that it is this store"
        )
    return known, local_id
