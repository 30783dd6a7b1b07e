"""The peer as programs: a plain Faust agent that takes one event at a time, and the library's `ProjectionRunner`.

Written as somebody who knows both libraries well would, from their documentation, with none of our batches.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final
from urllib.parse import urlsplit

import faust
from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, Transcoder
from eventsourcing.projection import ProjectionRunner

from bench.live.faust_app import faust_app
from bench.live.peer_cases import Case, Cases
from bench.live.peer_rows import CaseRows, KeepsRows, fact_of
from casedrift.now import now
from casedrift.settings import read_settings
from domain.history import Fact
from streams.cloudevents import Arrived, read_lines
from streams.log import PlainJSON

CACHED: Final = 10_000
"""Aggregates that the peer keeps in memory: all of them."""


class OurLog(Application[str]):
    """Our log, as an application of the library reads it."""

    name = "stored"

    def construct_mapper(self) -> Mapper[str]:
        """Our own reading of an event, the fastest that there is for it."""
        transcoder: Transcoder = PlainJSON()
        return Mapper(transcoder=transcoder)


def library(url: str, **more: str) -> dict[str, str]:
    """The library's settings for a database."""
    at = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": at.path.strip("/"),
        "POSTGRES_HOST": at.hostname or "",
        "POSTGRES_PORT": str(at.port),
        "POSTGRES_USER": at.username or "",
        "POSTGRES_PASSWORD": "none",
        "AGGREGATE_CACHE_MAXSIZE": str(CACHED),
        "AGGREGATE_CACHE_FASTFORWARD": "n",  # a case's facts come to one agent only
        "DEEPCOPY_FROM_AGGREGATE_CACHE": "n",  # and one that fails ends the program
        **more,
    }


def take(url: str) -> None:
    """Take what is on `case-facts` into the peer's cases, one by one, until it is ended."""
    app, facts = faust_app("peer", Path(mkdtemp(prefix="casedrift-bench-")))
    cases = Cases(env=library(url))

    @app.agent(facts)  # type: ignore[untyped-decorator]
    async def _take(stream: Any) -> None:
        async for event in stream.events():
            (fact,) = read_lines([event.message.value])
            if isinstance(fact, Arrived):
                cases.take(fact, now())

    faust.Worker(app, loglevel="ERROR").execute_from_commandline()


def keep(url: str, of: str) -> None:
    """Keep the rows up with the peer's cases, or with our log, until it is ended."""
    ours = of == "log"
    env = library(url, **({"ORIGINATOR_ID_TYPE": "text", "STORED_CREATE_TABLE": "no"} if ours else {}))
    application: Any = OurLog if ours else Cases
    view = CaseRows if ours else rows_of(Cases(env=env))
    with ProjectionRunner(
        application_class=application, projection_class=KeepsRows, view_class=view, env=env
    ) as runner:
        runner.run_forever()


def rows_of(cases: Cases) -> type[CaseRows]:
    """The rows of the peer's own cases: what is not in memory is read back from these."""

    class OfCases(CaseRows):
        """Rows that know whose they are."""

        def histories(self, subjects: Sequence[str]) -> Mapping[str, list[Fact]]:
            """All facts of the cases so far."""
            return {each: [fact_of(told) for told in cases.events.get(Case.create_id(each, {}))] for each in subjects}

    return OfCases


if __name__ == "__main__":
    url = read_settings().store
    if sys.argv[1] == "take":
        take(url)
    else:
        keep(url, sys.argv[2])
