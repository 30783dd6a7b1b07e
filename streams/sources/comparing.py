"""What an extract tells beside what stands in the record: only the news reaches the record.

What stands unchanged is no news. What says otherwise now is a correction, what is gone a withdrawal, and what comes
back a correction in its old chain, so that the record tells of each change when it came to be known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from domain.days import format_day, parse_instant
from domain.history import WITHDRAWN, Fact
from streams.identity import case_of
from streams.sources.day_order import told_anew
from streams.sources.telling import Content, canonical, fact_id

_MOVING: Final = frozenset({"plan-started", "case-opened"})
"""What a start that was put right moves: these are corrected, whatever else changes its day is told anew."""

Event = dict[str, Any]
"""A fact as a CloudEvents 1.0 JSON object in structured mode (`docs/facts.md`)."""


@dataclass(slots=True)
class Chain:
    """A fact of this source with whatever corrected or withdrew it."""

    root: str
    """The id of its first link."""
    links: list[Fact] = field(default_factory=list)

    @property
    def stands(self) -> Fact | None:
        """The link that speaks for it; None where it was withdrawn."""
        last = self.links[-1]
        return None if last.kind == WITHDRAWN else last

    def next_id(self) -> str:
        """The name of its next link."""
        return f"{self.root}/v{len(self.links) + 1}"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every fact of a load bears: its source, T and since when nobody had looked (both as written)."""

    source: str
    time: str
    recordedafter: str


@dataclass(frozen=True, slots=True)
class News:
    """What an extract changes for one child: the facts to take on, in their order, and what stood already.

    `unchanged` names, by index into the contents that were compared, those that stand as they are; `own` those of them
    that came in at this very T.
    """

    facts: tuple[Event, ...]
    unchanged: frozenset[int]
    own: frozenset[int]


def chains_of(facts: Iterable[Fact], source: str) -> list[Chain]:
    """The chains of a case's facts (in acceptance order) that this source began."""
    chains: dict[int, Chain] = {}
    for fact in facts:
        if fact.source == source:
            chains.setdefault(fact.chain, Chain(fact.id)).links.append(fact)
    return list(chains.values())


def news_of(
    reference: str,
    contents: Sequence[Content],
    chains: Sequence[Chain],
    stamp: Stamp,
    moved: Collection[tuple[int, int]] = (),
) -> News:
    """What the contents (in the order of acceptance) change in what stands; `moved` are starts put right."""
    return _Comparison(reference, contents, chains, stamp, moved).news()


