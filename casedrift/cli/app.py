"""The commands, gathered: each does one thing that somebody in the field would ask for."""

from __future__ import annotations

import typer

from casedrift.cli import (
    alerts,
    comparing,
    feed,
    identity,
    kafka_tools,
    keeping,
    live,
    migrating,
    movement,
    questions,
    reconcile,
    show,
    taking_in,
    worklist,
)

app = typer.Typer(
    name="casedrift",
    help="An event-sourced case tracker and drift detector for children's social care.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("ingest")(taking_in.ingest)
app.command("counts")(questions.counts)
app.command("drift")(questions.drift)
app.command("compliance")(questions.compliance)
app.command("reconcile")(reconcile.reconcile)
app.command("alerts")(alerts.alerts)
app.command("flow")(movement.flow)
app.command("findings")(questions.findings)
app.command("worklist")(worklist.worklist)
app.command("explain")(questions.explain)
app.command("lookup")(identity.lookup)
app.command("rebuild")(keeping.rebuild)
app.command("status")(keeping.status)
app.command("migrate")(migrating.migrate)
app.command("feed")(feed.feed)
app.command("worker")(live.worker)
app.command("live")(live.live)
app.command("publish")(kafka_tools.publish)
app.command("replay-topic")(kafka_tools.replay_topic)
app.command("simulate")(show.simulated)
app.command("demo")(show.demo)

quarantine = typer.Typer(rich_markup_mode=None)
quarantine.command("list")(keeping.quarantine_list)
quarantine.command("redrive")(keeping.quarantine_redrive)
quarantine.command("discard")(keeping.quarantine_discard)
app.add_typer(quarantine, name="quarantine", help="What was not accepted, and why.")


@quarantine.callback()
def _quarantine() -> None:
    """What was not accepted, and why."""


topics = typer.Typer(rich_markup_mode=None)
topics.command("create")(kafka_tools.topics_create)
app.add_typer(topics, name="topics", help="The topics of Kafka on which facts come in and alerts go out.")


@topics.callback()
def _topics() -> None:
    """The topics of Kafka on which facts come in and alerts go out."""


key = typer.Typer(rich_markup_mode=None)
key.command("rotate")(identity.key_rotate)
app.add_typer(key, name="key", help="The key to who is who.")


@key.callback()
def _key() -> None:
    """The key to who is who."""


policy = typer.Typer(rich_markup_mode=None)
policy.command("show")(keeping.policy_show)
policy.command("check")(keeping.policy_check)
policy.command("use")(keeping.policy_use)
policy.command("compare")(comparing.policy_compare)
app.add_typer(policy, name="policy", help="What is expected of a case, and by when.")
