"""The judgement, on scripted observations: no container, no sleep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

import pytest

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

PATIENCE = Patience(start_period=5, retries=3, interval=2, timeout=3)  # 25 s with the slack of 5 s
ALWAYS = RestartPolicy("unless-stopped")
CHECKED = Policy(frozenset({HEALTH}), PATIENCE, ALWAYS)
UNCHECKED = replace(CHECKED, requires=frozenset())

FATAL = classify(['ERROR: relation "users" already exists (SQLSTATE 42P07)'])
REFUSED = classify(["dial tcp 172.18.0.2:5432: connect: connection refused"])
BUG = classify(["panic: runtime error: index out of range [3] with length 2"])
SILENT = classify([])

Scripted = tuple[float, Observation]


def exited(at: float, code: int = 1, signature: CrashSignature | None = SILENT, *, oom: bool = False) -> Scripted:
    """Say that it exits, and is seen to."""
    return at, Exited(at, code, signature, oom_killed=oom)


def started(at: float) -> Scripted:
    """Say that it starts, and is seen to."""
    return at, Started(at)


def healthy(at: float, life: float) -> Scripted:
    """Say that the healthcheck passes."""
    return at, Probed(HEALTH, passed=True, life=life)


def failing(at: float, life: float, *, final: bool = False) -> Scripted:
    """Say that the healthcheck does not pass."""
    return at, Probed(HEALTH, passed=False, life=life, output="503 starting", final=final)


def tick(at: float) -> Scripted:
    """Time has passed."""
    return at, Ticked()


def play(policy: Policy, script: Iterable[Scripted]) -> State:
    """Fold the script, in order, into a state that was first looked at in second 0."""
    return reduce(lambda state, item: fold(state, item[1], item[0]), script, State(policy, watched_since=0))


def test_a_healthy_server_is_ready_at_once_and_green_after_the_stability_window() -> None:
    """The first pass makes it ready; the verdict waits for ten seconds without an exit."""
    ready = play(CHECKED, [started(1), failing(1.1, 1), healthy(2, 1), tick(11.9)])
    assert (ready.ready, ready.verdict) == (True, None)
    assert play(CHECKED, [started(1), healthy(2, 1), tick(12)]).verdict is Verdict.READY


def test_a_server_that_crashes_once_and_recovers_is_ready_and_says_so() -> None:
    """Two restarts while the database starts are normal, also for the same refused connection."""
    script = [
        started(1),
        exited(1.5, signature=REFUSED),
        started(1.7),
        exited(2, signature=REFUSED),
        started(2.3),
        healthy(3, 2.3),
        tick(13),
    ]
    state = play(CHECKED, script)
    assert (state.verdict, state.crashes) == (Verdict.READY, 2)


def test_a_known_fatal_signature_fails_at_the_first_exit() -> None:
    """What the next start would meet again need not be waited for."""
    state = play(CHECKED, [started(1), exited(1.5, signature=FATAL)])
    assert state.failure is Verdict.FAILED
    assert state.decided_by is not None
    assert 'relation "users" already exists' in state.reason


def test_a_fatal_looking_log_after_readiness_does_not_fail_the_first_exit() -> None:
    """A server that was ready had its ladder behind it: the error is one that it lived with."""
    state = play(CHECKED, [started(1), healthy(2, 1), exited(3, signature=FATAL)])
    assert state.failure is None


def test_a_second_exit_for_the_same_reason_is_a_crashloop() -> None:
    """One unknown reason may pass; the same one again will not."""
    once = [started(1), exited(2, signature=BUG), started(2.2)]
    assert play(CHECKED, once).failure is None
    assert play(CHECKED, [*once, exited(3, signature=BUG)]).failure is Verdict.CRASHLOOP


def test_different_reasons_spend_the_crash_budget() -> None:
    """Three exits are borne, the fourth is a crashloop; empty logs are not the same reason."""
    lives = [item for n in range(4) for item in (started(n + 0.1), exited(n + 0.9))]
    assert play(CHECKED, lives[:6]).failure is None
    assert play(CHECKED, lives).failure is Verdict.CRASHLOOP


def test_a_refused_connection_for_good_uses_up_the_budget() -> None:
    """A transient reason never counts as a repeated one, but it counts."""
    lives = [item for n in range(4) for item in (started(n + 0.1), exited(n + 0.9, signature=REFUSED))]
    state = play(CHECKED, lives)
    assert state.failure is Verdict.CRASHLOOP
    assert "crash budget of 3" in state.reason


def test_a_slow_loop_with_lives_of_twelve_seconds_is_a_crashloop() -> None:
    """The engine's back-off starts anew after ten seconds, so it never slows down: exits are counted, not rates."""
    script = [started(0), exited(12, signature=BUG), started(12.2), exited(24.2, signature=BUG)]
    assert play(CHECKED, script).failure is Verdict.CRASHLOOP


