"""One compose project on an engine: carries out plans, and waits by the watch.

What a run makes carries its labels from the moment at which it exists, so that `clean_up` (and a later sweep)
finds it by them and need not remember anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.boot.anonymous import name_anonymous
from harness.boot.database import Database
from harness.boot.images import provide
from harness.boot.model import Failure, Settings
from harness.boot.plan import (
    Await,
    Create,
    CreateNetwork,
    CreateVolume,
    Observed,
    Operation,
    Plan,
    Provide,
    Retire,
    Start,
    plan_boot,
)
from harness.boot.saved_log import save_log
from harness.boot.stopping import stop
from harness.clock import Clock
from harness.compose.body import container_body
from harness.compose.labels import resource_labels
from harness.compose.model import Condition, Project, Service
from harness.compose.mounts import container_files, volume_body
from harness.compose.naming import Naming
from harness.compose.networks import extra_endpoints, network_body
from harness.compose.overlay import with_overrides
from harness.compose.source import locate
from harness.engine.model import ContainerState, ImageState, LogLine
from harness.engine.protocol import Engine
from harness.errors import (
    BootsmokeError,
    ComposeError,
    ConflictError,
    EngineError,
    EngineTimeoutError,
    EngineUnavailableError,
    NotFoundError,
)
from harness.health import (
    HEALTH,
    STABILITY,
    TCP,
    Command,
    Instance,
    State,
    Watch,
    is_postgres,
    policy_for,
    postgres_port,
)
from harness.journal import Journal
from harness.outcome import Verdict


@dataclass
class Stack:
    """A project on an engine, in one run."""

    engine: Engine
    project: Project
    naming: Naming
    watch: Watch
    journal: Journal
    clock: Clock
    settings: Settings = Settings()
    files: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    """Files to put into the containers of a service, by path, between create and start."""
    build: Callable[[Service], None] | None = None
    """Builds the image of a service that has `build`."""
    log_folder: Path | None = None
    _containers: dict[Instance, str] = field(default_factory=dict)
    _networks: set[str] = field(default_factory=set)
    _volumes: set[str] = field(default_factory=set)
    _images: dict[str, ImageState] = field(default_factory=dict)
    _postgres: dict[Instance, ContainerState] = field(default_factory=dict)
    slow_stops: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Services that had to be killed when they were to stop: the signal, and the seconds that it took."""
    _retired: int = 0

    def boot(self, services: Iterable[str], *, wait: bool = True) -> Failure | None:
        """Boot `services` anew and wait until each is ready; return the failure that ended it, if one did.

        The stability window stays open: `settle` waits for it. Without `wait` it returns once they are started.
        """
        names = list(services)
        plan = plan_boot(self.project, self.observed(), names)
        self.journal.record("plan", lines=str(plan).splitlines())
        if not any(isinstance(operation, Start) for operation in plan):
            raise BootsmokeError(
                f"nothing ran: {', '.join(names)} scaled to 0", help="a boot needs a service with a container"
            )
        failure = self._carry_out(plan)
        return self._wait_for(names, lambda state: state.ready) if wait and failure is None else failure

    def settle(self) -> Failure | None:
        """Wait until the stability window of every container is behind it; return what failed in it."""
        return self._wait_for(self.project.services, lambda state: state.verdict is Verdict.READY)

    def outlast(self, services: Iterable[str]) -> Failure | None:
        """Wait for the stability window of those that are ready: a force-recreate would cut it short."""
        return self._wait_for(services, lambda state: not state.ready or state.stable)

    def failure(self) -> Failure | None:
        """Say, without waiting, whether a container has failed meanwhile."""
        self.watch.look()
        return next(iter(self._failures()), None)

    def change(self, service: str, *, environment: Mapping[str, str], image: str | None) -> None:
        """Let the next boot of a service have another environment or image."""
        changed = with_overrides(self.project.services[service], environment=environment, image=image)
        self.project = replace(self.project, services={**self.project.services, service: changed})

    def scale(self, service: str, number: int) -> None:
        """Let the next boot of a service have this many containers."""
        changed = replace(self.project.services[service], replicas=number)
        self.project = replace(self.project, services={**self.project.services, service: changed})

    def put(self, service: str, files: Mapping[str, bytes]) -> None:
        """Let the next containers of a service have these files, too, by path."""
        self.files = {**self.files, service: {**self.files.get(service, {}), **files}}

    def containers(self, service: str) -> dict[Instance, str]:
        """Return the containers of a service."""
        return {instance: id_ for instance, id_ in self._containers.items() if instance.service == service}

    def operate(self, service: str, act: Callable[[str], None]) -> None:
        """Do something to all containers of a service; they are judged no more until `resume`."""
        for instance, container in self.containers(service).items():
            self.watch.forget(container)
            act(container)
            running = self.engine.inspect(container).is_running
            self.journal.record("container.operated", service=service, number=instance.number, running=running)

    def resume(self, service: str) -> Failure | None:
        """Start what does not run of a service, judge it again, and wait until it is ready."""
        for instance, container in self.containers(service).items():
            if not self.engine.inspect(container).is_running:
                self._start(instance)
                continue
            self._follow(instance, self.engine.inspect(container))
            self.watch.catch_up(container)
        return self._wait_for([service], lambda state: state.ready)

    def recovered(self) -> list[Failure]:
        """Return the containers of replicated services that crashed and are ready now, each with its last exit."""
        return [
            Failure(instance, self._containers[instance], replace(state, decided_by=state.exits[-1]))
            for instance, state in self.watch.states().items()
            if state.ready and state.crashes and len(self.containers(instance.service)) > 1
        ]

    def again(self, failure: Failure) -> Failure | None:
        """Boot a container that failed once more, when no other of its service is booting; None if it comes up."""
        service = failure.instance.service

        def have_settled(states: Mapping[Instance, State]) -> bool | None:
            mine = [state for instance, state in states.items() if instance.service == service]
            return all(state.ready or state.failure is not None for state in mine) or None

        self.watch.wait(have_settled)
        self.watch.forget(failure.container)
        self._start(failure.instance)
        return self._wait_for([service], lambda state: state.ready)

    def log_of(self, service: str) -> list[LogLine]:
        """Return the log of the present containers of a service."""
        return [line for id_ in self.containers(service).values() for line in self.engine.logs(id_)]

    def observed(self) -> Observed:
        """Say what the run has made so far."""
        return Observed(frozenset(self._networks), frozenset(self._volumes), dict(self._containers))

    def inspect(self, service: str) -> ContainerState:
        """Inspect the first container of a service; `NotFoundError` when it has none."""
        container = self._containers.get(Instance(service))
        if container is None:
            raise NotFoundError(f"service {service} has no container")
        return self.engine.inspect(container)

    @property
    def postgres(self) -> Mapping[str, ContainerState]:
        """The services that are a Postgres, each with its first container as it was created."""
        return {instance.service: self._postgres[instance] for instance in sorted(self._postgres, key=str)}

    def database(self, client: str | None = None) -> Database | None:
        """Return the database of the project's Postgres, the one that service `client` uses if given."""
        found = next(iter(self.postgres.items()), None)
        if found is None:
            return None
        name, container = found
        port = postgres_port(self.project.services[name].config, container)
        environment = self.project.services[client].environment if client else {}
        return Database.of(self.engine, container, port, environment)

    def halt(self, failure: Failure) -> None:
        """Stop a container that has failed, so that a loop does not go on burning; twice is fine."""
        self.watch.quieten(failure.container)
        self.engine.stop(failure.container, grace=0)

    # Waiting.

    def _wait_for(self, services: Iterable[str], enough: Callable[[State], bool]) -> Failure | None:
        names = set(services)

        def decide(states: Mapping[Instance, State]) -> tuple[Failure | None] | None:
            if failures := self._failures():
                return (failures[0],)
            mine = [state for instance, state in states.items() if instance.service in names]
            return (None,) if all(map(enough, mine)) else None

        return self.watch.wait(decide)[0]

    def _failures(self) -> list[Failure]:
        return [
            Failure(instance, self._containers[instance], state)
            for instance, state in self.watch.states().items()
            if state.failure is not None
        ]

    # Carrying out a plan.

    def _carry_out(self, plan: Plan) -> Failure | None:
        """Carry out all operations, up to a failure; one that an earlier boot has ended with is no news."""
        old = {failure.container for failure in self._failures()}
        for operation in plan:
            self.watch.look()
            new = (found for found in self._failures() if found.container not in old)
            failure = next(new, None) or self._execute(operation)
            if failure:
                return failure
        return None

    def _execute(self, operation: Operation) -> Failure | None:
        match operation:
            case Provide(service):
                wanted = self.project.services[service]
                self._images[service] = provide(
                    self.engine, wanted, build=self.build, journal=self.journal, meanwhile=self.watch.look
                )
            case CreateNetwork(key):
                name = self.naming.network(key)
                self.engine.create_network(name, network_body(self.project, key, self.naming))
                self._networks.add(key)
            case CreateVolume(key):
                self.engine.create_volume(self.naming.volume(key), volume_body(self.project, key, self.naming))
                self._volumes.add(key)
            case Retire(instance, container):
                self._retire(instance, container)
            case Create(instance):
                self._create(instance)
            case Await():
                return self._await(operation)
            case Start(instance):
                self._start(instance)
        return None

    def _create(self, instance: Instance) -> None:
        service = self.project.services[instance.service]
        image = self._images[service.name]
        whole = container_body(self.project, service, instance.number, self.naming, image_id=image.id)
        prefix = self.naming.volume(f"{instance.service}-{instance.number}")
        body, volumes = name_anonymous(whole, image.volumes, prefix)
        for name in volumes:
            self._create_anonymous(name)
        name = self.naming.container(instance.service, instance.number)
        container = self.engine.create_container(name, body, platform=service.platform)
        self._containers[instance] = container
        self.journal.record(
            "container.created", service=instance.service, number=instance.number, container=container, name=name
        )
        endpoints = extra_endpoints(self.project, service, instance.number, self.naming)
        for network, endpoint in endpoints.items():
            self.engine.connect(network, container, endpoint)
        files = {**container_files(self.project, service), **self.files.get(service.name, {})}
        if files:
            self._put(service, container, files)

    def _put(self, service: Service, container: str, files: Mapping[str, bytes]) -> None:
        try:
            self.engine.put_files(container, files)
        except NotFoundError as error:
            raise ComposeError(
                f"service {service.name}: {error.message}",
                help="the folder of a file that is put into a container has to exist in its image",
            ) from error

    def _create_anonymous(self, name: str) -> None:
        if name not in self._volumes:
            labels = resource_labels("volume", name, self.project, self.naming)
            self.engine.create_volume(name, {"Labels": labels})
            self._volumes.add(name)

    def _start(self, instance: Instance) -> None:
        container = self._containers[instance]
        self._follow(instance, self.engine.inspect(container))
        try:
            self.engine.start(container)
        except (EngineUnavailableError, EngineTimeoutError, ConflictError, NotFoundError):
            raise
        except EngineError as error:
            self.watch.refused(container, error.message)

    def _follow(self, instance: Instance, container: ContainerState) -> None:
        """Judge a container from now on."""
        service = self.project.services[instance.service]
        if is_postgres(container):
            self._postgres[instance] = container
        policy = policy_for(
            self.project,
            service,
            container,
            stability=STABILITY if self.settings.stability is None else self.settings.stability,
            crash_budget=self.settings.crash_budget,
            patience=self.settings.patience,
        )
        self.journal.record(
            "container.start",
            service=instance.service,
            number=instance.number,
            container=container.id,
            requires=sorted(policy.requires),
            deadline=str(policy.patience),
        )
        self.watch.follow(instance, container.id, policy, self._probes(service, container))

    def _probes(self, service: Service, created: ContainerState) -> list[Command]:
        probes = []
        if created.healthcheck and not self.settings.probe_as_written:
            probes.append(Command.healthcheck(HEALTH, created.healthcheck))
        if is_postgres(created):
            user = created.environment.get("POSTGRES_USER", "postgres")
            probes.append(Command.postgres_over_tcp(TCP, postgres_port(service.config, created), user))
        return probes

    def _await(self, await_: Await) -> Failure | None:
        def is_enough(state: State) -> bool:
            is_completed = state.completed_at is not None
            return is_completed if await_.condition is Condition.COMPLETED else state.ready

        if await_.condition is Condition.HEALTHY:
            self._refuse_unchecked(await_.service)
        return self._wait_for([await_.service], is_enough)

    def _refuse_unchecked(self, service: str) -> None:
        """Refuse to wait for the health of what has no healthcheck, as Compose does; the image may have one."""
        for instance, container in self._containers.items():
            if instance.service == service and self.engine.inspect(container).healthcheck is None:
                raise ComposeError(
                    f"another service waits for {service} to be healthy, and {service} has no healthcheck",
                    place=locate(self.project.files, f"services.{service}"),
                    help="give it a healthcheck, or wait for `service_started`",
                )

    def _retire(self, instance: Instance, container: str) -> None:
        self.watch.look()
        state = self.engine.inspect(container)
        self.watch.forget(container)
        service = self.project.services[instance.service]
        began = self.clock.monotonic()
        if ignored := stop(self.engine, self.clock, container, service.stop_grace):
            self.slow_stops[service.name] = ignored
        self._save_log(instance, container)
        self.engine.remove_container(container)
        del self._containers[instance]
        self._postgres.pop(instance, None)
        self.journal.record(
            "container.retired",
            service=instance.service,
            number=instance.number,
            restarts=state.restart_count,
            seconds=round(self.clock.monotonic() - began, 3),
        )

    def _save_log(self, instance: Instance, container: str) -> None:
        if self.log_folder is None:
            return
        self._retired += 1
        path = self.log_folder / f"{instance.service}-{instance.number}-{self._retired}.log"
        save_log(self.engine, container, path, self.journal.redactor)

    def save_logs(self) -> None:
        """Save the logs of the containers that are there, each in a file of its own."""
        for instance, container in self._containers.items():
            self._save_log(instance, container)
