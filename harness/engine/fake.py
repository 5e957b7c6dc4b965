"""A scripted engine in memory, for tests: the same contract as the real one, and time that a test moves.

::

    fake = FakeEngine()
    fake.script("server", [Life(seconds=0.2, exit_code=1, log=[(0.1, "ERROR: already exists")])])
    fake.create_container("web", {"Image": "server", "HostConfig": {"RestartPolicy": {"Name": "always"}}})
    fake.start("web")
    fake.advance(1.0)                   # or fake.clock.sleep(1.0)

A call that the script did not announce raises `UnscriptedCallError`.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath
from threading import Condition, RLock

from harness.clock import Clock, ManualClock
from harness.engine.fake_events import REMEMBERED, FakeEvents, FakeLog
from harness.engine.fake_life import KILLED, FakeContainer, Life, Timeline
from harness.engine.model import (
    ContainerState,
    CreateBody,
    EngineInfo,
    Event,
    ExecResult,
    ImageState,
    LogLine,
    Resource,
)
from harness.errors import ConflictError, NotFoundError

__all__ = ["FakeEngine", "FakeEvents", "Life", "UnscriptedCallError"]

ExecAnswer = ExecResult | Callable[[float], ExecResult]
"""What a command ends with; a function is given the seconds since the start of the life."""
_SIGNALS = {"SIGINT": 2, "SIGQUIT": 3, "SIGKILL": 9, "SIGTERM": 15}
_BUILT_IN = {"bridge", "host", "none"}
"""The networks that every engine has."""


class UnscriptedCallError(AssertionError):
    """The fake was asked something that the test did not announce."""


class _SteppingClock(ManualClock):
    """Lets the engine do what is due whenever time has moved."""

    def __init__(self, moved: Callable[[], None]) -> None:
        super().__init__()
        self._moved = moved

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._moved()


class FakeEngine:
    """An `Engine` whose containers do what `script` says; with a clock of its own unless it is given one.

    With a real clock things happen when they are due, as far as anybody calls or reads events.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or _SteppingClock(self._catch_up)
        self.calls: list[tuple[str, str]] = []
        """Each call with what it was about, in order."""
        self.images: dict[str, ImageState] = {}
        self.folders = {"/", "/bin", "/etc", "/tmp", "/usr", "/var"}  # noqa: S108 - inside of a container
        """The folders that every container has."""
        self._changed = Condition(RLock())
        self._timeline = Timeline()
        self._plans: dict[str, list[Sequence[Life]]] = {}
        self._answers: dict[tuple[str, tuple[str, ...]], ExecAnswer] = {}
        self._containers: dict[str, FakeContainer] = {}
        self._networks: dict[str, Resource] = {}
        self._volumes: dict[str, Resource] = {}
        self._streams: list[FakeEvents] = []
        self._past: deque[Event] = deque(maxlen=REMEMBERED)
        self._ids = (hashlib.sha256(str(n).encode()).hexdigest() for n in itertools.count())

    # What a test says.

    def script(self, image: str, *containers: Sequence[Life]) -> None:
        """Announce an image, and the lives of each container made from it; the last list is for all others."""
        self.images.setdefault(image, ImageState(id=f"sha256:{hashlib.sha256(image.encode()).hexdigest()}"))
        self._plans[image] = list(containers or ([Life()],))

    def answer(self, image: str, command: Sequence[str], result: ExecAnswer) -> None:
        """Announce what a command ends with in the containers of an image."""
        self._answers[image, tuple(command)] = result

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.sleep(seconds)

    def lose_events(self) -> None:
        """End all event streams, as a daemon does that goes away."""
        for stream in list(self._streams):
            stream.end()

    def files(self, container: str) -> dict[str, bytes]:
        """Return what was written into a container."""
        return self._container(container).files

    # What an engine does.

    def info(self) -> EngineInfo:
        """Say which engine answers."""
        return EngineInfo("fake://", "20.10.24", "1.41", "memory", "fake", clock_offset=0.0)

    def image(self, reference: str) -> ImageState:
        """Inspect an image that `script` announced."""
        with self._asked("image", reference):
            if reference not in self.images:
                msg = f"cannot inspect image {reference}: no such image"
                raise NotFoundError(msg)
            return self.images[reference]

    def pull(self, reference: str, *, platform: str | None = None) -> None:  # noqa: ARG002 - the protocol's
        """Fetch an image that `script` announced; all others are in no registry."""
        self.image(reference)

    def create_network(self, name: str, body: Mapping[str, object]) -> str:
        """Create a network."""
        with self._asked("create_network", name):
            _refuse(name in self._networks, f"cannot create network {name}: it exists already")
            self._networks[name] = Resource("network", next(self._ids), name, _labels(body))
            return self._networks[name].id

    def create_volume(self, name: str, body: Mapping[str, object]) -> None:
        """Create a volume; one that exists is left as it is."""
        with self._asked("create_volume", name):
            self._volumes.setdefault(name, Resource("volume", name, name, _labels(body)))

    def create_container(self, name: str, body: CreateBody, *, platform: str | None = None) -> str:  # noqa: ARG002
        """Create a container of an image that `script` announced, with the next of its scripts."""
        with self._asked("create_container", name):
            image = self.image(body["Image"])
            taken = any(container.name == name for container in self._containers.values())
            _refuse(taken, f"cannot create container {name}: the name is taken")
            plans = self._plans[body["Image"]]
            lives = plans.pop(0) if len(plans) > 1 else plans[0]
            made = FakeContainer(next(self._ids), name, body, image.id, lives, self._timeline, self._emit)
            made.networks |= set((body.get("NetworkingConfig") or {}).get("EndpointsConfig") or ())
            for volume in made.volumes.values():
                self._volumes.setdefault(volume, Resource("volume", volume, volume, {}))
            self._containers[made.id] = made
            made.tell("create", self.clock.wall())
            return made.id

    def connect(self, network: str, container: str, endpoint: Mapping[str, object]) -> None:  # noqa: ARG002
        """Attach a container to one more network."""
        with self._asked("connect", container):
            self._container(container).networks.add(self._network(network).name)

    def start(self, container: str) -> None:
        """Begin the next life."""
        with self._asked("start", container):
            started = self._container(container)
            for network in started.networks - _BUILT_IN:
                self._network(network)
            if started.status not in ("running", "restarting"):
                started.start(self.clock.wall())

    def stop(self, container: str, *, grace: float) -> None:
        """Ask it to stop, and kill it after `grace` seconds."""
        with self._asked("stop", container):
            stopped = self._container(container)
            if stopped.status == "running":
                self._end_within(stopped, grace)
            elif stopped.status != "restarting":
                return
            stopped.stop(self.clock.wall())

    def kill(self, container: str, *, signal: str = "SIGKILL") -> None:
        """Send a signal; those that end a process by default end this one."""
        with self._asked("kill", container):
            killed = self._running(container)
            killed.signal(self.clock.wall(), _SIGNALS.get(signal, 0))
            if signal in _SIGNALS:
                code = KILLED if signal == "SIGKILL" else killed.life.stop_exit_code
                killed.exit(self.clock.wall(), code, by_hand=True)

    def pause(self, container: str) -> None:
        """Freeze a running container."""
        with self._asked("pause", container):
            self._running(container).pause(self.clock.wall())

    def unpause(self, container: str) -> None:
        """Let a frozen container go on."""
        with self._asked("unpause", container):
            frozen = self._container(container)
            if frozen.status != "paused":
                raise ConflictError(f"container {container} is not paused")
            frozen.unpause(self.clock.wall())

    def inspect(self, container: str) -> ContainerState:
        """Say what is known of one container."""
        with self._asked("inspect", container):
            return self._container(container).inspect()

    def logs(
        self, container: str, *, since: float | None = None, until: float | None = None, tail: int | None = None
    ) -> list[LogLine]:
        """Return log lines, oldest first, between two times (inclusive)."""
        with self._asked("logs", container):
            first = -math.inf if since is None else since
            last = math.inf if until is None else until
            lines = [line for line in self._container(container).log if first <= line.at <= last]
            return lines if tail is None else lines[max(0, len(lines) - tail) :]

    def log_head(self, container: str) -> list[LogLine]:
        """Return the first lines of a log; a scripted one is short."""
        return self.logs(container)

    def follow(self, container: str, *, since: float | None = None) -> FakeLog:
        """Read the log of the present life while it grows, from `since` on."""
        with self._asked("follow", container):
            followed, stream = self._container(container), FakeLog(self._changed, self._wait)
            for line in followed.log:
                if since is None or line.at >= since:
                    stream.push(line)
            followed.followers.append(stream)
            if followed.status != "running":
                followed.end_log()
            return stream

    def exec(
        self,
        container: str,
        command: Sequence[str],
        *,
        timeout: float,  # noqa: ARG002 - the protocol's
        environment: Mapping[str, str] | None = None,  # noqa: ARG002
        stdin: bytes | None = None,  # noqa: ARG002
    ) -> ExecResult:
        """Answer as `answer` announced."""
        with self._asked("exec", container):
            running = self._running(container)
            found = self._answers.get((running.body["Image"], tuple(command)))
            if found is None:
                msg = f"{list(command)} in {running.name} was not announced"
                raise UnscriptedCallError(msg)
            return found(self.clock.wall() - (running.started_at or 0.0)) if callable(found) else found

    def put_files(self, container: str, files: Mapping[str, bytes]) -> None:
        """Keep files for `files`; only into `folders`."""
        with self._asked("put_files", container):
            written = self._container(container)
            for path in files:
                if str(PurePosixPath(path).parent) not in self.folders:
                    msg = f"cannot write {path}: no such folder in container {container}"
                    raise NotFoundError(msg)
            written.files.update(files)

    def list_resources(self, labels: Mapping[str, str | None]) -> list[Resource]:
        """Find containers, then networks, then volumes that carry all `labels`, each kind by name."""
        with self._asked("list_resources", ""):
            made = [Resource("container", c.id, c.name, c.labels) for c in self._containers.values()]
            found = [*made, *self._networks.values(), *self._volumes.values()]
            carrying = [resource for resource in found if _carries(resource.labels, labels)]
            return sorted(carrying, key=lambda resource: (resource.kind, resource.name))

    def remove_container(self, container: str) -> None:
        """Kill and remove a container; gone already is fine."""
        with self._asked("remove_container", container):
            if (removed := self._find(container)) is None:
                return
            if removed.status == "running":
                removed.signal(self.clock.wall(), 9)
                removed.exit(self.clock.wall(), KILLED, by_hand=True)
            removed.retire()
            del self._containers[removed.id]
            removed.tell("destroy", self.clock.wall())

    def remove_network(self, network: str) -> None:
        """Remove a network that no running container is attached to; gone already is fine."""
        with self._asked("remove_network", network):
            if network not in self._networks and network not in {n.id for n in self._networks.values()}:
                return
            found = self._network(network)
            running = [each for each in self._containers.values() if each.status == "running"]
            users = [each.name for each in running if {found.id, found.name} & each.networks]
            _refuse(bool(users), f"cannot remove network {network}: in use by {', '.join(users)}")
            del self._networks[found.name]

    def remove_volume(self, volume: str) -> None:
        """Remove a volume that no container mounts, running or not; gone already is fine."""
        with self._asked("remove_volume", volume):
            users = [c.name for c in self._containers.values() if volume in c.volumes.values()]
            _refuse(bool(users), f"cannot remove volume {volume}: in use by {', '.join(users)}")
            self._volumes.pop(volume, None)

    def events(self, labels: Mapping[str, str], *, since: float | None = None) -> FakeEvents:
        """Subscribe."""
        with self._asked("events", ""):
            stream = FakeEvents(labels, self._changed, self._wait)
            for event in self._past:
                if since is not None and event.at >= since:
                    stream.push(event)
            self._streams.append(stream)
            return stream

    def close(self) -> None:
        """End the streams."""
        self.lose_events()

    # How it is done.

    @contextmanager
    def _asked(self, call: str, subject: str) -> Iterator[None]:
        """Write the call down and carry it out alone, after all that was due before it."""
        with self._changed:
            self.calls.append((call, subject))
            self._catch_up()
            yield

    def _catch_up(self) -> None:
        with self._changed:
            self._timeline.run(self.clock.wall())

    def _wait(self) -> None:
        """Wait for another thread to do something, or for what is due next on a real clock."""
        due = self._timeline.next
        self._changed.wait(None if due is None else max(0.0, due - self.clock.wall()))
        self._catch_up()

    def _emit(self, event: Event) -> None:
        self._past.append(event)
        for stream in self._streams:
            stream.push(event)

    def _end_within(self, container: FakeContainer, grace: float) -> None:
        """Carry out a stop: SIGTERM, time, and SIGKILL when that was not enough."""
        needs = container.life.stop_seconds
        container.signal(self.clock.wall(), 15)
        self.clock.sleep(min(needs, grace))
        if container.status != "running":
            return
        if needs > grace:
            container.signal(self.clock.wall(), 9)
        code = KILLED if needs > grace else container.life.stop_exit_code
        container.exit(self.clock.wall(), code, by_hand=True)

    def _find(self, container: str) -> FakeContainer | None:
        return next((each for each in self._containers.values() if container in (each.id, each.name)), None)

    def _container(self, container: str) -> FakeContainer:
        found = self._find(container)
        if found is None:
            msg = f"no such container: {container}"
            raise NotFoundError(msg)
        return found

    def _running(self, container: str) -> FakeContainer:
        found = self._container(container)
        _refuse(found.status != "running", f"container {container} is not running")
        return found

    def _network(self, network: str) -> Resource:
        for each in self._networks.values():
            if network in (each.id, each.name):
                return each
        msg = f"no such network: {network}"
        raise NotFoundError(msg)


def _refuse(forbidden: bool, message: str) -> None:
    if forbidden:
        raise ConflictError(message)


def _labels(body: Mapping[str, object]) -> Mapping[str, str]:
    labels = body.get("Labels") or {}
    return {str(k): str(v) for k, v in labels.items()} if isinstance(labels, Mapping) else {}


def _carries(labels: Mapping[str, str], wanted: Mapping[str, str | None]) -> bool:
    return all(key in labels and value in (None, labels[key]) for key, value in wanted.items())
