"""The library that speaks to the broker without a worker, and its errors in one line that says what to do."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from streams.errors import OutOfReach, WrongInput
from streams.kafka.connecting import KafkaSettings

try:
    with warnings.catch_warnings():
        # on Python 3.11 and 3.12 it reads its own files by a function that is to be given up
        warnings.filterwarnings("ignore", "(read|open)_text is deprecated", DeprecationWarning)
        import kafka
        from kafka import errors
except ImportError as missing:
    raise OutOfReach("Kafka needs a library that is not installed; run make live, then try again") from missing

__all__ = ["errors", "kafka", "reached"]


@contextmanager
def reached(settings: KafkaSettings, topic: str | None = None) -> Iterator[None]:
    """The library's errors as OutOfReach, or as WrongInput where a setting is wrong or the topic is not there."""
    try:
        yield
    except errors.UnknownTopicOrPartitionError:
        raise _no_topic(topic) from None
    except errors.SaslAuthenticationFailedError:
        raise OutOfReach(
            f"Kafka at {settings.named} does not take our user; check kafka_user, kafka_password and kafka_sasl"
        ) from None
    except errors.AuthorizationError:
        raise OutOfReach(f"Kafka at {settings.named} does not let our user do this; ask for the right to") from None
    except (errors.KafkaError, OSError) as fault:
        raise OutOfReach(
            f"Kafka at {settings.named} is out of reach ({type(fault).__name__}); start it, or check kafka_servers"
            " and kafka_security"
        ) from None


def _no_topic(topic: str | None) -> WrongInput:
    return WrongInput(f"the topic {topic or 'asked for'} is not there; run casedrift topics create")
