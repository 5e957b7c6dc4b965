"""The judgement: from observations of one container to a verdict, as a pure function.

`fold(state, observation, now)` gives the next state; no I/O, no clock. Failure is judged before readiness, and
a failure is final. Ready is not: a container that exits again is not ready any more, and `READY` as a verdict
needs the stability window behind it. Time alone decides at `Ticked`, before which the driver asks the engine
what it has not told yet.

What an exit means, first match:

1. code 0 of a service that may complete          READY
2. a known-fatal signature, before it was ready   FAILED at the first exit
3. nothing will restart it                        FAILED
4. the same reason as an earlier exit             CRASHLOOP (never for a transient one)
5. more exits than the crash budget               CRASHLOOP
6. anything else                                  waits for the next life, and warns

Two exits have one reason when the kernel killed both for want of memory, when both ended with code 0, when code
and log agree but for what differs from crash to crash, or when one deadly signal ended both without a word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from signal import SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGKILL, SIGSEGV

from harness.diagnose.crash_log import CrashSignature
from harness.health.model import (
    SAME_EXIT,
    Exited,
    Observation,
    Policy,
    Probed,
    Reconciled,
    Refused,
    Started,
    Ticked,
)
from harness.outcome import Verdict

OOM = "killed by the kernel: out of memory"
UNKNOWN_CODE = -1
"""The exit code of a life whose end nobody saw."""
DEADLY_SIGNALS = frozenset({SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGSEGV})
"""Nobody sends these to end a process in order; SIGKILL is all that some engines tell when memory ran out."""


@dataclass(frozen=True, slots=True)
class State:
    """What is known of one container."""

    policy: Policy
    watched_since: float
    life: float | None = None
    """StartedAt of the life that is under way."""
    passed: frozenset[str] = frozenset()
    """The probes that passed in this life."""
    last_output: str = ""
    """What the last failing probe said in this life."""
    ready_at: float | None = None
    completed_at: float | None = None
    exits: tuple[Exited, ...] = ()
    failure: Verdict | None = None
    reason: str = ""
    """One sentence: why it failed, or what it still waits for."""
    decided_by: Exited | None = None
    """The exit that decided, where one did."""
    stable: bool = False

    @property
    def ready(self) -> bool:
        """Whether it is ready just now; the stability window may still be open."""
        return self.failure is None and (self.ready_at is not None or self.completed_at is not None)

    @property
    def verdict(self) -> Verdict | None:
        """The verdict, or None while it is undecided."""
        if self.failure is not None:
            return self.failure
        return Verdict.READY if self.ready and self.stable else None

    @property
    def crashes(self) -> int:
        """How many lives ended that should not have ended."""
        return sum(not _completes(self.policy, exit_) for exit_ in self.exits)

    @property
    def due(self) -> float | None:
        """The time at which the passing of time alone changes something; None when it never does."""
        if self.failure is not None or self.completed_at is not None or self.stable:
            return None
        if self.ready_at is not None:
            return self.ready_at + self.policy.stability
        if self.runs_unprobed and self.life is not None:
            return self.life + self.policy.stability
        since = self.life or (self.exits[-1].at if self.exits else self.watched_since)
        return since + self.policy.patience.total

    @property
    def runs_unprobed(self) -> bool:
        """Whether it runs and nothing but running is asked of it."""
        return self.life is not None and not self.policy.requires and not self.policy.must_complete


def fold(state: State, observation: Observation, now: float) -> State:
    """Return the state after one observation; a failure never changes again."""
    if state.failure is not None:
        return state
    match observation:
        case Started(at):
            state = _started(state, at)
        case Exited():
            state = _exited(state, observation)
        case Probed():
            state = _probed(state, observation, now)
        case Reconciled():
            state = _reconciled(state, observation)
        case Refused(error):
            state = _fail(state, Verdict.FAILED, f"the engine could not start it: {error}")
        case Ticked():
            state = _time_passed(state, now)
    return state


def _started(state: State, at: float) -> State:
    if state.life is not None:
        return state
    return replace(
        state, life=at, passed=frozenset(), last_output="", ready_at=None, completed_at=None, stable=False
    )


def _exited(state: State, exit_: Exited) -> State:
    if any(known.is_at(exit_.at) and not known.missed for known in state.exits):
        return state
    is_late = state.life is not None and exit_.at < state.life
    was_ready = state.ready_at is not None and not is_late
    is_new = state.life is not None and not is_late
    state = replace(state, exits=_with(state.exits, exit_, is_new=is_new))
    if not is_late:
        state = replace(state, life=None, ready_at=None, passed=frozenset(), stable=False)
    return _judge_exit(state, exit_, was_ready=was_ready)


def _with(exits: tuple[Exited, ...], exit_: Exited, *, is_new: bool) -> tuple[Exited, ...]:
    """Add an exit; one that was only known by the restart count gives its place to one that was seen.

    The exit of the present life (`is_new`) cannot be one that was known before.
    """
    placeholder = next((known for known in exits if known.missed), None)
    if is_new or exit_.missed or placeholder is None:
        return (*exits, exit_)
    return tuple(exit_ if known is placeholder else known for known in exits)


def _judge_exit(state: State, exit_: Exited, *, was_ready: bool) -> State:
    policy = state.policy
    if _completes(policy, exit_):
        return replace(state, completed_at=exit_.at, stable=True)
    if _is_fatal(exit_.signature) and not was_ready:
        return _fail(state, Verdict.FAILED, _why(exit_), exit_)
    if not _comes_back(state, exit_):
        return _fail(state, Verdict.FAILED, f"{_why(exit_)}, and nothing restarts it", exit_)
    if _repeats(exit_, state.exits):
        return _fail(state, Verdict.CRASHLOOP, f"{_why(exit_)}, twice for the same reason", exit_)
    if len(state.exits) > policy.crash_budget:
        count = f"{len(state.exits)} exits are more than the crash budget of {policy.crash_budget}"
        return _fail(state, Verdict.CRASHLOOP, f"{_why(exit_)}, and {count}", exit_)
    return replace(state, reason=f"{_why(exit_)}; the engine restarts it")


def _completes(policy: Policy, exit_: Exited) -> bool:
    return exit_.exit_code == 0 and (policy.may_complete or policy.must_complete)


def _is_fatal(signature: CrashSignature | None) -> bool:
    return signature is not None and signature.kind == "fatal"


def _comes_back(state: State, exit_: Exited) -> bool:
    policy = state.policy.restart
    if policy.name == "on-failure" and 0 < policy.retries < len(state.exits):
        return False
    return policy.restarts(exit_.exit_code)


def _identity(exit_: Exited) -> str:
    """Return what makes two exits one reason; empty when nothing does."""
    if exit_.oom_killed:
        return OOM
    if exit_.signature is not None and exit_.signature.kind == "transient":
        return ""
    if exit_.exit_code == 0 and not exit_.missed:
        return "exit 0"
    if exit_.signature is None or not exit_.signature.normalised:
        signal = exit_.exit_code - 128
        return f"signal {signal}" if signal in DEADLY_SIGNALS else ""
    return f"{exit_.exit_code} {exit_.signature.normalised}"


def _repeats(exit_: Exited, exits: tuple[Exited, ...]) -> bool:
    identity = _identity(exit_)
    return bool(identity) and any(_identity(other) == identity for other in exits if other is not exit_)


def _why(exit_: Exited) -> str:
    if exit_.oom_killed:
        return OOM
    if exit_.exit_code == UNKNOWN_CODE:
        return "exited while the event stream was lost"
    said = f": {exit_.signature.message}" if exit_.signature and exit_.signature.message else ""
    return f"exited with code {exit_.exit_code}{said}"


def _probed(state: State, probe: Probed, now: float) -> State:
    if probe.life != state.life or state.life is None:
        return state
    if not probe.passed:
        state = replace(state, last_output=probe.output)
        if probe.final:
            return _fail(state, Verdict.UNHEALTHY, f"the healthcheck gave up{_said(state)}")
        return state
    passed = state.passed | {probe.name}
    is_ready = bool(state.policy.requires) and state.policy.requires <= passed and not state.policy.must_complete
    ready_at = (state.ready_at or now) if is_ready else state.ready_at
    return replace(state, passed=passed, ready_at=ready_at)


def _reconciled(state: State, seen: Reconciled) -> State:
    if seen.finished_at is not None:
        for exit_ in _unseen_exits(state, seen, seen.finished_at):
            state = _exited(state, exit_)
            if state.failure:
                return state
    if not seen.running or seen.started_at is None:
        return state
    last_exit = max((exit_.at for exit_ in state.exits), default=0.0)
    return _started(state, seen.started_at) if seen.started_at > last_exit else state


def _unseen_exits(state: State, seen: Reconciled, finished_at: float) -> list[Exited]:
    """Return the exits that the restart count tells of beyond those known; the last with all that is known."""
    happened = seen.restart_count + (0 if seen.running or seen.restarting else 1)
    unknown = happened - len(state.exits)
    # Inspect keeps the code of the last exit until the next start.
    code = UNKNOWN_CODE if seen.running else seen.exit_code
    last = Exited(finished_at, code, seen.signature, oom_killed=seen.oom_killed, missed=True)
    is_last_known = any(exit_.at > finished_at - SAME_EXIT for exit_ in state.exits)
    # Each exit needs a time of its own, or it would pass for another.
    earlier = [
        Exited(finished_at - number * 0.1, UNKNOWN_CODE, missed=True)
        for number in range(unknown if is_last_known else unknown - 1, 0, -1)
    ]
    return [*earlier, last] if unknown > 0 and not is_last_known else earlier


def _time_passed(state: State, now: float) -> State:
    due = state.due
    if due is None or now < due:
        return state
    if state.ready_at is not None:
        return replace(state, stable=True)
    if state.runs_unprobed:
        return replace(state, ready_at=now, stable=True)
    return _overdue(state)


def _overdue(state: State) -> State:
    limit = f"within {state.policy.patience.total:g} s"
    if state.policy.must_complete:
        return _fail(state, Verdict.TIMEOUT, f"did not complete {limit}")
    if state.last_output and state.life is not None:
        return _fail(state, Verdict.UNHEALTHY, f"runs, but its healthcheck did not pass {limit}{_said(state)}")
    missing = " and ".join(sorted(state.policy.requires - state.passed)) or "start"
    return _fail(state, Verdict.TIMEOUT, f"not ready {limit}: no answer from {missing}")


def _said(state: State) -> str:
    text = " ".join(state.last_output.split())
    return f": {text[:200]}" if text else ""


def _fail(state: State, verdict: Verdict, reason: str, by: Exited | None = None) -> State:
    return replace(state, failure=verdict, reason=reason, decided_by=by)
