"""Behaviours of containers that crash: at once or later, for ever or a few times, at one boot and not at another.

Everything keeps off the edges: a life that ends lasts at most six tenths of the stability window after the moment
at which it may count as ready, because green promises the window and not more; and a service that is to crash
has a healthcheck that will not run out of patience before it does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from harness.outcome import Verdict
from tests.behaviours import crashes
from tests.behaviours.case import HEALTHY, WINDOW, Case, Expected, Health
from tests.behaviours.crashes import PERSISTENT, POLICIES, READY, STAY, Crash

Make = Callable[[random.Random], Case]

_CAUSES = (crashes.fatal, crashes.bug, crashes.bug, crashes.refused, crashes.silent, crashes.signalled)
_PASSING = (crashes.bug, crashes.refused, crashes.silent, crashes.signalled)
_SLOW_WINDOW = 13.0
"""More than a life of around ten seconds, after which the engine's back-off starts anew."""


def _any_health(rng: random.Random) -> Health | None:
    """Give no healthcheck, or one with more patience than any life here takes."""
    return rng.choice((None, _patient(rng)))


def _patient(rng: random.Random) -> Health:
    test = rng.choice((Health().test, ("CMD-SHELL", f"test -e {HEALTHY} || exit 1")))
    return Health(test, interval=rng.choice((0.4, 1.0, 3.0)), retries=20, start_period=20.0)


def _looping(name: str, crash: Crash, restart: str, health: Health | None, life: str = "") -> Case:
    lives = (f"{life}{crash.end}",)
    return Case(name, restart, (lives,), (crashes.for_ever(crash, restart),), health)


def crash_at_once(rng: random.Random) -> Case:
    """Crash at once, at every start."""
    crash = rng.choice(_CAUSES)(rng)
    return _looping("crash at once", crash, rng.choice(POLICIES), _any_health(rng))


def crash_after_a_while(rng: random.Random) -> Case:
    """Crash every so many seconds for ever, before it was ever ready."""
    crash = rng.choice(_CAUSES)(rng)
    life = f"sleep {rng.uniform(0.2, 0.6 * WINDOW):.2f}; "
    return _looping("crash after x s", crash, rng.choice(POLICIES), _any_health(rng), life)


def crash_when_ready(rng: random.Random) -> Case:
    """Become healthy at every start, and crash within the window."""
    crash = rng.choice(_CAUSES)(rng)
    restart = rng.choice(POLICIES)
    life = f"sleep {rng.uniform(0.1, 0.4):.2f}; {READY}; sleep 1.3; {crash.end}"
    expected = crashes.for_ever(crash, restart, was_ready=True)
    return Case("crash after healthy", restart, ((life,),), (expected,), _patient(rng), stability=3.5)


def recover(rng: random.Random) -> Case:
    """Crash up to three times, then stay."""
    number = rng.randint(1, crashes.BUDGET)
    same = (rng.choice(_PASSING if number == 1 else (crashes.refused, crashes.silent))(rng),) * number
    different = crashes.distinct_bugs(rng, number)
    return _recovering(rng, "crash k times, recover", rng.choice((same, different)))


def recover_from_memory(rng: random.Random) -> Case:
    """Run out of memory once, then stay."""
    made = _recovering(rng, "out of memory once", (crashes.starved(rng),))
    return Case(made.behaviour, made.restart, made.boots, made.expected, made.health, extra=_LITTLE_MEMORY)


def _recovering(rng: random.Random, name: str, ends: tuple[Crash, ...]) -> Case:
    restart = rng.choice((*PERSISTENT, "on-failure:1"))
    lives = tuple(f"sleep {rng.uniform(0, 0.5):.2f}; {crash.end}" for crash in ends)
    stays = f"sleep {rng.uniform(0, 0.5):.2f}; {READY}; {STAY}"
    granted = crashes.granted_exits(ends[0], restart)
    if granted <= len(ends):
        because = f"`restart: {restart}` gives up after exit {granted}"
        expected = Expected(Verdict.FAILED, because, exits=int(granted))
    else:
        expected = crashes.recovered(len(ends))
    return Case(name, restart, ((*lives, stays),), (expected,), _any_health(rng))