def test_a_server_that_is_healthy_for_three_seconds_and_then_loops_is_never_green() -> None:
    """Readiness is taken back by an exit within the stability window."""
    once = [started(0), healthy(1, 0), exited(4, signature=BUG)]
    assert (play(CHECKED, once).ready, play(CHECKED, once).verdict) == (False, None)
    again = [*once, started(4.2), healthy(5, 4.2), exited(8.2, signature=BUG)]
    assert play(CHECKED, again).failure is Verdict.CRASHLOOP


def test_without_a_healthcheck_running_through_the_window_is_ready() -> None:
    """Nothing else can be asked of it; the first running sample alone proves nothing."""
    assert not play(UNCHECKED, [started(1), tick(10.9)]).ready
    assert play(UNCHECKED, [started(1), tick(11)]).verdict is Verdict.READY


def test_out_of_memory_twice_is_a_crashloop_that_names_the_kernel() -> None:
    """The kernel's kill leaves no log; being killed twice is one reason."""
    script = [started(0), exited(2, 137, oom=True), started(2.2), exited(4, 137, oom=True)]
    state = play(CHECKED, script)
    assert state.failure is Verdict.CRASHLOOP
    assert "out of memory" in state.reason


@pytest.mark.parametrize("signal", [6, 9, 11])
def test_one_deadly_signal_twice_without_a_word_is_a_crashloop(signal: int) -> None:
    """A segmentation fault is no way to wait for a database; some engines tell of no more when memory ran out."""
    twice = [started(0), exited(1, 128 + signal), started(1.2), exited(2, 128 + signal)]
    assert play(CHECKED, twice).failure is Verdict.CRASHLOOP
    assert play(CHECKED, [*twice[:3], exited(2, 1)]).failure is None
    assert play(CHECKED, [started(0), exited(1, 143), started(1.2), exited(2, 143)]).failure is None


def test_unhealthy_but_alive_is_unhealthy_when_the_engine_says_so() -> None:
    """The engine has counted its retries: nothing more is waited for."""
    state = play(CHECKED, [started(0), failing(1, 0), failing(11, 0, final=True)])
    assert state.failure is Verdict.UNHEALTHY
    assert "503 starting" in state.reason


def test_unhealthy_but_alive_is_unhealthy_when_the_patience_is_used_up() -> None:
    """Our own probes get the same total time: start period, retries times interval and timeout, slack."""
    script = [started(0), failing(1, 0)]
    assert play(CHECKED, [*script, tick(24.9)]).failure is None
    assert play(CHECKED, [*script, tick(25)]).failure is Verdict.UNHEALTHY


def test_a_service_whose_probe_never_answers_times_out() -> None:
    """It is not called unhealthy: nobody heard it say so."""
    state = play(CHECKED, [started(0), tick(25)])
    assert state.failure is Verdict.TIMEOUT
    assert "health" in state.reason


def test_a_container_that_never_starts_times_out() -> None:
    """The deadline runs from the moment at which it is looked at."""
    assert play(CHECKED, [tick(25)]).failure is Verdict.TIMEOUT


@pytest.mark.parametrize("policy", [RestartPolicy("no"), RestartPolicy("on-failure")])
def test_exit_0_of_a_service_that_should_stay_fails_when_nothing_restarts_it(policy: RestartPolicy) -> None:
    """A clean exit of a server is no success."""
    state = play(replace(CHECKED, restart=policy), [started(0), exited(1, 0)])
    assert state.failure is Verdict.FAILED
    assert "nothing restarts it" in state.reason


def test_exit_0_twice_of_a_service_that_should_stay_is_a_crashloop() -> None:
    """The restart policy brings it back each time, and it leaves each time."""
    script = [started(0), exited(1, 0), started(1.2), exited(2, 0)]
    assert play(CHECKED, script).failure is Verdict.CRASHLOOP


def test_a_one_shot_job_is_ready_by_exit_code_0() -> None:
    """A migration job has done its work when it ends well, and not before."""
    job = replace(UNCHECKED, restart=RestartPolicy("no"), may_complete=True, must_complete=True)
    assert not play(job, [started(0), tick(11)]).ready
    assert play(job, [started(0), exited(3, 0)]).verdict is Verdict.READY
    assert play(job, [started(0), exited(3, 1)]).failure is Verdict.FAILED


def test_on_failure_with_a_limit_fails_when_the_engine_gives_up() -> None:
    """on-failure:1 restarts once."""
    policy = replace(CHECKED, restart=RestartPolicy("on-failure", retries=1))
    assert play(policy, [started(0), exited(1)]).failure is None
    assert play(policy, [started(0), exited(1), started(1.2), exited(2)]).failure is Verdict.FAILED


