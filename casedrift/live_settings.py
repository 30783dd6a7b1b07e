"""What can be set where facts stream in and alerts stream out: which servers, how long is waited, when an alarm is due.

Each stands here with what is shipped; the reasons, and what else may be given, are in `docs/settings.md`. The same
names serve `topics create`, `publish`, `replay-topic`, `worker`, `feed` and `live`.
"""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, SecretStr, model_validator

from streams.errors import WrongInput
from streams.kafka.connecting import KafkaSettings, Mechanism, Security
from streams.kafka.topics import Topics

_SERVER: Final = re.compile(r"[^\s,:/]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}")
_A_SECRET: Final = 64 * 1024
"""Characters; no file that holds a password is longer."""


def _servers(text: str) -> str:
    """The servers of a Kafka, one or several; ValueError where they are not written so."""
    if not all(_SERVER.fullmatch(each.strip()) for each in text.split(",")):
        raise ValueError("write host:port, of several servers with a comma between")
    return text


def _copies(count: int) -> int:
    """In how many copies a topic is kept; ValueError where that bears no loss better than fewer do."""
    if count not in (1, 3):
        raise ValueError("give 1, for a single broker, or 3, so that one may be away while facts still come in")
    return count


Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]


class LiveSettings(BaseModel):
    """The settings of the live path. Times are in seconds, retention in days."""

    # --- the broker ---
    kafka_servers: Annotated[str, AfterValidator(_servers)] = "127.0.0.1:9092"
    kafka_security: Security = "PLAINTEXT"
    kafka_sasl: Mechanism | None = None
    kafka_user: str | None = None
    kafka_password: SecretStr | None = None
    kafka_password_file: Path | None = None
    kafka_ca_file: Path | None = None
    kafka_certificate_file: Path | None = None
    kafka_key_file: Path | None = None

    # --- the topics ---
    topic_partitions: int = Field(default=12, ge=1, le=1000)
    topic_replication: Annotated[int, AfterValidator(_copies)] = 1
    topic_in_sync: int | None = Field(default=None, ge=1, le=3)
    """None: one copy fewer than there are, so that one broker may be away; at least one."""
    facts_retention_days: int = Field(default=28, ge=1, le=3650)
    news_retention_days: int = Field(default=28, ge=1, le=3650)
    counts_compaction_hours: int = Field(default=24, ge=1, le=8760)

    # --- the worker ---
    worker_group: str = Field(default="casedrift", pattern=r"^[A-Za-z0-9._-]{1,200}$")
    worker_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._-]{1,200}$")
    """None: the name of the machine."""
    batch_size: int = Field(default=500, ge=1, le=10_000)
    batch_wait: Seconds = 0.1
    session_seconds: Seconds = 6
    heartbeat_seconds: Seconds = 1
    request_seconds: Seconds = 10
    rebalance_seconds: Seconds = 6
    commit_seconds: Seconds = 1

    # --- what goes out, and what an operator sees ---
    announced_by: str = Field(default="/casedrift", min_length=1, max_length=200, pattern=r"^\S+$")
    counts_seconds: Seconds = 1
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """None: no figures and no answers on health are given out."""
    metrics_address: str = Field(default="127.0.0.1", min_length=1)
    quarantine_alarm: int = Field(default=60, ge=1)
    """Refused messages a minute."""
    retention_alarm: float = Field(default=0.2, ge=0, le=1)
    """The share of what the topic holds that must still lie behind our place in it."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.heartbeat_seconds >= self.session_seconds:
            raise ValueError("heartbeat_seconds must be below session_seconds; a third of it or less does well")
        if self.session_seconds > self.request_seconds:
            raise ValueError("session_seconds must not be above request_seconds")
        if self.topic_in_sync is not None and self.topic_in_sync > self.topic_replication:
            raise ValueError("topic_in_sync must not be above topic_replication: nothing could be written")
        return self

    def kafka(self) -> KafkaSettings:
        """How the broker is reached. WrongInput where what is set does not go together, or a file can't be read."""
        return KafkaSettings(
            servers=tuple(each.strip() for each in self.kafka_servers.split(",")),
            security=self.kafka_security,
            sasl=self.kafka_sasl,
            user=self.kafka_user,
            password=self._password(),
            ca_file=self.kafka_ca_file,
            certificate_file=self.kafka_certificate_file,
            key_file=self.kafka_key_file,
        )

    def topics(self) -> Topics:
        """How the topics are to be."""
        return Topics(
            partitions=self.topic_partitions,
            replication=self.topic_replication,
            in_sync=self.topic_in_sync or max(1, self.topic_replication - 1),
            facts_retention_days=self.facts_retention_days,
            news_retention_days=self.news_retention_days,
            counts_compaction_hours=self.counts_compaction_hours,
        )

    def worker_name(self) -> str:
        """The name under which this worker is known to its group, also after it was started again."""
        return self.worker_id or re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[:200] or "worker"

    def _password(self) -> str | None:
        if self.kafka_password_file is None:
            return None if self.kafka_password is None else self.kafka_password.get_secret_value()
        if self.kafka_password is not None:
            raise WrongInput("both kafka_password and kafka_password_file are set; leave one of them out")
        try:
            with open(self.kafka_password_file, encoding="utf-8") as file:
                text = file.read(_A_SECRET).rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise WrongInput("setting kafka_password_file: it can't be read; give a file with the password") from None
        if not text:
            raise WrongInput("setting kafka_password_file: it is empty; give a file with the password")
        return text
