"""Ways in which a life ends, and what an expert makes of one that comes again and again.

The expert's rules, which the product promises too:

- What the log shows to be in the files, before the service was ever ready, is known at the first exit.
- The same reason twice is a loop. So is the same deadly signal twice, with or without a word.
- A reason that may pass (no connection yet), or none at all, is borne three times, and not a fourth time.
- Where the restart policy gives up, nothing more is waited for.

What comes back after it has crashed twice for the same reason of its own cannot be told from a loop at the second
crash: no such case is made. Nor is one that recovers after more than three crashes.
"""

from __future__ import annotations

import random
import shlex
from dataclasses import dataclass

from harness.outcome import Verdict
from tests.behaviours.case import HEALTHY, Expected

BUDGET = 3
"""Crashes that are borne, where each may have been the last."""
POLICIES = ("no", "on-failure", "on-failure:1", "on-failure:2", "on-failure:5", "always", "unless-stopped")
PERSISTENT = ("on-failure", "on-failure:5", "always", "unless-stopped")
"""Policies that bring a crashed service back more often than the budget bears."""

STAY = "trap 'exit 0' TERM; sleep 600 & wait"
READY = f"touch {HEALTHY}"

_FATAL = (
    'ERROR: relation "users" already exists (SQLSTATE 42P07)',
    'panic: pq: column "email" of relation "users" already exists',
    'psycopg.errors.DuplicateTable: relation "orders" already exists',
    '2026/01/02 03:04:05 migration failed: type "mood" already exists in line 0: CREATE TYPE mood',
    'Caused by: org.postgresql.util.PSQLException: ERROR: constraint "fk" for relation "a" already exists',
    '{"level":"error","error":"duplicate key value violates unique constraint \\"users_pkey\\""}',
    "error: Dirty database version 7. Fix and force version.",
    "ModuleNotFoundError: No module named 'app.main'",
    "Error: Cannot find module '/app/dist/server.js'",
)
_TRANSIENT = (
    "dial tcp 172.18.0.2:5432: connect: connection refused",
    "psycopg.OperationalError: connection failed: FATAL:  the database system is starting up",
    "Error: connect ECONNREFUSED 172.18.0.2:5432",
    'could not translate host name "db" to address: Name or service not known',
    "failed to connect to `host=db`: server error (FATAL: sorry, too many clients already (SQLSTATE 53300))",
)
_BUGS = (
    "panic: runtime error: index out of range [3] with length 2",
    "KeyError: 'DATABASE_URL'",
    "TypeError: Cannot read properties of undefined (reading 'port')",
    "thread 'main' panicked at src/main.rs:10:5: no such key",
    "fatal: config.yml: invalid port",
    "bind: permission denied",
)
_SIGNALS = (6, 9, 11)


@dataclass(frozen=True, slots=True)
class Crash:
    """One way to end: a piece of shell, and what can be made of it."""

    what: str
    end: str
    exit_code: int
    is_fatal: bool = False
    repeats: bool = False
    """A second one proves that there will be a third."""


def fatal(rng: random.Random) -> Crash:
    """End with a message whose cause lies in the files."""
    return Crash("fatal", _say_and_exit(rng, rng.choice(_FATAL), 1), 1, is_fatal=True, repeats=True)


def bug(rng: random.Random) -> Crash:
    """End with a message of the server's own, with stamps that differ from life to life."""
    code = rng.choice((1, 2, 70))
    return Crash("bug", _say_and_exit(rng, rng.choice(_BUGS), code), code, repeats=True)


def refused(rng: random.Random) -> Crash:
    """End because something else is not there yet."""
    return Crash("refused", _say_and_exit(rng, rng.choice(_TRANSIENT), 1), 1)


def silent(rng: random.Random) -> Crash:
    """End with a code and not a word."""
    code = rng.choice((1, 3, 255))
    return Crash("silent", f"exit {code}", code)


def clean(_: random.Random) -> Crash:
    """End with code 0, as if all were done."""
    return Crash("exit 0", "exit 0", 0, repeats=True)


def signalled(rng: random.Random) -> Crash:
    """End as a shell does whose program was killed by a signal."""
    signal = rng.choice(_SIGNALS)
    return Crash(f"signal {signal}", f"sh -c 'kill -{signal} $$'; exit $?", 128 + signal, repeats=True)


def starved(_: random.Random) -> Crash:
    """End by taking more memory than there is: the kernel kills the first process itself."""
    return Crash("out of memory", "exec dd if=/dev/zero of=/dev/null bs=300M count=1", 137, repeats=True)


def distinct_bugs(rng: random.Random, number: int) -> tuple[Crash, ...]:
    """Give so many ends of reasons of their own."""
    return tuple(Crash("bug", f"{say(text)}; exit 1", 1, repeats=True) for text in rng.sample(_BUGS, number))


def for_ever(crash: Crash, restart: str, *, was_ready: bool = False) -> Expected:
    """Say what a service comes to that always ends so; `was_ready` when each of its lives is ready for a while."""
    if crash.is_fatal and not was_ready:
        return Expected(Verdict.FAILED, "the next start meets the same cause", exits=1, is_fatal=True)
    granted, proven = granted_exits(crash, restart), 2 if crash.repeats else BUDGET + 1
    if granted <= proven:
        return Expected(Verdict.FAILED, f"`restart: {restart}` gives up after exit {granted}", exits=int(granted))
    why = "the same reason twice" if proven == 2 else f"more than {BUDGET} crashes"
    return Expected(Verdict.CRASHLOOP, why, exits=proven)


def granted_exits(crash: Crash, restart: str) -> float:
    """Return at which exit the restart policy gives up; infinity when never."""
    name, _, limit = restart.partition(":")
    if name == "no" or (name == "on-failure" and crash.exit_code == 0):
        return 1
    return int(limit) + 1 if limit else float("inf")


def recovered(crashes: int) -> Expected:
    """Say what a service comes to that stays after so many crashes."""
    return Expected(Verdict.READY, f"it stays after {crashes} that a boot has to bear")


def say(text: str) -> str:
    """Return what prints one line."""
    return f"printf '%s\\n' {shlex.quote(text)}"


def _say_and_exit(rng: random.Random, text: str, code: int) -> str:
    """Print the message bare, behind a stamp that differs, under a banner, or above a stack; then exit."""
    plain = say(text)
    shape = rng.choice(
        (
            plain,
            f"printf '%s %s\\n' \"$(date +%Y-%m-%dT%H:%M:%S)\" {shlex.quote(text)}",
            f"{say('server 1.2.3 starting')}; {plain} >&2",
            f"printf '%s' {shlex.quote(text)}",
        )
    )
    return f"{shape}; exit {code}"