def test_postgres_is_ready_only_when_it_answers_over_tcp_as_well() -> None:
    """During the first start of the official image the healthcheck passes on the socket of a temporary server."""
    postgres = replace(CHECKED, requires=frozenset({HEALTH, TCP}))
    on_the_socket = [started(0), healthy(1, 0)]
    assert not play(postgres, on_the_socket).ready
    assert play(postgres, [*on_the_socket, (2, Probed(TCP, passed=True, life=0))]).ready


def test_the_health_of_a_former_life_does_not_count() -> None:
    """A probe that began before the crash says nothing about the life after it."""
    script = [started(0), exited(1), started(1.2), healthy(1.3, 0)]
    assert not play(CHECKED, script).ready
    assert play(CHECKED, [*script, healthy(1.4, 1.2)]).ready


def test_an_engine_that_calls_an_exited_container_unhealthy_is_not_believed() -> None:
    """At every exit the engine sets the health to unhealthy although no probe failed: no life, no health."""
    state = play(CHECKED, [started(0), exited(1), failing(1.01, 0, final=True)])
    assert state.failure is None


def running(restart_count: int, started_at: float, finished_at: float | None = None) -> Reconciled:
    """Say what inspect says of a running container."""
    return Reconciled(
        running=True,
        restarting=False,
        started_at=started_at,
        finished_at=finished_at,
        exit_code=0,
        restart_count=restart_count,
    )


def test_exits_that_were_missed_are_counted_after_a_reconnect() -> None:
    """The restart count of inspect is what the lost event stream did not tell."""
    lost = [started(0), healthy(1, 0), (9, running(3, 8.5, finished_at=8.3))]
    state = play(CHECKED, lost)
    assert (state.crashes, state.ready, state.life) == (3, False, 8.5)
    assert play(CHECKED, [*lost[:2], (9, running(4, 8.5, finished_at=8.3))]).failure is Verdict.CRASHLOOP


def test_a_reconnect_that_missed_nothing_changes_nothing() -> None:
    """The same life, the same readiness."""
    script = [started(0.02), healthy(1, 0.02)]
    assert play(CHECKED, [*script, (2, running(0, 0.0))]) == play(CHECKED, script)


def test_an_exit_that_inspect_told_first_is_counted_once() -> None:
    """The event that comes after it takes its place, signature and all."""
    seen = Reconciled(running=False, restarting=True, started_at=0, finished_at=1.0, exit_code=1, restart_count=1)
    event = exited(1.0, signature=FATAL)
    state = play(CHECKED, [started(0), (1.01, seen), event])
    assert (state.crashes, state.failure) == (1, Verdict.FAILED)
    assert play(CHECKED, [started(0), event, (1.02, seen)]).crashes == 1


def test_an_exit_after_a_missed_one_is_one_more() -> None:
    """Only the late report of the missed exit itself takes its place."""
    missed = [started(0), (9, running(1, 8.5, finished_at=8.3))]
    assert play(CHECKED, [*missed, exited(8.3, signature=BUG)]).crashes == 1
    assert play(CHECKED, [*missed, exited(10, signature=BUG)]).crashes == 2


def test_an_exit_that_was_missed_before_a_known_one_is_counted() -> None:
    """The restart count is right, whichever of the exits it was that nobody saw."""
    script = [started(0), exited(8.3, signature=BUG), started(8.5), (9, running(2, 8.5, finished_at=8.3))]
    state = play(CHECKED, script)
    assert (state.crashes, state.life) == (2, 8.5)
    assert play(CHECKED, [*script, (9.1, running(2, 8.5, finished_at=8.3))]).crashes == 2


def test_a_job_that_the_engine_runs_again_and_again_has_not_crashed() -> None:
    """`restart: always` brings a job back that has ended well: each end is one that was wanted."""
    job = replace(UNCHECKED, may_complete=True, must_complete=True)
    twice = [started(0), exited(1, 0), started(1.2), exited(2, 0)]
    assert (play(job, twice).ready, play(job, twice).crashes) == (True, 0)
    assert play(job, [started(0), exited(1, 1, REFUSED), started(1.2), exited(2, 0)]).crashes == 1


def test_an_exit_that_only_inspect_tells_of_is_judged() -> None:
    """A container that died while the daemon was down gives no event at all."""
    seen = Reconciled(
        running=False,
        restarting=False,
        started_at=0,
        finished_at=4,
        exit_code=1,
        restart_count=0,
        signature=FATAL,
    )
    assert play(CHECKED, [started(0), (6, seen)]).failure is Verdict.FAILED


def test_what_the_engine_refuses_to_start_has_failed_in_the_engines_words() -> None:
    """There is no life and no log; the engine's error is the cause."""
    state = play(CHECKED, [(1, Refused("port is already allocated"))])
    assert state.failure is Verdict.FAILED
    assert "port is already allocated" in state.reason


def test_the_patience_prints_its_sum() -> None:
    """A deadline that nobody can follow is a riddle."""
    assert str(PATIENCE) == "25 s = start_period 5 + retries 3 x (interval 2 + timeout 3) + slack 5"
