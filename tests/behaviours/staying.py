"""Behaviours of containers that run: healthy or not, late, flapping, loud, deaf; and of jobs, which end.

Everything keeps off the edges here, too: what is to be healthy is so well before its healthcheck's numbers are
used up, and what is to be unhealthy is so for well longer than they bear.
"""

from __future__ import annotations

import random

from harness.outcome import Verdict
from tests.behaviours.case import HEALTHY, Case, Expected, Health
from tests.behaviours.crashes import POLICIES, READY, STAY, say
from tests.behaviours.crashing import Make

_SICK = f"rm -f {HEALTHY}"
_UNHEALTHY = Expected(Verdict.UNHEALTHY, "its healthcheck fails as often in a row as it may")
_LONG_WINDOW = 5.0
"""A window in which a healthcheck surely counts its failures to the end."""


def _green(because: str) -> Expected:
    return Expected(Verdict.READY, because)


def _steady(rng: random.Random) -> Health:
    return Health(interval=rng.choice((0.4, 1.0, 3.0)), retries=10, start_period=rng.choice((0.0, 5.0)))


def _one(name: str, rng: random.Random, life: str, expected: Expected, health: Health | None) -> Case:
    return Case(name, rng.choice(POLICIES), ((life,),), (expected,), health)


def stay(rng: random.Random) -> Case:
    """Start and stay, at both boots; with a SIGTERM that it hears."""
    life = f"sleep {rng.uniform(0, 1):.2f}; {READY}; {STAY}"
    health = rng.choice((None, _steady(rng)))
    expected = (_green("it stays"),) * 2
    return Case("stay", rng.choice(POLICIES), ((life,), (life,)), expected, health)


def deaf(rng: random.Random) -> Case:
    """Ignore SIGTERM: the force-recreate has to kill it, and both boots are fine."""
    life = f"trap '' TERM; {READY}; while :; do sleep 1; done"
    expected = (_green("it stays"), _green("a slow stop is no failure of the boot"))
    health = rng.choice((None, _steady(rng)))
    return Case("ignore SIGTERM", rng.choice(POLICIES), ((life,), (life,)), expected, health)


def hang(rng: random.Random) -> Case:
    """Run and do nothing: its healthcheck tells, and without one nobody can ask for more than that it runs."""
    health = rng.choice((None, Health(retries=rng.randint(2, 4))))
    expected = _UNHEALTHY if health else _green("without a healthcheck running is all that is asked of it")
    return _one("hang", rng, f"{say('starting')}; {STAY}", expected, health)


def sicken(rng: random.Random) -> Case:
    """Be healthy, then unhealthy for good within the window."""
    life = f"{READY}; sleep {rng.uniform(1.0, 1.4):.2f}; {_SICK}; {STAY}"
    health = Health(interval=0.3, retries=rng.randint(1, 2), start_period=rng.choice((0.0, 0.5)))
    return _in_long_window("healthy then unhealthy", rng, life, _UNHEALTHY, health)


def lose_worker(rng: random.Random) -> Case:
    """Lose the child that serves, while the first process stays."""
    life = f"({READY}; sleep 1.2; {_SICK}) & {STAY}"
    return _in_long_window("the worker dies", rng, life, _UNHEALTHY, Health(interval=0.3, retries=2))


def flap(rng: random.Random) -> Case:
    """Fail now and then, never as often in a row as the healthcheck bears; or more often."""
    is_borne = rng.choice((True, False))
    down = rng.uniform(0.3, 0.5) if is_borne else 2.5
    life = f"while :; do {READY}; sleep 0.8; {_SICK}; sleep {down:.2f}; done"
    health = Health(interval=0.3, retries=8 if is_borne else 2)
    expected = _green("it never fails as often in a row as it may") if is_borne else _UNHEALTHY
    return _in_long_window("flapping health", rng, life, expected, health)


def _in_long_window(name: str, rng: random.Random, life: str, expected: Expected, health: Health) -> Case:
    return Case(name, rng.choice(POLICIES), ((life,),), (expected,), health, stability=_LONG_WINDOW)


