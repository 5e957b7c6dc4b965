"""What a container of the fake engine does: scripted lives, restarts by policy, the engine's back-off.

Nothing happens by itself: a `Timeline` holds what is to come, and is run up to a time by whoever owns the clock.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from harness.engine.fake_events import FakeLog
from harness.engine.model import ContainerState, Event, HealthProbe, LogLine
from harness.engine.parse import environment, healthcheck

FIRST_BACK_OFF, LONGEST_BACK_OFF, LONG_LIFE = 0.1, 60.0, 10.0
"""The engine's: 100 ms, doubling up to a minute, back to 100 ms after a life of 10 s."""
KILLED = 137

Emit = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Life:
    """From a start to an exit; times are seconds after the start."""

    seconds: float = math.inf
    exit_code: int = 0
    log: Sequence[tuple[float, str]] = ()
    health: Sequence[tuple[float, str]] = ()
    """What the engine's healthcheck finds: healthy or unhealthy."""
    oom: bool = False
    stop_exit_code: int = 143
    stop_seconds: float = 0.0
    """How long it takes to end when it is asked to."""


class Timeline:
    """What will happen, in order of time."""

    def __init__(self) -> None:
        self._coming: list[tuple[float, int, Callable[[float], None]]] = []
        self._number = itertools.count()

    def at(self, time: float, happening: Callable[[float], None]) -> None:
        """Have something happen, called with its own time; never for an infinite one."""
        if math.isfinite(time):
            heapq.heappush(self._coming, (time, next(self._number), happening))

    @property
    def next(self) -> float | None:
        """The time of the next happening."""
        return self._coming[0][0] if self._coming else None

    def run(self, until: float) -> None:
        """Let everything up to a time happen."""
        while self._coming and self._coming[0][0] <= until:
            time, _, happening = heapq.heappop(self._coming)
            happening(time)