def give_up_early(rng: random.Random) -> Case:
    """Crash as often as `on-failure:n` bears, or once more."""
    limit = rng.randint(1, 3)
    number = limit + rng.randint(0, 1)
    ends = (crashes.refused(rng),) * number
    lives = tuple(crash.end for crash in ends)
    gives_up = f"`restart: on-failure:{limit}` gives up after exit {number}"
    lost = Expected(Verdict.FAILED, gives_up, exits=number)
    expected = crashes.recovered(number) if number <= limit else lost
    boots = ((*lives, f"{READY}; {STAY}"),)
    return Case("on-failure:n at its limit", f"on-failure:{limit}", boots, (expected,), _any_health(rng))


def crash_at_first_boot_only(rng: random.Random) -> Case:
    """Crash once on the empty volume, stay ever after: no crash at the warm boot."""
    crash = rng.choice(_PASSING)(rng)
    stays = f"{READY}; {STAY}"
    expected = (crashes.recovered(1), Expected(Verdict.READY, "the warm boot does not crash"))
    boots = ((crash.end, stays), (stays,))
    return Case("crash at the first boot only", rng.choice(PERSISTENT), boots, expected, _any_health(rng))


def crash_at_second_boot(rng: random.Random) -> Case:
    """Boot well on the empty volume, and crash on the one that is not: what this product is for."""
    crash = rng.choice((crashes.fatal, crashes.fatal, crashes.bug))(rng)
    restart = rng.choice(POLICIES)
    expected = (Expected(Verdict.READY, "the cold boot is fine"), crashes.for_ever(crash, restart))
    boots = ((f"{READY}; {STAY}",), (f"sleep 0.2; {crash.end}",))
    return Case("crash from the second boot on", restart, boots, expected, _any_health(rng))


def leave(rng: random.Random) -> Case:
    """Exit with code 0 where something says that it should stay."""
    crash, restart = crashes.clean(rng), rng.choice(POLICIES)
    # Without a restart of clean exits and without a healthcheck nothing says so: that is a job.
    health = _any_health(rng) if restart in ("always", "unless-stopped") else _patient(rng)
    life = f"{crashes.say('done')}; sleep {rng.uniform(0, 1):.2f}; "
    return _looping("exit 0 when it should stay", crash, restart, health, life)


def fork_and_die(rng: random.Random) -> Case:
    """Start a child that serves, and leave it: the container ends with its first process."""
    crash = rng.choice((crashes.clean(rng), crashes.bug(rng)))
    restart = rng.choice(("always", "unless-stopped"))
    return _looping("fork and die", crash, restart, _any_health(rng), f"({READY}; sleep 600) & sleep 0.1; ")


_LITTLE_MEMORY: Mapping[str, str] = {"mem_limit": "32m"}


def run_out_of_memory(rng: random.Random) -> Case:
    """Be killed by the kernel at every start."""
    made = _looping("out of memory", crashes.starved(rng), rng.choice(POLICIES), _any_health(rng), "sleep 0.2; ")
    return Case(made.behaviour, made.restart, made.boots, made.expected, made.health, extra=_LITTLE_MEMORY)


def slow_loop(rng: random.Random) -> Case:
    """Crash after lives around ten seconds: the engine never slows such a loop down."""
    crash = crashes.bug(rng)
    ready = rng.choice((f"{READY}; ", ""))
    life = f"{ready}sleep {_around_ten(rng):.2f}; {crash.end}"
    restart = rng.choice(PERSISTENT)
    expected = crashes.for_ever(crash, restart, was_ready=True)
    return Case("lives around 10 s", restart, ((life,),), (expected,), _any_health(rng), stability=_SLOW_WINDOW)


def recover_after_ten_seconds(rng: random.Random) -> Case:
    """Crash once after a life of around ten seconds, then stay."""
    crash = crashes.refused(rng)
    lives = (f"sleep {_around_ten(rng):.2f}; {crash.end}", f"{READY}; {STAY}")
    restart, expected = rng.choice(PERSISTENT), crashes.recovered(1)
    return Case("one life around 10 s", restart, (lives,), (expected,), _any_health(rng), stability=_SLOW_WINDOW)


def _around_ten(rng: random.Random) -> float:
    return rng.choice((rng.uniform(9.0, 9.6), rng.uniform(10.2, 10.8)))


CRASHING: tuple[Make, ...] = (
    *(crash_at_once, crash_after_a_while, crash_when_ready, recover, recover_from_memory, give_up_early),
    *(crash_at_first_boot_only, crash_at_second_boot, leave, fork_and_die, run_out_of_memory),
)
SLOW: tuple[Make, ...] = (slow_loop, recover_after_ten_seconds)
