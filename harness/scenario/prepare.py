"""Everything that can be known, and refused, before anything boots: the project and the ladder of a scenario."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from harness import files
from harness.compose.model import Condition, Project, Service
from harness.compose.resolve import resolve
from harness.errors import BootsmokeError, UsageError
from harness.ladder.discover import find_ladder, search
from harness.ladder.model import Ladder
from harness.redact import passwords_in, secrets_of
from harness.scenario.load import check_services
from harness.scenario.model import Hold, Recreate, Scenario, Step

_SECRET_LIMIT = files.MIB
"""Bytes of a secret's file; the engine takes 500 KiB."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scenario with its resolved project."""

    scenario: Scenario
    project: Project
    ladder: Ladder | None
    secrets: frozenset[str]
    """Values that must not be printed."""
    notes: tuple[str, ...]


def prepare(scenario: Scenario) -> Prepared:
    """Resolve a scenario's compose files and find its ladder; a `UsageError` for whatever is wrong with them."""
    source = scenario.compose
    environment = {**os.environ, **source.environment}
    project = resolve(
        source.files,
        profiles=source.profiles,
        env_files=source.env_files,
        environment=environment,
        project_directory=None if source.files else source.directory,
    )
    check_services(scenario, project.services)
    project = _only(project, scenario.services)
    ladder = _ladder(scenario, project)
    return Prepared(scenario, project, ladder, _secrets(scenario, project), _notes(project, ladder))


def warm_targets(project: Project, postgres: Iterable[str]) -> tuple[str, ...]:
    """Return the services whose force-recreate replays migrations.

    Those that depend on a Postgres, at any distance; where none says so, those that are built from source;
    else all that are no Postgres. `UsageError` when nothing is left.
    """
    databases = set(postgres)
    others = [service for service in project.order() if service.name not in databases]
    dependents = [service for service in others if dependencies(project, service.name) & databases]
    built = [service for service in others if service.build]
    chosen = tuple(service.name for service in dependents or built or others)
    if not chosen:
        raise UsageError(
            "there is no service to force-recreate: the project has nothing but Postgres",
            help="name the service that applies the migrations with --service",
        )
    return chosen


def with_jobs(project: Project, services: Iterable[str]) -> tuple[str, ...]:
    """Add what Compose would run again with `services`.

    Those are dependents with `restart: true`, and one-shot jobs that have to complete before one of them starts.
    """
    wanted = set(services)
    for service in project.order():
        if any(d.restart and d.service in wanted for d in service.depends_on):
            wanted.add(service.name)
    for service in reversed(project.order()):
        if service.name in wanted:
            wanted |= {d.service for d in service.depends_on if d.condition is Condition.COMPLETED}
    return tuple(service.name for service in project.order() if service.name in wanted)


def dependencies(project: Project, service: str) -> set[str]:
    """Return what a service depends on, at any distance."""
    found: set[str] = set()
    waiting = [service]
    while waiting:
        current = project.services.get(waiting.pop())
        direct = {dependency.service for dependency in current.depends_on} if current else set()
        waiting += direct - found
        found |= direct
    return found


def _only(project: Project, services: tuple[str, ...]) -> Project:
    """Leave out what none of `services` needs; none of them means all."""
    if not services:
        return project
    needed = set(services).union(*(dependencies(project, name) for name in services))
    return replace(project, services={name: s for name, s in project.services.items() if name in needed})


def _ladder(scenario: Scenario, project: Project) -> Ladder | None:
    if scenario.migrations is not None:
        ladder: Ladder | None = find_ladder(scenario.migrations)
    else:
        ladder = search(_folders(_suspects(scenario, project), scenario.compose.directory))
    if ladder is None:
        return None
    mounted = {
        mount.target: Path(mount.source)
        for service in _suspects(scenario, project)
        for mount in service.mounts
        if mount.type == "bind" and mount.source and Path(mount.source).is_file()
    }
    put = {put.to: put.file for put in scenario.put}
    replaced = {target: path for target, path in (mounted | put).items() if target.endswith(".sql")}
    return ladder.overlay(replaced)


def _suspects(scenario: Scenario, project: Project) -> list[Service]:
    """Return the services that may apply the migrations: the one that is named, or all."""
    named = scenario.service or next(iter(scenario.services), None)
    return [service for service in project.services.values() if named in (None, service.name)]


def _folders(services: Iterable[Service], directory: Path) -> Iterable[Path]:
    for service in services:
        for mount in service.mounts:
            if mount.type == "bind" and mount.source and Path(mount.source).is_dir():
                yield Path(mount.source)
        if service.build and service.build.get("context"):
            context = directory / str(service.build["context"])
            if context.is_dir():
                yield context


def _secrets(scenario: Scenario, project: Project) -> frozenset[str]:
    found = set(scenario.secrets)
    public = {*project.services, "postgres"}
    for service in project.services.values():
        public |= {service.environment.get(name, "") for name in ("POSTGRES_USER", "POSTGRES_DB", "PGUSER")}
    told = "\n".join(_texts([service.config for service in project.services.values()]))
    found |= passwords_in(told) - public
    found |= {secret for secret in secrets_of(project.variables, public=public) if secret in told}
    for service in project.services.values():
        arguments = {name: text or "" for name, text in ((service.build or {}).get("args") or {}).items()}
        for environment in (service.environment, arguments):
            found |= secrets_of(environment, public=public, guess=True)
    for environment in _given(scenario.steps):
        found |= secrets_of(environment, public=public, guess=True)
    for definition in project.secrets.values():
        found |= _content(definition.get("file"), definition.get("content"))
    return frozenset(found - {""})


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a JSON-like value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))
    elif isinstance(value, Iterable):
        for item in value:
            yield from _texts(item)


def _given(steps: Iterable[Step]) -> Iterator[Mapping[str, str]]:
    """Yield the environments that steps give to containers."""
    for step in steps:
        if isinstance(step, Recreate):
            yield step.environment
        elif isinstance(step, Hold):
            yield from _given(step.steps)


def _content(file: str | None, content: str | None) -> set[str]:
    if file is None:
        return {content.strip()} if content else set()
    try:
        return {files.read(Path(file), _SECRET_LIMIT).decode(errors="ignore").strip()}
    except OSError as error:
        raise BootsmokeError(f"cannot read the secret file {file}: {error.strerror}") from error


def _notes(project: Project, ladder: Ladder | None) -> tuple[str, ...]:
    if ladder is None:
        none = "no migrations found in the build contexts and mounts; --migrations PATH names them"
        return (*project.notes, none)
    return (*project.notes, *ladder.notes)
