"""The library that speaks to the broker without a worker, and its errors in one line that says what to do."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from streams.errors import BrokerAway, OutOfReach, WrongInput
from streams.kafka.connecting import KafkaSettings

try:
    with warnings.catch_warnings():
        # on Python 3.11 and 3.12 it reads its own files by a function that is to be given up
        warnings.filterwarnings("ignore", "(read|open)_text is deprecated", DeprecationWarning)
        import kafka
        from kafka import errors
except ImportError as missing:
    raise OutOfReach("Kafka needs a library that is not installed; run make live, then try again") from missing

__all__ = ["errors", "give_up", "kafka", "reached"]


@contextmanager
def reached(settings: KafkaSettings, topic: str | None = None) -> Iterator[None]:
    """The library's errors as BrokerAway, or as WrongInput where a setting is wrong or the topic is not there."""
    try:
        yield
    except errors.UnknownTopicOrPartitionError:
        raise _no_topic(topic) from None
    except errors.SaslAuthenticationFailedError:
        raise BrokerAway(
            f"Kafka at {settings.named} does not take our user; check kafka_user, kafka_password and kafka_sasl"
        ) from None
    except errors.AuthorizationError:
        raise BrokerAway(f"Kafka at {settings.named} does not let our user do this; ask for the right to") from None
    except (errors.KafkaError, OSError) as fault:
        raise BrokerAway(
            f"Kafka at {settings.named} is out of reach ({type(fault).__name__}); start it, or check"
            f" {_to_check(settings)}"
        ) from None


def give_up(producer: Any) -> None:
    """End a producer without waiting for what it has not sent; all of that has failed then.

    Its own `close` would raise once its time is up, and leave its thread and connections behind.
    """
    producer._sender.force_close()
    with suppress(errors.KafkaError):
        producer.close(timeout=1)


def _to_check(settings: KafkaSettings) -> str:
    """The settings that may be wrong: a broker that turns us away looks to the library like one that is away."""
    names = ["kafka_servers", "kafka_security"]
    if settings.encrypted:
        names += ["kafka_ca_file"]
    if settings.sasl is not None:
        names += ["kafka_user", "the password"]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _no_topic(topic: str | None) -> WrongInput:
    return WrongInput(f"the topic {topic or 'asked for'} is not there; run casedrift topics create")
