"""A Faust app for whoever reads `case-facts` beside our worker, with the same settings as ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faust

from casedrift.settings import read_settings
from streams.kafka.topics import CASE_FACTS


def faust_app(group: str, folder: Path) -> tuple[Any, Any]:
    """The app of a group of its own, and its topic of raw messages."""
    settings = read_settings()
    app = faust.App(
        group,
        **settings.kafka().for_faust(),
        consumer_group_instance_id=group,
        broker_session_timeout=settings.session_seconds,
        broker_heartbeat_interval=settings.heartbeat_seconds,
        broker_request_timeout=settings.request_seconds,
        broker_rebalance_timeout=settings.rebalance_seconds,
        broker_commit_interval=settings.commit_seconds,
        stream_buffer_maxsize=4 * settings.batch_size,
        consumer_auto_offset_reset="earliest",
        datadir=folder / "faust",
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )
    return app, app.topic(CASE_FACTS, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
