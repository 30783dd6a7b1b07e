"""Where Faust begins to read a partition, and what counts as taken: in both it loses messages when partitions change
hands, which is mended here.

(What the topic let go of before we had it nobody can mend; but Kafka's clients go on without a word, so it is said.)

Messages that its streams pass over meanwhile it counts as taken; and a partition of which nothing is committed yet it
leaves where it happens to stand, behind what was passed over. Here only what we acknowledge counts, and such a
partition is read from its beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from faust.transport.drivers.aiokafka import Consumer, Transport


class CarefulConsumer(Consumer):
    """Faust's consumer, which takes our word only."""

    _ours = False

    @contextmanager
    def acknowledging(self) -> Iterator[None]:
        """Within, what is acknowledged is in the store."""
        self._ours = True
        try:
            yield
        finally:
            self._ours = False

    def ack(self, message: Any) -> bool:
        """A message is done with; where it was only passed over its offset does not move, and it comes again."""
        if self._ours:
            return bool(super().ack(message))
        message.acked = True
        return False

    async def seek_to_committed(self) -> Any:
        """Go to where the group has come in each partition; of one where it has not begun, or of which what it comes to
        is gone, to its first message."""
        found = dict(await super().seek_to_committed())
        if not found:
            return found
        for partition, first in (await self.earliest_offsets(*found)).items():
            offset = found[partition] or 0
            if offset and offset < first:
                cast(CarefulTransport, self.transport).let_go(partition, offset, first)
            if not offset or offset < first:
                await self._seek(partition, first)
                found[partition] = first
        return found


class CarefulTransport(Transport):
    """Faust's transport with that consumer."""

    Consumer = CarefulConsumer

    def __init__(self, url: Any, app: Any, let_go: Callable[[Any, int, int], None]) -> None:
        """`let_go` is told of a partition whose messages from one offset on to another are gone, not taken."""
        super().__init__(url, app)
        self.let_go = let_go


def acknowledge(app: Any, events: Iterable[Any]) -> None:
    """Tell Faust that these are in the store, in their order."""
    with app.consumer.acknowledging():
        for event in events:
            event.ack()
