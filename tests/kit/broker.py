"""A real Apache Kafka broker for the tests, from its own jars, on ports and in a folder of its own.

Its time-outs are short, so that what happens when it dies can be tested without long waits.
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Final

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.kit.jars import jars
from tests.kit.parts import Part, free_ports, started_on_free_ports, wait_until
from tests.kit.programs import program

_SETTINGS: Final = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
group.min.session.timeout.ms=1000
controller.quorum.election.timeout.ms=500
controller.quorum.fetch.timeout.ms=1000
"""


class Broker:
    """A broker that runs from the beginning."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "kafka"
        self.folder.mkdir()
        self.port = 0
        self._jars = jars()
        self._settings = self.folder / "server.properties"
        self.part = started_on_free_ports(self._first_start)

    @property
    def servers(self) -> str:
        """Where it is reached."""
        return f"127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.part.kill()

    def stop(self) -> None:
        """Ask it to end in order, and wait until it has."""
        self.part.terminate()

    def start(self) -> None:
        """Start it again, on the same data and port."""
        self.part = self._started()

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def close(self) -> None:
        """End it."""
        self.part.close()

    def _first_start(self) -> Part:
        self.port, controller = free_ports(2)
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        self._settings.write_text(_SETTINGS.format(port=self.port, controller=controller, data=data))
        self._format()
        return self._started()

    def _format(self) -> None:
        identity = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=").replace("-", "A")
        command = self._java("-Xmx128m", "kafka.tools.StorageTool", "format", "-t", identity, "-c", str(self._settings))
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def _started(self) -> Part:
        command = self._java("-Xmx256m", "kafka.Kafka", str(self._settings))
        part = Part(command, self.folder / "log.txt")
        wait_until(lambda: not part.runs or self._answers(), "the broker answers", 90)
        assert part.runs, part.last_words()
        return part

    def _java(self, memory: str, main: str, *arguments: str) -> list[str]:
        return [
            program("java"), memory, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{self._jars}/*", main, *arguments,
        ]  # fmt: skip

    def _answers(self) -> bool:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)):
                return False
        try:
            admin = KafkaAdminClient(bootstrap_servers=self.servers, request_timeout_ms=2_000)
        except (KafkaError, OSError):
            return False
        try:
            return bool(admin.describe_cluster()["brokers"])
        except KafkaError:
            return False
        finally:
            admin.close()
