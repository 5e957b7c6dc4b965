"""One container under watch: from what the engine tells to observations, and from the judgement to the journal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from harness.diagnose.crash_log import CrashKind, CrashSignature, classify
from harness.engine.model import ContainerState, Event, LogLine
from harness.engine.protocol import Engine
from harness.health.fold import State, fold
from harness.health.logs import LOG_TAIL, LifeLog
from harness.health.model import (
    HEALTH,
    SAME_EXIT,
    TCP,
    Exited,
    Observation,
    Policy,
    Probed,
    Reconciled,
    Refused,
    Started,
    Ticked,
)
from harness.health.probes import Answer, Command, Prober
from harness.journal import Journal

SIGKILLED = 128 + 9
CLEANING_UP = 1.0
"""Seconds that the engine may take from an exit to its event."""
BACK_OFF = 0.1
"""Seconds from an exit in which no next life begins. The engine writes the end of a flood up to 60 ms after the
FinishedAt of the life (engine 20.10)."""
LOG_ENDS = 0.1
"""Seconds after a `die` in which the end of a log that was followed comes; it is there at once (engine 20.10)."""


_BELONGS_TO_IT = re.compile(r"\b(?:detail|hint|context|position)\b", re.IGNORECASE)
"""Postgres's own further fields, which a server logs behind the message."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One container of a service."""

    service: str
    number: int = 1

    def __str__(self) -> str:
        return self.service if self.number == 1 else f"{self.service} {self.number}"


