"""From a failed boot to its cause: collects what the containers left, and asks the diagnosis."""

from __future__ import annotations

from collections.abc import Callable

from harness.boot.linger import Patience, linger
from harness.boot.model import Failure
from harness.boot.stack import Stack
from harness.compose.model import Condition
from harness.diagnose.explain import Evidence, explain
from harness.diagnose.model import Cause
from harness.engine.model import LogLine
from harness.errors import BootsmokeError, CancelledError
from harness.health import Life
from harness.health.follow import SIGKILLED
from harness.ladder.model import Ladder

_MARGIN = 1.0
"""Seconds around a life in which Postgres's own log is read: two containers' log lines are not stamped at once."""
_TAIL = 2000


def autopsy(stack: Stack, failure: Failure, ladder: Ladder | None) -> Cause:
    """Say why a container failed; where the looking itself fails, say that and what is known without it.

    Of one that is ready by now, it says why its last life before that ended; it is left alone.
    """
    try:
        psql = None if failure.state.failure is None else _psql(stack, failure)
        return explain(_evidence(stack, failure), ladder, psql)
    except CancelledError:
        raise
    except BootsmokeError as error:
        stack.journal.record("warning", text=f"the cause could not be looked into: {error.message}")
        state = failure.state
        known = Evidence(service=failure.instance.service, verdict=state.failure, reason=state.reason)
        return explain(known, None, None)


def _evidence(stack: Stack, failure: Failure) -> Evidence:
    state = failure.state
    exit_ = state.decided_by
    patience = Patience() if exit_ else linger(stack, failure)
    lives = stack.watch.lives(failure.instance)
    if exit_ is not None and lives:
        lines, postgres = list(lives[-1].lines), _postgres_log(stack, lives[-1])
    else:
        lines, postgres = stack.engine.logs(failure.container, tail=_TAIL), []
    return Evidence(
        service=failure.instance.service,
        verdict=state.failure,
        reason=state.reason,
        exit_code=exit_.exit_code if exit_ else None,
        oom_killed=exit_.oom_killed if exit_ else False,
        memory_limit=_memory_limit(stack, failure),
        lines=[line.text for line in lines],
        postgres=postgres,
        probe_output=state.last_output,
        gave_up_after=patience.gave_up_after,
        passed_after=patience.passed_after,
        unawaited=_unawaited(stack, failure),
    )


def _memory_limit(stack: Stack, failure: Failure) -> int:
    """Return the limit of what was killed: some engines are not told that it was what killed it."""
    exit_ = failure.state.decided_by
    was_killed = exit_ is not None and exit_.exit_code == SIGKILLED
    return stack.engine.inspect(failure.container).memory_limit if was_killed else 0


def _unawaited(stack: Stack, failure: Failure) -> str:
    """Return the Postgres that a service does not wait for, and that was not ready when its last life ended."""
    service, exit_ = stack.project.services[failure.instance.service], failure.state.decided_by
    awaited = {one.service for one in service.depends_on if one.condition is Condition.HEALTHY}
    for instance, state in stack.watch.states().items():
        is_free = instance.service in stack.postgres and instance.service not in {*awaited, service.name}
        if is_free and exit_ and (state.ready_at is None or state.ready_at > exit_.at):
            return instance.service
    return ""


def _postgres_log(stack: Stack, life: Life) -> list[LogLine]:
    """Read what the project's Postgres logged while the life lasted."""
    began = (life.began_at or life.ended_at) - _MARGIN
    return [
        line
        for container in stack.postgres.values()
        for line in stack.engine.logs(container.id, since=began, until=life.ended_at + _MARGIN)
    ]


def _psql(stack: Stack, failure: Failure) -> Callable[[str], str] | None:
    """Return what runs a statement again; the container is stopped first, because it holds locks and may loop."""
    database = stack.database(client=failure.instance.service)
    if database is None:
        return None

    def psql(script: str) -> str:
        stack.halt(failure)
        return database.psql_lenient(script)

    return psql
