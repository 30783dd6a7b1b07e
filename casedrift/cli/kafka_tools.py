"""`casedrift topics create`, `publish` and `replay-topic`: what is done about Kafka by hand.

The libraries that this takes are loaded only where it is asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casedrift.asking import an_instant
from casedrift.cli.files import FORMATS, check, format_of
from casedrift.cli.options import JsonOption, StoreOption, open_desk, store_asked
from casedrift.cli.taking_in import reader_of
from casedrift.now import now, refuse_to_write
from casedrift.present.paper import how_many, number, print_json, say
from casedrift.present.progress import progress_bar
from streams.errors import CasedriftError

if TYPE_CHECKING:
    from casedrift.serving.kafka_tools import Published
    from streams.kafka.making_topics import TopicDone
    from streams.kafka.publishing import Publisher


def topics_create(
    force: Annotated[
        bool, typer.Option("--force", help="Add partitions too, though keys then move to others.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the topics, or bring them to how they are to be."""
    from casedrift.serving.kafka_tools import topics_made
    from casedrift.settings import read_settings

    settings = read_settings()
    done = topics_made(settings.kafka(), settings.topics(), force=force)
    if as_json:
        print_json([_as_dict(topic) for topic in done])
    else:
        say("\n".join(line for topic in done for line in _in_words(topic)))


def publish(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Files to publish; - is standard input.")],
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help=f"auto, {', '.join(FORMATS)}.")] = "auto",
    source: Annotated[
        str | None, typer.Option("--source", metavar="URI", help="Of an extract: the name of who sent it.")
    ] = None,
    taken: Annotated[
        str | None, typer.Option("--taken", metavar="INSTANT", help="Of an extract: when it was taken.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send facts to Kafka. Ends with 1 where something could not be sent."""
    formats = [format_of(path, format_) for path in paths]
    check(paths, formats, {"--source": source, "--taken": taken})
    from casedrift.serving.kafka_tools import Published, publish_extract
    from casedrift.settings import read_settings
    from streams.kafka.publishing import Publisher

    settings = read_settings()
    publisher = Publisher(settings.kafka())
    told, notes = Published(), list[str]()
    try:
        with publisher:
            for kind, some in groupby(zip(formats, paths, strict=True), key=lambda each: each[0]):
                files = [path for _, path in some]
                if kind == "jsonl":
                    _publish_lines(publisher, files, told)
                    continue
                refuse_to_write()
                for path in files:
                    with progress_bar(Path(path).name) as bar:
                        notes += publish_extract(
                            publisher, store_asked(store), kind, Path(path), reader_of(source, taken), told,
                            now=now, progress=bar, key_file=settings.key_file,
                        )  # fmt: skip
    except CasedriftError:
        if told.read:  # what was confirmed before the fault is told beside it
            _tell(told, publisher, (), as_json=as_json)
        raise
    _tell(told, publisher, notes, as_json=as_json)
    raise typer.Exit(1 if told.refused else 0)


def replay_topic(
    since: Annotated[
        str, typer.Option("--from", metavar="INSTANT", help="From what the broker was given then; a day means its end.")
    ],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the facts' topic again into the store. Ends with 1 where something was refused, or is no longer there."""
    instant = an_instant(since, now(), "--from")
    from casedrift.present.tally import show_tally
    from casedrift.serving.kafka_tools import replay
    from casedrift.settings import read_settings
    from streams.kafka.reading_back import ReadingBack

    settings = read_settings().kafka()
    with ReadingBack(settings, instant) as messages, open_desk(store, create=True) as desk:
        with progress_bar("messages", messages.total) as bar:
            tally = replay(desk, messages, bar)
        incomplete = messages.incomplete
    if as_json:
        print_json(tally.as_dict())
    else:
        say(show_tally(tally), in_a_pipe=100)
    if incomplete:
        _note("the topic no longer holds everything since --from; publish again what is older than its first messages")
    raise typer.Exit(1 if incomplete or tally.refused else 0)


def _publish_lines(publisher: Publisher, paths: Sequence[str], told: Published) -> None:
    from casedrift.lines import batches, size_of
    from casedrift.serving.kafka_tools import publish_lines
    from streams.raw import LONGEST

    done = 0
    with progress_bar("facts", size_of(paths)) as bar:

        def read(size: int) -> None:
            nonlocal done
            done += size

        lines = batches(paths, read, whole=max(LONGEST, publisher.longest))
        publish_lines(publisher, lines, told, lambda: bar(done, None))


def _tell(told: Published, publisher: Publisher, notes: Sequence[str], *, as_json: bool) -> None:
    answer = {"read": told.read, "published": publisher.published}
    if told.refused:
        answer["refused"] = told.refused
    if as_json:
        print_json(answer)
    else:
        width = max(len(number(count)) for count in answer.values())
        say(
            "\n".join([*(f"{number(count):>{width}}  {what}" for what, count in answer.items()), *notes]), in_a_pipe=100
        )
    if told.too_long:
        _note(
            f"{how_many(told.too_long, 'fact')} too long for the topic, which takes {number(publisher.longest)} bytes;"
            f" the first is number {number(told.first_too_long)} of those read: shorten it and publish again"
        )


def _note(line: str) -> None:
    """One line beside the answer, on standard error."""
    print(f"casedrift: {line}", file=sys.stderr)


def _as_dict(topic: TopicDone) -> dict[str, Any]:
    return {
        "topic": topic.name,
        "partitions": topic.partitions,
        "created": topic.created,
        "partitions_added": topic.added,
        "changed": {config: {"from": old, "to": new} for config, (old, new) in topic.changed.items()},
    }


def _in_words(topic: TopicDone) -> Iterator[str]:
    size = how_many(topic.partitions, "partition")
    if topic.created:
        yield f"{topic.name}: made, with {size}"
    elif not topic.added and not topic.changed:
        yield f"{topic.name}: as it should be, with {size}"
    if topic.added:
        yield f"{topic.name}: now {size}, {topic.added} of them new"
    for config, (old, new) in topic.changed.items():
        yield f"{topic.name}: {config} is now {new}; it was {old or 'not set'}"
