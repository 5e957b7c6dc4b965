"""What has to be done for a boot, as values: pure, printed one line an operation, carried out elsewhere.

Operations stand in the order in which they are carried out. A cold boot makes everything; a warm boot
force-recreates some services and leaves the rest, and every volume, alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.compose.model import Condition, Project, Service
from harness.health.follow import Instance


@dataclass(frozen=True, slots=True)
class CreateNetwork:
    """Make one network of the project."""

    key: str

    def __str__(self) -> str:
        return f"create network {self.key}"


@dataclass(frozen=True, slots=True)
class CreateVolume:
    """Make one named volume of the project."""

    key: str

    def __str__(self) -> str:
        return f"create volume {self.key}"


@dataclass(frozen=True, slots=True)
class Provide:
    """See to it that a service's image is there: build it, pull it, or find it."""

    service: str

    def __str__(self) -> str:
        return f"provide image of {self.service}"


@dataclass(frozen=True, slots=True)
class Retire:
    """Save a container's log, stop it and remove it; its volumes stay."""

    instance: Instance
    container: str

    def __str__(self) -> str:
        return f"retire container {self.instance} (save its log, stop, remove, keep its volumes)"


@dataclass(frozen=True, slots=True)
class Create:
    """Make a container that is not started yet, and put files into it."""

    instance: Instance

    def __str__(self) -> str:
        return f"create container {self.instance}"


@dataclass(frozen=True, slots=True)
class Await:
    """Wait until a dependency is as its dependent wants it."""

    service: str
    condition: Condition

    def __str__(self) -> str:
        return f"wait for {self.service}: {self.condition}"


@dataclass(frozen=True, slots=True)
class Start:
    """Start a container and judge it from now on."""

    instance: Instance

    def __str__(self) -> str:
        return f"start container {self.instance}"


Operation = CreateNetwork | CreateVolume | Provide | Retire | Create | Await | Start


@dataclass(frozen=True, slots=True)
class Observed:
    """What the run has made so far: the keys of networks and volumes, and its containers."""

    networks: frozenset[str] = frozenset()
    volumes: frozenset[str] = frozenset()
    containers: Mapping[Instance, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """Operations in order; `str` gives one line for each."""

    operations: tuple[Operation, ...]

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def __str__(self) -> str:
        return "\n".join(map(str, self.operations))


def plan_boot(project: Project, observed: Observed, services: Iterable[str]) -> Plan:
    """Return what makes `services` boot anew on what is there: a cold boot where nothing is.

    Containers of these services that exist are force-recreated; everything that they use and that is missing is
    made. Dependencies have to be in `services` or exist already.
    """
    wanted = set(services)
    chosen = [service for service in project.order() if service.name in wanted]
    instances = [instance for service in chosen for instance in instances_of(service)]
    return Plan(
        (
            *(Provide(service.name) for service in chosen),
            *(CreateNetwork(key) for key in sorted(set(project.networks) - observed.networks)),
            *(CreateVolume(key) for key in sorted(set(project.volumes) - observed.volumes)),
            *_retire(observed, wanted, reversed(chosen)),
            *(Create(instance) for instance in instances),
            *_start(project, chosen),
        )
    )


def instances_of(service: Service) -> tuple[Instance, ...]:
    """Return the containers that a service consists of."""
    return tuple(Instance(service.name, number) for number in range(1, service.replicas + 1))


def _retire(observed: Observed, wanted: set[str], services: Iterable[Service]) -> Iterator[Retire]:
    """Yield what goes away, dependents first, replicas that a smaller scale leaves over included."""
    for service in services:
        for instance, container in sorted(observed.containers.items(), key=lambda item: item[0].number):
            if instance.service == service.name and instance.service in wanted:
                yield Retire(instance, container)


def _start(project: Project, services: Iterable[Service]) -> Iterator[Await | Start]:
    """Yield the starts, each behind the waits that its service asks for; no wait is asked for twice.

    A dependency that is not in the project is an optional one of a profile that is not on.
    """
    asked: set[tuple[str, Condition]] = set()
    for service in services:
        for dependency in service.depends_on:
            wait = (dependency.service, dependency.condition)
            is_there = dependency.service in project.services
            if is_there and dependency.condition is not Condition.STARTED and wait not in asked:
                asked.add(wait)
                yield Await(dependency.service, dependency.condition)
        for instance in instances_of(service):
            yield Start(instance)