@dataclass(slots=True)
class _Comparison:
    """One child's, step by step: alike, corrected on its day, moved, come back, new; the rest is withdrawn. What the
    order of its day asks for is told anew."""

    reference: str
    contents: Sequence[Content]
    chains: Sequence[Chain]
    stamp: Stamp
    moved: Collection[tuple[int, int]]
    _left: defaultdict[tuple[str, int], list[Chain]] = field(default_factory=lambda: defaultdict(list))
    _told: dict[int, tuple[Chain | None, str]] = field(default_factory=dict)
    """By index of the content: the chain that it corrects (None = none), and its id."""
    _stood: dict[int, Chain] = field(default_factory=dict)
    """By index of the content: the chain that tells it already."""
    _gone: list[Chain] = field(default_factory=list)
    _used: set[str] = field(default_factory=set)
    """The names, and the first names of the chains, of what is told."""
    _roots: dict[str, Chain] = field(default_factory=dict)
    """The chains by their first names."""
    _since: dict[int, str] = field(default_factory=dict)
    """By index of the content, where it is told anew: the `recordedafter` of what told it first."""

    def news(self) -> News:
        self._roots = {chain.root: chain for chain in self.chains}
        for chain in self.chains:
            if (stands := chain.stands) is not None:
                self._left[stands.kind, stands.day].append(chain)
        self._alike()
        rest = [at for at in range(len(self.contents)) if at not in self._stood]
        for step in (self._corrected_plan, self._corrected, self._moved):
            rest = [at for at in rest if not step(at)]
        for at in sorted(rest, key=lambda at: self.contents[at].canonical):  # the name goes by content
            self._new(at)
        self._gone += [chain for chains in self._left.values() for chain in chains]
        for at in told_anew(self.contents, self._places()):
            self._anew(at)
        facts = [self._withdrawal(chain) for chain in self._gone] + [self._fact(at) for at in sorted(self._told)]
        taken = parse_instant(self.stamp.time)
        own = (at for at, chain in self._stood.items() if chain.links[-1].recorded_at == taken)
        return News(tuple(facts), frozenset(self._stood), frozenset(own))

    def _alike(self) -> None:
        """Those that stand with this very content."""
        for at, content in enumerate(self.contents):
            candidates = self._left[content.type, content.day]
            alike = next((chain for chain in candidates if _content(chain) == content.canonical), None)
            if alike is not None:
                candidates.remove(alike)
                self._stood[at] = alike

    def _corrected_plan(self, at: int) -> bool:
        """Of two plans that began on one day, each is put right for itself."""
        content = self.contents[at]
        plan = content.data.get("plan")
        return plan is not None and self._take_from(at, content.day, plan=plan)

    def _corrected(self, at: int) -> bool:
        return self._take_from(at, self.contents[at].day)

    def _moved(self, at: int) -> bool:
        content = self.contents[at]
        days = [before for before, now in self.moved if now == content.day] if content.type in _MOVING else []
        return any(self._take_from(at, day, plan=content.data.get("plan")) for day in days)

    def _take_from(self, at: int, day: int, plan: str | None = None) -> bool:
        candidates = self._left[self.contents[at].type, day]
        for chain in candidates:
            stands = chain.stands
            if plan is None or (stands is not None and stands.data.get("plan") == plan):
                candidates.remove(chain)
                self._tell(at, chain, chain.next_id())
                return True
        return False

    def _new(self, at: int) -> None:
        """New, or come back: in its old chain if it stood there, else under the first name that is free."""
        content = self.contents[at]
        free: list[tuple[Chain | None, str]] = []
        for id_ in self._names(at):
            chain = self._roots.get(id_)
            if id_ not in self._used and (chain is None or chain.stands is None):
                free.append((chain, id_))
            if chain is None and free:
                break
        came_back = (each for each in free if each[0] is not None and _told_last(each[0]) == content.canonical)
        chain, id_ = next(came_back, free[0])
        self._tell(at, chain, id_ if chain is None else chain.next_id())

    def _anew(self, at: int) -> None:
        """Once more, under a name that nothing ever had; what told it is withdrawn."""
        chain = self._stood.pop(at) if at in self._stood else self._told.pop(at)[0]
        if chain is not None and chain.stands is not None:
            self._gone.append(chain)
            self._since[at] = chain.links[0].recorded_after or self.stamp.recordedafter
        self._tell(at, None, next(id_ for id_ in self._names(at) if id_ not in self._used and id_ not in self._roots))

    def _tell(self, at: int, chain: Chain | None, id_: str) -> None:
        self._told[at] = (chain, id_)
        self._used |= {id_} if chain is None else {id_, chain.root}

    def _names(self, at: int) -> Iterator[str]:
        """The names that a fact of its type and day may have, without end."""
        content = self.contents[at]
        return (fact_id(self.reference, content.type, content.day, nth) for nth in count(1))

    def _places(self) -> list[int | None]:
        """Where the record will have each of the contents: in its chain's place, a new one (None) behind all chains."""
        places = {root: place for place, root in enumerate(self._roots)}
        chains = [self._stood[at] if at in self._stood else self._told[at][0] for at in range(len(self.contents))]
        return [None if chain is None else places[chain.root] for chain in chains]

    def _fact(self, at: int) -> Event:
        content, (chain, id_) = self.contents[at], self._told[at]
        data = content.data if chain is None else {**content.data, "corrects": chain.root}
        event = self._event(id_, content.type, data)
        return {**event, "recordedafter": self._since.get(at, self.stamp.recordedafter)}

    def _withdrawal(self, chain: Chain) -> Event:
        stands = chain.stands
        assert stands is not None
        data = {"child": self.reference, "effective_on": format_day(stands.day), "withdraws": chain.root}
        return self._event(chain.next_id(), WITHDRAWN, data)

    def _event(self, id_: str, type_: str, data: dict[str, Any]) -> Event:
        return {
            "specversion": "1.0",
            "id": id_,
            "source": self.stamp.source,
            "type": f"{type_}.v1",
            "subject": case_of(self.reference),
            "time": self.stamp.time,
            "recordedafter": self.stamp.recordedafter,
            "data": data,
        }


def _content(chain: Chain) -> str:
    stands = chain.stands
    assert stands is not None
    return _as_told(stands)


def _as_told(fact: Fact) -> str:
    return canonical({name: value for name, value in fact.data.items() if name != "corrects"})


def _told_last(chain: Chain) -> str | None:
    """What a chain told before it was withdrawn."""
    told = [link for link in chain.links if link.kind != WITHDRAWN]
    return _as_told(told[-1]) if told else None
