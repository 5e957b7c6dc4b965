"""Removes what a run has made, found by labels, and finds the runs whose process is gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tenacity import RetryCallState, Retrying, retry_if_result, wait_exponential

from harness.clock import Clock
from harness.engine.labels import KEPT, OWNER, RUN, owner_is_alive
from harness.engine.model import Resource
from harness.engine.protocol import Engine
from harness.errors import EngineError, EngineUnavailableError


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed, and what could not be: each with the engine's reason."""

    removed: tuple[Resource, ...]
    left: tuple[tuple[Resource, str], ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has left something behind."""

    id: str
    resources: tuple[Resource, ...]


def remove_all(engine: Engine, labels: Mapping[str, str], *, deadline: float, clock: Clock) -> Removal:
    """Remove everything that carries all `labels`: containers, then networks, then volumes.

    Lists again after each round, until nothing is found or `deadline` seconds have passed: what was created
    while the removal ran goes as well. Raises `ValueError` for no labels, which everything carries, and
    `EngineUnavailableError` when the engine goes away.
    """
    if not labels:
        raise ValueError("removing by no label at all would remove everything")
    end = clock.monotonic() + deadline
    removed: dict[str, Resource] = {}
    rounds = Retrying(
        retry=retry_if_result(lambda failed: failed is not None),
        stop=lambda _: clock.monotonic() >= end,
        wait=wait_exponential(multiplier=0.02, max=1.0),
        sleep=clock.sleep,
        retry_error_callback=_last_result,
    )
    left = rounds(_remove_once, engine, labels, removed)
    return Removal(tuple(removed.values()), tuple(left or ()))


def dead_runs(engine: Engine, *, kept: bool = True, proc: Path = Path("/proc")) -> list[Run]:
    """Return the runs with leftovers whose process is known to be dead; `owner_is_alive` has the rule.

    A run goes as a whole: one resource with a living owner, or with none, keeps it. Runs that were kept for a
    look at them are among them only with `kept`.
    """
    runs: dict[str, list[Resource]] = defaultdict(list)
    for resource in engine.list_resources({RUN: None}):
        runs[resource.labels[RUN]].append(resource)
    return [
        Run(run, tuple(resources))
        for run, resources in sorted(runs.items())
        if not any(owner_is_alive(resource.labels.get(OWNER, ""), proc=proc) for resource in resources)
        and (kept or not any(KEPT in resource.labels for resource in resources))
    ]


_Failed = list[tuple[Resource, str]]


def _remove_once(engine: Engine, labels: Mapping[str, str], removed: dict[str, Resource]) -> _Failed | None:
    """Try to remove all that is there; return what would not go, None when nothing was there at all."""
    found = engine.list_resources(labels)
    failed: _Failed = []
    for resource in found:
        try:
            _remove(engine, resource)
        except EngineUnavailableError:
            raise
        except EngineError as error:
            failed.append((resource, error.message))
        else:
            removed[resource.id] = resource
    return failed if found else None


def _remove(engine: Engine, resource: Resource) -> None:
    match resource.kind:
        case "container":
            engine.remove_container(resource.id)
        case "network":
            engine.remove_network(resource.id)
        case _:
            engine.remove_volume(resource.id)


def _last_result(state: RetryCallState) -> _Failed | None:
    """Return what the last round returned, or raise what it raised."""
    result: _Failed | None = state.outcome.result() if state.outcome else None
    return result
