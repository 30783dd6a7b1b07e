"""Short lives of a case, told in a line a fact, and what one clock makes of them: for worked examples.

A run is written as baseline, due day, end day and whether met; a place as first day, end day, tier and plans.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from casedrift.bank_holidays import bank_holidays
from domain.clocks import Rules, plans_on
from domain.days import format_day, parse_day, parse_instant
from domain.fold import PLACE, Ended, fold
from domain.history import Fact
from domain.policy import Policy
from domain.policy_text import read_policy
from projections.case_view import net

HEAD = '[policy]\nid = "example"\nversion = "1"\ncalendar = "england-and-wales"\ncounting = "{counting}"\n'
CLOCK = '[[clock]]\nid = "c"\ntitle = "t"\ncitation = "c"\nbasis = "local"\nseverity = "low"\n'
CIN = 'tiers = ["child_in_need"]\nstarts = ["scope"]\nmet_by = ["case-supervised"]\n'
Told = tuple[str, str, dict[str, Any]]
Life = list[Told]
Run = tuple[str, str, str | None, bool | None]
Stretch = tuple[str, str | None, str, list[str]]


def opened(day: str, tier: str = "child_in_need", **data: Any) -> Told:
    return "case-opened", day, {"tier": tier, **data}


def told(kind: str, day: str, **data: Any) -> Told:
    return kind, day, data


def policy(clock: str, counting: str = "exclude-start") -> Policy:
    """A policy of this one clock; what follows the clock's keys may be coverage."""
    return read_policy(HEAD.format(counting=counting) + CLOCK + clock, "example.toml", _extends_nothing)


def rules(clock: str, counting: str = "exclude-start") -> Rules:
    return Rules(policy(clock, counting), bank_holidays)


def facts(life: Life, recorded: str = "1970-01-01T00:00:00Z") -> list[Fact]:
    """The life as the fold reads it: in the order told, each recorded at this instant."""
    at = parse_instant(recorded)
    return [
        Fact(kind, parse_day(day), n, n, n, {"child": "c", "effective_on": day, **data}, f"f{n}", "/s", at)
        for n, (kind, day, data) in enumerate(life, start=1)
    ]


def runs(clock: str, life: Life, counting: str = "exclude-start") -> list[Run]:
    """The clock's runs, those that are not measured left out."""
    rows = held(rules(clock, counting), life)
    return [
        (format_day(baseline), format_day(due), *_end(ended))
        for (subject, _), (begun, ended) in rows.items()
        if subject >= 0
        for baseline, due, measured in [begun]
        if measured
    ]


def places(life: Life) -> list[Stretch]:
    """Where the case was held, places of no day included."""
    rows = held(rules(f'{CIN}first = "1 day"'), life)
    return [
        (format_day(day), _end(ended)[0], place.tier, [*plans_on(place.plans)])
        for (subject, _), (begun, ended) in rows.items()
        if subject == PLACE
        for day, place in [begun]
    ]


def held(by: Rules, life: Life) -> dict[Any, Any]:
    """The stays, places and runs of a whole fold, by subject and the number of the fact that began each."""
    _, changes = fold(by, facts(life))
    return net(chain.from_iterable(changes))


def _end(ended: Ended | None) -> tuple[str | None, bool | None]:
    if ended is None:
        return None, None
    day, _, how = ended
    return format_day(day), bool(how)


def _extends_nothing(reference: str, of_name: str) -> tuple[str, str]:
    raise AssertionError(f"{of_name} extends {reference}")
