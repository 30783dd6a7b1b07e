"""A real Apache Kafka broker for the tests, from its own jars, on ports and in a folder of its own.

Its time-outs are short, so that what happens when it dies can be tested without long waits.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Final

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.kit.parts import Part, free_ports, wait_until

_POM: Final = Path(__file__).parents[2] / "requirements" / "broker" / "pom.xml"
_CACHE: Final = Path(__file__).parents[2] / ".cache" / "broker"
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
        self._folder = folder / "kafka"
        self._folder.mkdir()
        self.port, controller = free_ports(2)
        self._jars = jars()
        self._settings = self._folder / "server.properties"
        self._settings.write_text(_SETTINGS.format(port=self.port, controller=controller, data=self._folder / "data"))
        self._format()
        self.part = self._started()

    @property
    def servers(self) -> str:
        """Where it is reached."""
        return f"127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.part.kill()

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

    def _format(self) -> None:
        identity = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=").replace("-", "A")
        command = self._java("-Xmx128m", "kafka.tools.StorageTool", "format", "-t", identity, "-c", str(self._settings))
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def _started(self) -> Part:
        command = self._java("-Xmx256m", "kafka.Kafka", str(self._settings))
        part = Part(command, self._folder / "log.txt")
        wait_until(lambda: not part.runs or self._answers(), "the broker answers", 90)
        assert part.runs, part.last_words()
        return part

    def _java(self, memory: str, program: str, *arguments: str) -> list[str]:
        java = shutil.which("java")
        assert java, "Java is not installed: apt install openjdk-17-jre-headless, or brew install openjdk"
        return [
            java, memory, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{self._jars}/*", program, *arguments,
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


def jars() -> Path:
    """The folder of the broker's jars; fetched by Maven once for each version of the list."""
    folder = _CACHE / hashlib.sha256(_POM.read_bytes()).hexdigest()[:16]
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    assert maven, "Maven is not installed: apt install maven, or brew install maven"
    _CACHE.mkdir(parents=True, exist_ok=True)
    unfinished = _CACHE / f"unfinished-{os.getpid()}"
    for again in (True, True, False):
        done = subprocess.run(
            [maven, "-q", "-B", "-f", str(_POM), "dependency:copy-dependencies", "-DincludeScope=runtime",
             f"-DoutputDirectory={unfinished}"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode == 0:
            break
        assert again, f"Maven could not fetch the broker: {done.stdout[-2_000:]}"
    try:
        unfinished.rename(folder)
    except OSError:  # another process was first
        shutil.rmtree(unfinished)
    return folder
