"""From a failed boot to its cause: collects what the containers left, and asks the diagnosis."""

from __future__ import annotations

from harness.boot.stack import Failure, Stack
from harness.diagnose.explain import Evidence, explain
from harness.diagnose.model import Cause
from harness.engine.model import LogLine
from harness.errors import BootsmokeError
from harness.ladder.model import Ladder

_MARGIN = 1.0
"""Seconds around a life in which Postgres's own log is read: two containers' log lines are not stamped at once."""


def autopsy(stack: Stack, failure: Failure, ladder: Ladder | None) -> Cause:
    """Say why a container failed.

    Where it exited it has to be halted already: proving a statement would wait for its locks.
    """
    lives = stack.watch.lives(failure.instance)
    state = failure.state
    last = lives[-1] if lives else None
    exit_ = state.decided_by
    postgres = stack.postgres()
    server_log = last.lines if last else tuple(stack.engine.logs(failure.container, tail=2000))
    began = (last.began_at or last.ended_at) if last else None
    record: list[LogLine] = []
    if postgres is not None and last is not None and began is not None:
        record = stack.engine.logs(postgres.id, since=began - _MARGIN, until=last.ended_at + _MARGIN)
    evidence = Evidence(
        service=failure.instance.service,
        verdict=state.failure,
        reason=state.reason,
        exit_code=exit_.exit_code if exit_ else None,
        oom_killed=exit_.oom_killed if exit_ else False,
        lines=[line.text for line in server_log],
        postgres=record,
        probe_output=state.last_output,
    )
    database = stack.database(client=failure.instance.service)
    return explain(evidence, ladder, database.psql_lenient if database else None)


def safe_autopsy(stack: Stack, failure: Failure, ladder: Ladder | None) -> Cause:
    """Say why a container failed; where the looking itself fails, say that and what is known without it."""
    try:
        return autopsy(stack, failure, ladder)
    except BootsmokeError as error:
        stack.journal.record("warning", text=f"the cause could not be looked into: {error.message}")
        return explain(
            Evidence(service=failure.instance.service, verdict=failure.state.failure, reason=failure.state.reason),
            None,
            None,
        )
