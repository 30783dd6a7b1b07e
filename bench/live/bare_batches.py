"""The ceiling: Faust's own batches put into a plain table, and nothing done with them.

The bytes of 500 messages go by COPY into one table, one transaction a batch. Nothing is read, no identity looked up,
nothing folded: whatever takes facts in through Faust can only be slower.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import faust
import psycopg

from bench.live.faust_app import faust_app
from casedrift.settings import read_settings

TABLE: Final = "CREATE TABLE bare (number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, raw BYTEA NOT NULL)"


def main() -> None:
    """Take what is on `case-facts`, until it is ended."""
    settings = read_settings()
    connection = psycopg.connect(settings.store)
    app, facts = faust_app("bare", Path(mkdtemp(prefix="casedrift-bench-")))

    @app.agent(facts)  # type: ignore[untyped-decorator]
    async def _take(stream: Any) -> None:
        async for events in stream.take_events(settings.batch_size, within=settings.batch_wait):
            await asyncio.to_thread(_keep, connection, [event.message.value for event in events])

    faust.Worker(app, loglevel="ERROR").execute_from_commandline()


def _keep(connection: psycopg.Connection[Any], messages: list[bytes]) -> None:
    with connection.transaction(), connection.cursor().copy("COPY bare (raw) FROM STDIN") as copy:
        for message in messages:
            copy.write_row((message,))


if __name__ == "__main__":
    main()
