"""What is expected of a service: computed from the compose file and from what the engine made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harness.compose.model import Condition, Project, Service
from harness.engine.model import ContainerState
from harness.health.model import CRASH_BUDGET, HEALTH, STABILITY, TCP, Patience, Policy

_ONE_SHOT_PATIENCE = 300.0
"""Seconds for a job that others wait for; a job says nothing of itself about how long it takes."""


def policy_for(
    project: Project,
    service: Service,
    container: ContainerState,
    *,
    stability: float = STABILITY,
    crash_budget: int = CRASH_BUDGET,
    patience: float | None = None,
) -> Policy:
    """Return the policy for one service; `patience` in seconds overrides what the healthcheck adds up to."""
    must_complete = project.must_complete(service.name)
    requires = {HEALTH} if container.healthcheck else set()
    if is_postgres(container):
        requires.add(TCP)
    limit = Patience.of(container.healthcheck)
    if must_complete:
        limit = replace(limit, start_period=max(limit.start_period, _ONE_SHOT_PATIENCE))
    if patience is not None:
        limit = Patience(start_period=patience, retries=0, interval=0.0, timeout=0.0, slack=0.0)
    return Policy(
        requires=frozenset(requires),
        patience=limit,
        restart=service.restart,
        may_complete=must_complete or _may_complete(project, service, container),
        must_complete=must_complete,
        crash_budget=crash_budget,
        stability=stability,
    )


def is_postgres(container: ContainerState) -> bool:
    """Whether the container runs the official Postgres image or one made from it (PostGIS, pgvector, Timescale)."""
    return {"PG_MAJOR", "PGDATA"} <= container.environment.keys()


def postgres_port(config: Mapping[str, Any], container: ContainerState) -> int:
    """Return the port that Postgres was told to listen on: by its command line, PGPORT, or 5432."""
    words = " ".join(str(word) for word in config.get("command") or ())
    told = re.search(r"(?:^|\s)(?:-p\s*|(?:-c\s*|--)port=)(\d{1,5})\b", words)
    return int(told[1] if told else container.environment.get("PGPORT", "5432"))


def _may_complete(project: Project, service: Service, container: ContainerState) -> bool:
    """Whether nothing says that the service should stay: no healthcheck, no port, no restart of a clean exit."""
    is_awaited_healthy = any(
        dependency.service == service.name and dependency.condition is Condition.HEALTHY
        for other in project.services.values()
        for dependency in other.depends_on
    )
    wants_to_stay = service.restart.restarts(exit_code=0) or service.config.get("ports") or is_awaited_healthy
    return not wants_to_stay and container.healthcheck is None
