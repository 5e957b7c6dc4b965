"""Removes what a run has made, found by labels, and finds the runs that are over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from harness.clock import Clock
from harness.engine.labels import KEPT, RUN, SCENARIO, is_abandoned
from harness.engine.model import Resource
from harness.engine.protocol import Engine
from harness.errors import EngineError

PATIENCE = 3.0
"""Seconds for which an engine that does not answer is asked again: it may be starting anew."""
_AT_ONCE = 8
"""Resources of one kind that are removed at the same moment."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5
"""Seconds between two rounds of a removal; each pause is twice the one before."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed, and what could not be: each with the engine's reason."""

    removed: tuple[Resource, ...]
    left: tuple[tuple[Resource, str], ...]

    def reasons(self) -> list[str]:
        """Return what is left, each as `volume NAME: REASON`."""
        return [f"{resource.kind} {resource.name}: {reason}" for resource, reason in self.left]


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has left something behind."""

    id: str
    resources: tuple[Resource, ...]


def remove_all(
    engine: Engine,
    labels: Mapping[str, str],
    *,
    deadline: float,
    clock: Clock,
    kept: bool = True,
    quiet: float = 0.0,
    patience: float = PATIENCE,
) -> Removal:
    """Remove everything that carries all `labels`: containers, then networks, then volumes.

    Lists again after each round, until nothing has been found for `quiet` seconds or `deadline` seconds have
    passed: what was created while the removal ran goes as well. What a scenario has kept for a look at it goes
    only with `kept`. Raises `ValueError` for no labels, which everything carries, and the `EngineError` of an
    engine that has not listed anything for `patience` seconds.
    """
    if not labels:
        raise ValueError("removing by no label at all would remove everything")
    removing = _Removing(engine, labels, clock, clock.monotonic() + deadline, kept=kept, patience=patience)
    pause, seen = _FIRST_PAUSE, clock.monotonic()
    while True:
        if removing.round():
            seen = clock.monotonic()
        elif clock.monotonic() - seen >= quiet:
            break
        if clock.monotonic() + pause >= removing.end:
            break
        clock.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
    return Removal(tuple(removing.removed.values()), tuple(removing.left))


def dead_runs(engine: Engine, *, now: float, kept: bool = True, proc: Path = Path("/proc")) -> list[Run]:
    """Return the runs with leftovers that are over; `is_abandoned` has the rule, `now` is the time of day.

    A run goes as a whole: one resource with a living owner, or with none, keeps it. What a scenario has kept for
    a look at it is among its resources only with `kept`.
    """
    runs: dict[str, list[Resource]] = defaultdict(list)
    for resource in engine.list_resources({RUN: None}):
        runs[resource.labels[RUN]].append(resource)
    over = {
        run: resources if kept else _not_kept(resources)
        for run, resources in sorted(runs.items())
        if all(is_abandoned(resource.labels, now, proc=proc) for resource in resources)
    }
    return [Run(run, tuple(resources)) for run, resources in over.items() if resources]


def _not_kept(resources: Iterable[Resource]) -> list[Resource]:
    """Return the resources of the scenarios that have none with the mark."""
    found = list(resources)
    kept = {_scenario(resource) for resource in found if KEPT in resource.labels}
    return [resource for resource in found if _scenario(resource) not in kept]


def _scenario(resource: Resource) -> tuple[str | None, str | None]:
    return resource.labels.get(RUN), resource.labels.get(SCENARIO)


@dataclass
class _Removing:
    """One removal under way."""

    engine: Engine
    labels: Mapping[str, str]
    clock: Clock
    end: float
    kept: bool
    patience: float
    removed: dict[str, Resource] = field(default_factory=dict)
    left: list[tuple[Resource, str]] = field(default_factory=list)
    _silent_since: float | None = None

    def round(self) -> bool:
        """Try to remove all that is there; say whether there was anything, or nobody could tell."""
        began = self.clock.monotonic()
        try:
            found = self.engine.list_resources(self.labels)
        except EngineError:
            self._silent_since = began if self._silent_since is None else self._silent_since
            give_up = min(self._silent_since + self.patience, self.end - _LONGEST_PAUSE)
            if self.clock.monotonic() >= give_up:
                raise
            return True
        self._silent_since = None
        wanted = found if self.kept else _not_kept(found)
        before = {resource.id: reason for resource, reason in self.left}
        self.left = []
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="removal") as pool:
            for _, of_a_kind in groupby(wanted, key=lambda resource: resource.kind):
                resources = list(of_a_kind)
                self._note(resources, pool.map(lambda resource: self._remove(resource, before), resources))
        return bool(wanted)

    def _note(self, resources: Iterable[Resource], reasons: Iterable[str]) -> None:
        """Keep what became of some resources, in their order, however they went."""
        for resource, reason in zip(resources, reasons, strict=True):
            if reason:
                self.left.append((resource, reason))
            else:
                self.removed[resource.id] = resource

    def _remove(self, resource: Resource, before: Mapping[str, str]) -> str:
        """Remove one; return why it would not go, nothing when it is gone; `before` has why it would not before."""
        remove = {"container": self.engine.remove_container, "network": self.engine.remove_network}
        if self.clock.monotonic() >= self.end:
            return before.get(resource.id, "there was no time left to remove it")
        try:
            remove.get(resource.kind, self.engine.remove_volume)(resource.id)
        except EngineError as error:
            return error.message
        return ""