def start_slowly(rng: random.Random) -> Case:
    """Be healthy late, within what the healthcheck bears: its start period, or its retries."""
    late = rng.uniform(1.5, 3)
    by_period = Health(interval=rng.choice((0.4, 1.0)), retries=2, start_period=late + 4)
    by_retries = Health(interval=0.5, retries=20)
    life = f"sleep {late:.2f}; {READY}; {STAY}"
    expected = _green("it is healthy before its healthcheck gives up")
    return _one("slow start within bounds", rng, life, expected, rng.choice((by_period, by_retries)))


def start_too_slowly(rng: random.Random) -> Case:
    """Be healthy long after the healthcheck has given up: by its own numbers it is unhealthy."""
    health = Health(interval=0.4, retries=rng.randint(2, 3), start_period=rng.choice((0.0, 1.0)))
    life = f"sleep {rng.uniform(20, 30):.2f}; {READY}; {STAY}"
    expected = Expected(Verdict.UNHEALTHY, "its healthcheck has given up long before it is healthy")
    return _one("slow start beyond bounds", rng, life, expected, health)


def check_hangs(rng: random.Random) -> Case:
    """Have a healthcheck that never answers."""
    test = rng.choice((("CMD", "sleep", "60"), ("CMD-SHELL", "sleep 60")))
    health = Health(test, timeout=0.5, retries=2)
    expected = Expected(Verdict.UNHEALTHY, "a healthcheck without an answer has failed")
    return _one("healthcheck hangs", rng, f"{READY}; {STAY}", expected, health)


def check_hangs_first(rng: random.Random) -> Case:
    """Have a healthcheck that gets no answer until the server is up."""
    test = ("CMD-SHELL", f"test -e {HEALTHY} || sleep 60")
    health = Health(test, timeout=2.0, retries=3, start_period=15)
    life = f"sleep {rng.uniform(0.8, 3):.2f}; {READY}; {STAY}"
    return _one("healthcheck hangs at first", rng, life, _green("it answers within the start period"), health)


def check_missing(rng: random.Random) -> Case:
    """Have a healthcheck whose command is not in the image."""
    test = rng.choice((("CMD", "no-such-command"), ("CMD-SHELL", "no-such-command -f http://localhost/")))
    health = Health(test, retries=2)
    expected = Expected(Verdict.UNHEALTHY, "a healthcheck that cannot run never passes")
    return _one("healthcheck missing", rng, f"{READY}; {STAY}", expected, health)


def complete(rng: random.Random) -> Case:
    """Do a job and end with code 0, where nothing says that it should stay."""
    restart = rng.choice(("no", "on-failure", "on-failure:2"))
    first = () if restart == "no" else (f"{say('connection refused')}; exit 1",)
    lives = (*first, f"sleep {rng.uniform(0, 1.5):.2f}; {say('done')}; exit 0")
    expected = _green("a job has done its work when it ends with 0")
    return Case("job that completes", restart, (lives,), (expected,))


def fail_job(rng: random.Random) -> Case:
    """Do a job and end with another code."""
    life = f"sleep {rng.uniform(0, 1):.2f}; {say('cannot do it')}; exit 3"
    expected = Expected(Verdict.FAILED, "nothing runs a failed job again", exits=1)
    return Case("job that fails", "no", ((life,),), (expected,))


def not_startable(rng: random.Random) -> Case:
    """Have an entrypoint that is not there."""
    expected = Expected(Verdict.FAILED, "the engine cannot start it")
    restart, entrypoint = rng.choice(POLICIES), ("/no/such/server",)
    return Case("cannot be started", restart, (("",),), (expected,), entrypoint=entrypoint)


RUNNING: tuple[Make, ...] = (
    *(stay, deaf, hang, sicken, lose_worker, flap, start_slowly, start_too_slowly, check_hangs),
    *(check_hangs_first, check_missing, complete, fail_job, not_startable),
)