@dataclass
class FakeContainer:
    """One container with its script; `body` is that of POST /containers/create."""

    id: str
    name: str
    body: Mapping[str, Any]
    image_id: str
    lives: Sequence[Life]
    timeline: Timeline
    emit: Emit
    status: str = "created"
    exit_code: int = 0
    oom_killed: bool = False
    started_at: float | None = None
    finished_at: float | None = None
    restart_count: int = 0
    probes: list[HealthProbe] = field(default_factory=list)
    log: list[LogLine] = field(default_factory=list)
    followers: list[FakeLog] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    networks: set[str] = field(default_factory=set)
    _health: str = "starting"
    _starts: int = 0
    _back_off: float = 0.0
    _era: int = 0
    """Counts starts and exits: what was planned in an earlier era does not happen any more."""

    @property
    def labels(self) -> Mapping[str, str]:
        """Its labels."""
        return self.body.get("Labels") or {}

    @property
    def life(self) -> Life:
        """The life that is, or was last; the last one of the script comes again and again."""
        return self.lives[min(max(self._starts - 1, 0), len(self.lives) - 1)]

    @property
    def volumes(self) -> dict[str, str]:
        """Mount points to the names of the volumes."""
        host = self.body.get("HostConfig") or {}
        binds = (bind.split(":") for bind in host.get("Binds") or () if not bind.startswith(("/", ".")))
        mounts = (mount for mount in host.get("Mounts") or () if mount["Type"] == "volume")
        return {target: name for name, target, *_ in binds} | {m["Target"]: m["Source"] for m in mounts}

    def start(self, at: float) -> None:
        """Begin the next life by hand: the counts of restarts and of the back-off begin again."""
        self.restart_count, self._back_off = 0, 0.0
        self._begin(at)

    def stop(self, at: float) -> None:
        """End it because somebody asked: no policy restarts it."""
        if self.status == "restarting":
            self.retire()
            self.status = "exited"
        self.tell("stop", at)

    def retire(self) -> None:
        """Let nothing happen any more that was planned."""
        self._era += 1

    def signal(self, at: float, number: int) -> None:
        """Tell of a signal; the exit is another matter."""
        self.tell("kill", at, signal=str(number))

    def pause(self, at: float) -> None:
        """Freeze it: what its life had planned does not happen, even after it goes on."""
        self.retire()
        self.status = "paused"
        self.tell("pause", at)

    def unpause(self, at: float) -> None:
        """Let it go on, until it is stopped."""
        self.status = "running"
        self.tell("unpause", at)

    def exit(self, at: float, code: int, *, by_hand: bool) -> None:
        """End the life."""
        self._era += 1
        self.status, self.exit_code, self.finished_at, self._health = "exited", code, at, "unhealthy"
        if not by_hand and self._comes_back(code):
            lived_long = at - (self.started_at or at) >= LONG_LIFE
            longer = min(self._back_off * 2, LONGEST_BACK_OFF)
            self._back_off = FIRST_BACK_OFF if lived_long else longer or FIRST_BACK_OFF
            self.status = "restarting"
            self.restart_count += 1
            self._later(at + self._back_off, self._begin)
        # As in moby: the log of a life is closed before its `die` is told.
        self.end_log()
        self.tell("die", at, exitCode=str(code))

    def end_log(self) -> None:
        """End the streams of those who follow the log of this life."""
        for follower in self.followers:
            follower.end()
        self.followers.clear()

    def inspect(self) -> ContainerState:
        """Say what the engine's inspect would say."""
        host = self.body.get("HostConfig") or {}
        check = healthcheck(self.body.get("Healthcheck"))
        ports = host.get("PortBindings") or {}
        return ContainerState(
            id=self.id,
            name=self.name,
            labels=self.labels,
            image_id=self.image_id,
            status=self.status,
            exit_code=self.exit_code,
            oom_killed=self.oom_killed,
            started_at=self.started_at,
            finished_at=self.finished_at,
            restart_count=self.restart_count,
            restart_policy=self._policy.get("Name") or "no",
            health=self._health if check or self.life.health else None,
            probes=tuple(self.probes),
            healthcheck=check,
            environment=environment(self.body.get("Env")),
            ports={
                port: tuple((each["HostIp"], int(each["HostPort"])) for each in bindings)
                for port, bindings in ports.items()
                if self.status == "running"
            },
            volumes=self.volumes,
        )

    @property
    def _policy(self) -> Mapping[str, Any]:
        return (self.body.get("HostConfig") or {}).get("RestartPolicy") or {}

    def _comes_back(self, code: int) -> bool:
        name, most = self._policy.get("Name"), self._policy.get("MaximumRetryCount") or math.inf
        return name in ("always", "unless-stopped") or (
            name == "on-failure" and code != 0 and self.restart_count < most
        )

    def _begin(self, at: float) -> None:
        self._era += 1
        self._starts += 1
        self.status, self.exit_code, self.oom_killed = "running", 0, False
        self.started_at, self._health = at, "starting"
        self.tell("start", at)
        for after, text in self.life.log:
            self._later(at + after, partial(self._say, text))
        for after, status in self.life.health:
            self._later(at + after, partial(self._probed, status))
        self._later(at + self.life.seconds, self._end)

    def _end(self, at: float) -> None:
        if self.life.oom:
            self.oom_killed = True
            self.tell("oom", at)
        self.exit(at, KILLED if self.life.oom else self.life.exit_code, by_hand=False)

    def _say(self, text: str, at: float) -> None:
        self.log.append(LogLine(at, text))
        for follower in self.followers:
            follower.push(self.log[-1])

    def _probed(self, status: str, at: float) -> None:
        failed = status != "healthy"
        self.probes = [*self.probes, HealthProbe(at, at, int(failed), status)][-5:]
        if status != self._health:
            self._health = status
            self.tell("health_status", at, status)

    def _later(self, at: float, happening: Callable[[float], None]) -> None:
        era = self._era
        self.timeline.at(at, lambda when: happening(when) if self._era == era else None)

    def tell(self, action: str, at: float, detail: str = "", **attributes: str) -> None:
        """Emit an event about this container, with the attributes that the engine gives it."""
        image = {"image": str(self.body["Image"]), "name": self.name}
        self.emit(Event(action, self.id, at, detail, {**self.labels, **image, **attributes}))
