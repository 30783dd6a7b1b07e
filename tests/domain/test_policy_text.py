"""A policy that is right is read as it was meant: alone, laid over another, or written back by us."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.policy import Clock, Coverage, FactPattern, Limit, Policy
from domain.policy_text import policy_toml
from domain.vocabulary import GROUP_KEYS, OWN_FIELDS, PLANS, TIERS, Basis, Counting, Severity, Unit
from tests.domain.written_policies import DEVON, faults, read, spoilt

SUPERVISION = Clock(
    id="supervision",
    title="The case is discussed in supervision at least once a month",
    citation="Case supervision policy, September 2019",
    basis="local",
    severity="medium",
    tiers=("child_in_need", "child_protection"),
    plans=(),
    unless=(("cohort", ("short-breaks",)), ("tier", ("looked_after",))),
    starts_by_scope=True,
    starts=(),
    met_by=(FactPattern("case-supervised"),),
    first=Limit(1, "months"),
    then=(Limit(1, "months"),),
    warn=Limit(5, "days"),
)
REVIEW = Clock(
    id="review",
    title="The plan is reviewed",
    citation="Working Together",
    basis="guidance",
    severity="high",
    tiers=(),
    plans=("child_protection",),
    unless=(),
    starts_by_scope=True,
    starts=(FactPattern("strategy-discussion-held", (("section_47", True),)),),
    met_by=(FactPattern("plan-reviewed", (("plan", "child_protection"),)),),
    first=Limit(3, "months"),
    then=(Limit(3, "months"), Limit(6, "months")),
    warn=None,
)
IMPROVED = FactPattern("case-assessed", (("progress", "improved"),))


def clock(called: str, title: str = "t") -> str:
    return (
        f'[[clock]]\nid = "{called}"\ntitle = "{title}"\ncitation = "c"\nbasis = "local"\nseverity = "low"\n'
        'tiers = ["assessment"]\nstarts = ["scope"]\nmet_by = []\nfirst = "1 day"\n'
    )


def test_a_policy_is_read_as_written_with_what_is_left_out() -> None:
    june = date(2019, 6, 1).toordinal()
    assert read(DEVON) == Policy(
        id="devon",
        version="2019-09",
        calendar="england-and-wales",
        counting="exclude-start",
        recording_lag=5,
        coverage=(Coverage((FactPattern("case-supervised"), IMPROVED), june),),
        clocks=(SUPERVISION, REVIEW),
    )


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        ("1 month", Limit(1, "months")),
        ("3 months", Limit(3, "months")),
        ("1 working_day", Limit(1, "working_days")),
        ("10 working_days", Limit(10, "working_days")),
        ("1 week", Limit(1, "weeks")),
        ("1 days", Limit(1, "days")),
        ("36525 days", Limit(36_525, "days")),
        ("1200 months", Limit(1_200, "months")),
    ],
)
def test_limits(written: str, limit: Limit) -> None:
    assert read(spoilt('first = "1 month"', f'first = "{written}"')).clocks[0].first == limit


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('{type = "case-assessed", risks = ["1A", "2B"]}', ("risks", ("1A", "2B"))),
        ('{type = "case-assessed", started_on = 2019-06-01}', ("started_on", "2019-06-01")),
        ('{type = "case-stepped-down", to = "early_help"}', ("to", "early_help")),
        ('{type = "child-visited", seen_alone = false}', ("seen_alone", False)),
        ('{type = "case-closed", reason = "RC1"}', ("reason", "RC1")),
    ],
)
def test_values_of_a_facts_own_fields(written: str, value: tuple[str, object]) -> None:
    met_by = read(spoilt('met_by = ["case-supervised"]', f"met_by = [{written}]")).clocks[0].met_by
    assert met_by[0].values == (value,)


def test_a_clock_may_be_met_by_nothing_and_a_policy_hold_no_clock() -> None:
    assert read(spoilt('met_by = ["case-supervised"]', "met_by = []")).clocks[0].met_by == ()
    assert read('[policy]\nid = "a"\nversion = "1"\n').clocks == ()


def test_an_extending_policy_takes_what_it_leaves_out() -> None:
    base = DEVON.replace('version = "2019-09"', 'version = "2019-09"\nrecording_lag = 9')
    own = read('[policy]\nextends = "base"\ncounting = "include-start"\n', base=base)
    assert (own.id, own.version, own.recording_lag, own.counting) == ("devon", "2019-09", 9, "include-start")
    assert own.clocks == (SUPERVISION, REVIEW)
    assert own.coverage == read(DEVON).coverage


def test_an_own_clock_takes_the_place_of_the_one_beneath() -> None:
    own = '[policy]\nextends = "base"\n' + clock("z") + clock("supervision", "ours") + clock("a")
    read_clocks = read(own, base=DEVON).clocks
    assert [c.id for c in read_clocks] == ["supervision", "review", "z", "a"]
    assert read_clocks[0].title == "ours"


def test_dropped_clocks_are_left_out() -> None:
    assert read('[policy]\nextends = "base"\ndrop = ["supervision"]\n', base=DEVON).clocks == (REVIEW,)


def test_own_coverage_of_a_type_replaces_all_of_that_type() -> None:
    own = '[policy]\nextends = "base"\n[[coverage]]\nfacts = [{type = "case-assessed", progress = "worse"}]\n'
    beneath = Coverage((FactPattern("case-supervised"),), date(2019, 6, 1).toordinal())
    worse = FactPattern("case-assessed", (("progress", "worse"),))
    assert read(own, base=DEVON).coverage == (beneath, Coverage((worse,), None))


def test_coverage_that_speaks_of_nothing_any_more_is_gone() -> None:
    own = '[policy]\nextends = "base"\n[[coverage]]\nfacts = ["case-supervised", "case-assessed"]\n'
    both = (FactPattern("case-supervised"), FactPattern("case-assessed"))
    assert read(own, base=DEVON).coverage == (Coverage(both, None),)


def test_policies_may_extend_one_another_in_a_row() -> None:
    middle = '[policy]\nextends = "base"\nid = "middle"\ndrop = ["review"]\n'
    own = read('[policy]\nextends = "middle"\nversion = "2"\n' + clock("own"), middle=middle, base=DEVON)
    assert (own.id, own.version, [c.id for c in own.clocks]) == ("middle", "2", ["supervision", "own"])


texts = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
names = texts.filter(str.strip)
codes = some.text(some.characters(exclude_categories=["Cs"]), max_size=64)
limits = some.builds(Limit, some.integers(1, 1_200), some.sampled_from(get_args(Unit)))
bare = some.sampled_from(sorted(OWN_FIELDS.keys() - {"fact-withdrawn"})).map(FactPattern)
patterns = bare | some.one_of(
    codes.map(lambda code: FactPattern("case-closed", (("reason", code),))),
    some.booleans().map(lambda yes: FactPattern("case-supervised", (("challenged", yes),))),
    some.lists(codes, max_size=3).map(lambda r: FactPattern("case-assessed", (("risks", tuple(r)),))),
    some.sampled_from(PLANS).map(lambda plan: FactPattern("plan-reviewed", (("plan", plan), ("progress", "worse")))),
)


def lists(entry: some.SearchStrategy[object], least: int = 0) -> some.SearchStrategy[tuple[object, ...]]:
    return some.lists(entry, min_size=least, max_size=3).map(tuple)


def unless() -> some.SearchStrategy[tuple[tuple[str, tuple[str, ...]], ...]]:
    def held(key: str) -> some.SearchStrategy[tuple[object, ...]]:
        return some.tuples(some.just(key), lists(some.sampled_from(TIERS) if key == "tier" else names))

    return lists(some.sampled_from(GROUP_KEYS).flatmap(held)).map(
        lambda pairs: tuple(dict(pairs).items())  # type: ignore[arg-type]
    )


@some.composite
def clocks(draw: some.DrawFn) -> Clock:
    tiers = draw(lists(some.sampled_from(TIERS)))
    by_scope = draw(some.booleans())
    return Clock(
        id=draw(names),
        title=draw(texts),
        citation=draw(texts),
        basis=draw(some.sampled_from(get_args(Basis))),
        severity=draw(some.sampled_from(get_args(Severity))),
        tiers=tiers,  # type: ignore[arg-type]
        plans=draw(lists(some.sampled_from(PLANS), least=0 if tiers else 1)),  # type: ignore[arg-type]
        unless=draw(unless()),  # type: ignore[arg-type]
        starts_by_scope=by_scope,
        starts=draw(lists(patterns, least=0 if by_scope else 1)),  # type: ignore[arg-type]
        met_by=draw(lists(patterns)),  # type: ignore[arg-type]
        first=draw(limits),
        then=draw(lists(limits)),  # type: ignore[arg-type]
        warn=draw(some.none() | limits),
    )


days = some.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.toordinal)
policies = some.builds(
    Policy,
    id=names,
    version=names,
    calendar=some.just("england-and-wales"),
    counting=some.sampled_from(get_args(Counting)),
    recording_lag=some.integers(0, 26_089),
    coverage=lists(some.builds(Coverage, lists(patterns, least=1), some.none() | days)),
    clocks=some.lists(clocks(), max_size=3, unique_by=lambda c: c.id).map(tuple),
)


@given(policies)
def test_a_policy_written_out_reads_back_the_same(policy: Policy) -> None:
    written = policy_toml(policy)
    assert faults(written) == []
    assert read(written) == policy


def test_a_policy_of_very_many_teams_is_written_so_that_it_can_be_read() -> None:
    teams = ", ".join(f'"Team {nth} of the North and the East"' for nth in range(200))
    lines = ",\n".join(teams.split(", "))
    policy = read(DEVON + clock("c") + f"unless = {{team = [\n{lines}\n]}}\n")
    assert len(policy.clocks[-1].unless[0][1]) == 200
    assert read(policy_toml(policy)) == policy
