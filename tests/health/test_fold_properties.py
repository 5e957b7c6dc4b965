"""What holds for the judgement whatever is observed, and in whatever order it arrives."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from harness.compose.model import RestartPolicy
from harness.diagnose.crash_log import CrashSignature, classify
from harness.health import (
    HEALTH,
    TCP,
    Exited,
    Patience,
    Policy,
    Probed,
    Reconciled,
    Refused,
    Started,
    State,
    Ticked,
    fold,
)
from harness.health.model import Observation
from harness.outcome import Verdict

CHECKED = Policy(frozenset({HEALTH}), Patience(5, 3, 2, 3), RestartPolicy("always"), stability=10)
FATAL = classify(['ERROR: relation "users" already exists (SQLSTATE 42P07)'])
REFUSED = classify(["dial tcp 172.18.0.2:5432: connect: connection refused"])
BUG = classify(["panic: runtime error: index out of range [3] with length 2"])
SILENT = classify([])

HORIZON = 60.0
"""Seconds after which no world is looked at."""

codes = st.sampled_from([0, 1, 137])
signatures = st.sampled_from([SILENT, BUG, REFUSED, FATAL])
_SERVICE = st.sampled_from([CHECKED, replace(CHECKED, requires=frozenset())])
_RESTARTS = st.sampled_from([RestartPolicy("no"), RestartPolicy("on-failure"), RestartPolicy("on-failure", 2)])
policies = st.one_of(
    st.builds(replace, _SERVICE, restart=st.sampled_from([RestartPolicy("always"), RestartPolicy("no")])),
    st.builds(replace, _SERVICE, restart=_RESTARTS, may_complete=st.booleans()),
)
"""A job is what its restart policy leaves alone when it has ended well."""

times = st.floats(0, 60)
observations = st.one_of(
    st.builds(Started, times),
    st.builds(Exited, times, codes, signatures | st.none(), oom_killed=st.booleans(), missed=st.booleans()),
    st.builds(Probed, st.sampled_from([HEALTH, TCP]), st.booleans(), times, final=st.booleans()),
    st.builds(
        Reconciled,
        st.booleans(),
        st.booleans(),
        times | st.none(),
        times | st.none(),
        codes,
        st.integers(0, 5),
        signature=signatures | st.none(),
    ),
    st.just(Refused("no such image")),
    st.just(Ticked()),
)


@given(policies, st.lists(st.tuples(st.floats(0, 12), observations), max_size=20))
def test_nothing_is_ever_both_ready_and_failed(policy: Policy, script: list[tuple[float, Observation]]) -> None:
    """A failure is final, and excludes readiness at every moment, also of what no engine would ever tell."""
    state, now = State(policy, watched_since=0), 0.0
    for pause, observation in script:
        now += pause
        before, state = state, fold(state, observation, now)
        assert not (state.ready and state.failure)
        assert (state.verdict is Verdict.READY) <= (state.failure is None)
        assert before.failure is None or state == before


@dataclass(frozen=True)
class Life:
    """A life as it truly is: seconds until it is healthy, and until it ends; None for never."""

    healthy: float | None
    ends: float | None
    code: int = 1
    signature: CrashSignature = SILENT


@dataclass
class World:
    """One container as it truly is, its last life again and again: seen by events, probes and polls."""

    policy: Policy
    lives: list[Life]
    spans: list[tuple[float, float | None, Life]] = field(default_factory=list)

    def __post_init__(self) -> None:
        begin: float | None = 1.0
        for number, life in enumerate([*self.lives, *self.lives[-1:] * 100]):
            if begin is None or begin > HORIZON:
                return
            end = None if life.ends is None else begin + life.ends
            self.spans.append((begin, end, life))
            begin = self._next_start(number, end, life)

    def _next_start(self, number: int, end: float | None, life: Life) -> float | None:
        restart = self.policy.restart
        is_granted = restart.retries == 0 or number < restart.retries
        return end + 0.3 if end is not None and restart.restarts(life.code) and is_granted else None

    def events(self) -> Iterator[tuple[float, Started | Exited]]:
        """Yield what the engine's stream tells, at the time at which it does."""
        for begin, end, life in self.spans:
            yield begin, Started(begin)
            if end is not None:
                yield end, Exited(end, life.code, life.signature)

    def inspect(self, now: float) -> Reconciled:
        """Say what a poll sees: the restart count, and of lives no more than the last."""
        past = [(begin, end, life) for begin, end, life in self.spans if begin <= now]
        if not past:
            return Reconciled(False, False, None, None, 0, 0)
        begin, end, life = past[-1]
        number = len(past) - 1
        if end is None or now < end:
            return Reconciled(True, False, begin, past[-2][1] if number else None, 0, number)
        will_restart = len(self.spans) > len(past)
        count = number + will_restart
        return Reconciled(False, will_restart, begin, end, life.code, count, signature=life.signature)

    def is_healthy(self, now: float) -> bool:
        """Whether a probe that is asked now passes."""
        return any(
            life.healthy is not None and begin + life.healthy <= now and (end is None or now < end)
            for begin, end, life in self.spans
        )