@dataclass(frozen=True, slots=True)
class Life:
    """The log of a life that ended, kept for the diagnosis."""

    began_at: float | None
    ended_at: float
    lines: tuple[LogLine, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a probe said, with the container and the life that it was asked in."""

    container: str
    life: float
    answer: Answer | Exception


class Follower:
    """Follows one container from before its first start; `tell` takes its probes' answers, from any thread."""

    def __init__(
        self,
        instance: Instance,
        container: str,
        policy: Policy,
        probes: Sequence[Command],
        *,
        engine: Engine,
        journal: Journal,
        now: Callable[[], float],
        tell: Callable[[Answered], None],
    ) -> None:
        self.instance = instance
        self.container = container
        self.state = State(policy, watched_since=now())
        self.lives: list[Life] = []
        self._probes = probes
        self._probers: list[Prober] = []
        self._log: LifeLog | None = None
        self._was_oom = False
        self._engine = engine
        self._journal = journal.scoped(service=instance.service, number=instance.number)
        self._now = now
        self._tell = tell

    def happened(self, event: Event) -> None:
        """Take in one event of this container."""
        match event.action:
            case "start":
                self._fold(Started(event.at))
            case "oom":
                self._was_oom = True
            case "die":
                # No inspect here, nor a question for the log if it was followed to its end: the engine answers
                # them only after it has cleaned up, some 70 ms later.
                code = int(event.attributes["exitCode"])
                signature = self._signature(event.at, self._followed(event.at))
                self._fold(Exited(event.at, code, signature, oom_killed=self._was_oom or self._oom_killed(code)))
                self._was_oom = False
            case "health_status":
                self._engine_probed(self._engine.inspect(self.container))
            case "stop" | "destroy":
                self.reconcile()

    def answered(self, life: float, answer: Answer) -> None:
        """Take in what a probe of ours said in a life."""
        if answer.impossible and answer.name == TCP:
            text = "cannot ask Postgres over TCP (no pg_isready in the image): readiness rests on its healthcheck"
            self._journal.record("warning", text=text)
            without = replace(self.state.policy, requires=self.state.policy.requires - {TCP})
            self.state = replace(self.state, policy=without)
        self._fold(Probed(answer.name, answer.passed, life, answer.output))

    def refused(self, error: str) -> None:
        """Take in that the engine could not start it."""
        self._fold(Refused(error))

    def tick(self) -> None:
        """Let time decide, if it is due; what the engine knows comes before what the time says."""
        if self.state.due is not None and self._now() >= self.state.due:
            self.reconcile()
            self._fold(Ticked())

    def reconcile(self) -> None:
        """Compare what is known with what inspect says."""
        seen = self._engine.inspect(self.container)
        ended_at = None if seen.is_running else seen.finished_at
        # The event of an exit comes after its FinishedAt, on some engines by the time that cleaning up takes.
        is_known = ended_at is None or any(exit_.at > ended_at - SAME_EXIT for exit_ in self.state.exits)
        self._fold(
            Reconciled(
                running=seen.is_running,
                restarting=seen.status == "restarting",
                started_at=seen.started_at,
                finished_at=seen.finished_at,
                exit_code=seen.exit_code,
                restart_count=seen.restart_count,
                oom_killed=seen.oom_killed,
                signature=None if is_known or ended_at is None else self._signature(ended_at),
            )
        )
        self._engine_probed(seen)

    def stop_asking(self) -> None:
        """Ask no more probes, and read no more of the log."""
        for prober in self._probers:
            prober.stop()
        self._probers.clear()
        if self._log:
            self._log.close()
            self._log = None

    def _oom_killed(self, code: int) -> bool:
        """Whether the kernel killed it although the engine sent no `oom` event, as with some cgroups."""
        return code == SIGKILLED and self._engine.inspect(self.container).oom_killed

    def _followed(self, ended_at: float) -> list[LogLine] | None:
        """Return the log of the life that ends now, if it was read to its end while it was lived."""
        is_this_life = self.state.life is not None and self.state.life <= ended_at
        if self._log is None or not is_this_life:
            return None
        lines = self._log.complete(LOG_ENDS)
        self._log.close()  # it is no use any more, and in a flood it takes the processor from what is
        # One that was opened only after the end may hold the next life's as well, and not all of this one's.
        return None if lines and lines[-1].at > ended_at + BACK_OFF else lines

    def _signature(self, ended_at: float, followed: list[LogLine] | None = None) -> CrashSignature:
        """Keep the log of the life that ended, read now where what was followed will not do; say its cause."""
        began_at = self.state.life
        if began_at is None and self.lives and ended_at < self.lives[-1].ended_at + CLEANING_UP:
            began_at = self.lives.pop().began_at  # inspect told of this very end before its event did
        lines, signature = followed, classify([line.text for line in followed or ()])
        if lines is None or not self._is_enough(signature, lines):
            until = ended_at + BACK_OFF
            lines = self._engine.logs(self.container, since=self._last_end, until=until, tail=LOG_TAIL)
            signature = classify([line.text for line in lines])
        self.lives.append(Life(began_at, ended_at, tuple(lines)))
        return signature

    def _is_enough(self, signature: CrashSignature, lines: Sequence[LogLine]) -> bool:
        """Whether a log that was followed says why its life ended, although a last line may be missing.

        It lacks one that has no newline (engine 20.10), and that line may be what tells a hopeless crash from
        another one: unless an earlier life ended in the same way, or the last words that there are are hopeless.
        """
        if signature.kind is CrashKind.FATAL and signature.line_index is not None:
            after = lines[signature.line_index + 1 :]
            if all(_BELONGS_TO_IT.search(line.text) for line in after):
                return True
        before = (exit_.signature for exit_ in self.state.exits)
        return any(known and known.normalised == signature.normalised != "" for known in before)

    @property
    def _last_end(self) -> float | None:
        return self.lives[-1].ended_at + BACK_OFF if self.lives else None

    def _engine_probed(self, seen: ContainerState) -> None:
        """Take over what the engine's own healthcheck says of the present life."""
        life = self.state.life
        # The engine calls a container unhealthy at every exit: only a probe of this very life counts.
        probes = [probe for probe in seen.probes if probe.began_at >= (seen.started_at or 0.0)]
        if life is not None and seen.status == "running" and probes and seen.health in ("healthy", "unhealthy"):
            is_healthy = seen.health == "healthy"
            self._fold(Probed(HEALTH, is_healthy, life, probes[-1].output, final=not is_healthy))

    def _fold(self, observation: Observation) -> None:
        before = self.state
        self.state = fold(before, observation, self._now())
        if self.state.life != before.life:
            self.stop_asking()
            if self.state.life is not None and self.state.failure is None:
                self._start_asking(self.state.life)
        if isinstance(observation, Probed) and not observation.passed and observation.life == before.life:
            self._journal.record("probe.failed", probe=observation.name, output=observation.output)
        self._record(before, self.state)

    def _start_asking(self, life: float) -> None:
        def tell(answer: Answer | Exception) -> None:
            self._tell(Answered(self.container, life, answer))

        self._probers = [Prober(self._engine, self.container, probe, tell) for probe in self._probes]
        self._log = LifeLog(self._engine, self.container, since=self._last_end)

    def _record(self, before: State, after: State) -> None:
        record = self._journal.record
        if after.life is not None and after.life != before.life:
            record("life.started", started=after.life, ago=self._ago(after.life))
        for exit_ in after.exits[len(before.exits) :]:
            said = exit_.signature.message if exit_.signature else ""
            told = {"code": exit_.exit_code, "finished": exit_.at, "oom": exit_.oom_killed, "said": said}
            record("life.exited", **told, ago=self._ago(exit_.at))
        if after.passed > before.passed:
            record("probe.passed", probes=sorted(after.passed - before.passed))
        if after.ready and not before.ready:
            record("service.ready", exits=len(after.exits), completed=after.completed_at is not None)
        if after.stable and not before.stable:
            record("service.stable", seconds=after.policy.stability)
        if after.failure and not before.failure:
            record("service.failed", verdict=after.failure, reason=after.reason)

    def _ago(self, at: float) -> float:
        """Return how many seconds ago the engine's time was `at`: records are written after what they tell of."""
        return round(self._now() - at, 4)
