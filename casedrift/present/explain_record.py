"""The facts of one case as sentences speak of them: each by its number on the record, and as something that somebody
did on a day. `the child was last visited on 3 Apr 2019 (no. 12)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from casedrift.present.paper import day_words, plain, words
from domain.days import london_day, parse_day, parse_instant

_SAID: Final = {
    "referral-received": ("a referral was", "received"),
    "case-opened": ("the case was", "opened"),
    "assessment-started": ("an assessment was", "started"),
    "case-assessed": ("the case was", "assessed"),
    "case-supervised": ("the case was", "supervised"),
    "challenge-recorded": ("a challenge was", "recorded"),
    "case-stepped-down": ("the case was", "stepped down"),
    "case-stepped-up": ("the case was", "stepped up"),
    "case-closed": ("the case was", "closed"),
    "case-allocated": ("the case was", "allocated"),
    "child-visited": ("the child was", "visited"),
    "plan-started": ("a plan was", "started"),
    "plan-ended": ("a plan was", "ended"),
    "plan-reviewed": ("a plan was", "reviewed"),
    "strategy-discussion-held": ("a strategy discussion was", "held"),
    "enquiry-ended": ("an enquiry was", "ended"),
    "conference-held": ("a conference was", "held"),
    "case-audited": ("the case was", "audited"),
}


class Record:
    """What is on record of a case, in order of acceptance, as `casedrift explain` answers it."""

    def __init__(self, facts: Sequence[Mapping[str, Any]]) -> None:
        # Two sources may use one id: what stands is meant before what doesn't, the first before later ones.
        numbered = [*enumerate(facts, start=1)]
        meant = [each for stands in (False, True) for each in reversed(numbered) if bool(each[1]["stands"]) == stands]
        self._of_source = {(fact["source"], fact["id"]): each for each in numbered for fact in [each[1]]}
        self._meant = {fact["id"]: (number, fact) for number, fact in meant}

    def numbers(self, ids: Sequence[str]) -> str:
        """`3, 17`: the facts by their numbers; JSON has their ids."""
        return ", ".join(str(self._meant[id_][0]) if id_ in self._meant else plain(id_) for id_ in ids)

    def no(self, id_: str) -> str:
        """`(no. 3)`."""
        return f"(no. {self.numbers([id_])})"

    def day(self, id_: str) -> int:
        """The day (ordinal) on which it happened."""
        return parse_day(self._meant[id_][1]["data"]["effective_on"])

    def in_order(self, ids: Sequence[str]) -> list[str]:
        """The facts in the order in which they count: by day, then by the acceptance of the first of their chain."""
        return sorted(ids, key=lambda id_: (self.day(id_), self._first_link(id_)[0]))

    def _first_link(self, id_: str) -> tuple[int, Mapping[str, Any]]:
        number, fact = self._meant[id_]
        while (earlier := self._of_source.get((fact["source"], _names(fact["data"])))) is not None:
            number, fact = earlier
        return number, fact

    def said(self, id_: str, *, again: bool = False) -> str:
        """`the child was visited`, or with `again` `the child was last visited`."""
        kind = self._meant[id_][1]["type"].rpartition(".v")[0]
        who, did = _SAID.get(kind, ("there was", words(kind)))
        return f"{who} {'last ' if again else ''}{did}"

    def told(self, id_: str, *, again: bool = False) -> str:
        """`the child was visited on 3 Apr 2019 (no. 12)`."""
        return f"{self.said(id_, again=again)} on {day_words(self.day(id_))} {self.no(id_)}"

    def recorded(self, id_: str) -> str:
        """When the case system heard of it first: `recorded on 3 Apr 2019`."""
        fact = self._first_link(id_)[1]
        after = fact.get("recordedafter")
        day = day_words(london_day(parse_instant(after or fact["time"])))
        return f"recorded after {day}" if after else f"recorded on {day}"

    def own_recording(self, id_: str) -> str:
        """When the case system heard of the fact that stands: `3 Apr 2019`."""
        return day_words(london_day(parse_instant(self._meant[id_][1]["time"])))


def _names(data: Mapping[str, Any]) -> str | None:
    """The earlier link of its chain that a fact names; a correction may name a withdrawal too."""
    named: str | None = data.get("corrects") or data.get("withdraws")
    return named