def judge(world: World, delays: list[float], polls: list[float]) -> list[tuple[float, State]]:
    """Drive the fold as the watch does: events late but in order, polls at any time, and one when time decides."""
    state, history = State(world.policy, watched_since=0.5), []
    for now, observation in _arrivals(world, delays, polls):
        state = fold(state, observation, now) if observation else state
        if state.life is not None and world.is_healthy(now):
            state = fold(state, Probed(HEALTH, passed=True, life=state.life), now)
        if state.due is not None and now >= state.due:
            state = fold(fold(state, world.inspect(now), now), Ticked(), now)
        history.append((now, state))
    return history


def _arrivals(world: World, delays: list[float], polls: list[float]) -> list[tuple[float, Observation | None]]:
    arrivals: list[tuple[float, Observation | None]] = [(poll, world.inspect(poll)) for poll in polls]
    latest = 0.0
    for (at, event), delay in zip(world.events(), itertools.cycle(delays), strict=False):
        latest = max(latest, at + delay)
        arrivals.append((latest, event))
    arrivals += [(moment / 4, None) for moment in range(4 * int(HORIZON))]
    return sorted(arrivals, key=lambda arrival: arrival[0])


def _lives(signatures: st.SearchStrategy[CrashSignature]) -> st.SearchStrategy[Life]:
    return st.builds(Life, st.none() | st.floats(0, 3), st.none() | st.floats(0.5, 9), codes, signatures)


many = st.lists(_lives(st.sampled_from([SILENT, BUG, REFUSED])), min_size=1, max_size=6)
hopeless = st.lists(_lives(st.just(FATAL)), min_size=1, max_size=1)
worlds = st.builds(World, policies, many | hopeless)
"""What is fatal comes again: no world recovers from it."""
delays = st.lists(st.floats(0, 3), min_size=1, max_size=6)
polls = st.lists(st.floats(0, HORIZON), max_size=12)


@given(worlds, delays, polls)
def test_green_is_given_to_a_life_that_has_lasted_through_the_window(
    world: World, delays: list[float], polls: list[float]
) -> None:
    """A crash within the window after readiness is never green, however late its event comes."""
    before: Verdict | None = None
    for now, state in judge(world, delays, polls):
        if state.verdict is Verdict.READY is not before and state.completed_at is None:
            begin, end, _ = next(span for span in reversed(world.spans) if span[0] <= now)
            assert end is None or now < end
            assert begin <= now - world.policy.stability
        before = state.verdict


@given(worlds, delays, polls)
def test_who_tells_first_does_not_change_the_verdict(world: World, delays: list[float], polls: list[float]) -> None:
    """Events that come late, and polls at any moment, end in the verdict that events in time end in."""
    (_, prompt), (_, mixed) = judge(world, [0.0], [])[-1], judge(world, delays, polls)[-1]
    assert _colour(mixed) == _colour(prompt)


def _colour(state: State) -> str:
    """Leave out which kind of failure it is: that may hang on whether a moment of readiness was seen."""
    return "red" if state.failure else str(state.verdict)
