"""Behaviours that show in the log: floods, endless lines, torn characters, and messages that look deadly."""

from __future__ import annotations

import random
from dataclasses import replace

from harness.outcome import Verdict
from tests.behaviours import crashes
from tests.behaviours.case import Case, Expected, Health
from tests.behaviours.crashes import PERSISTENT, POLICIES, READY, STAY, say
from tests.behaviours.crashing import Make

_WINDOW = 5.0
"""A flood takes its time, and more of it on a busy disk."""
_CHECK = Health(interval=0.5, retries=20, start_period=20)

_LINE = "2026-01-02 level=info request served in 3 ms path=/api/v1/things status=200 bytes=12345"
_REPORTS = (
    'NOTICE:  relation "users" already exists, skipping',
    'level=warn msg="duplicate key value violates unique constraint \\"jobs_key\\"" retry=true',
    '{"level":"info","msg":"relation \\"users\\" already exists"}',
    "DEBUG: type mood already exists in line 0",
)


def _flood(megabytes: float) -> str:
    return f"yes '{_LINE}' | head -c {int(megabytes * 1e6)}"


def _stays(rng: random.Random, name: str, noise: str, because: str) -> Case:
    life = f"{noise}; {READY}; {STAY}"
    health = _health(rng)
    expected = Expected(Verdict.READY, because)
    return Case(name, rng.choice(POLICIES), ((life,),), (expected,), health, stability=_WINDOW)


def _crashes(rng: random.Random, name: str, noise: str) -> Case:
    crash, restart = rng.choice((crashes.fatal, crashes.bug, crashes.bug))(rng), rng.choice(POLICIES)
    health = _health(rng)
    expected = crashes.for_ever(crash, restart)
    return Case(name, restart, ((f"{noise}; {crash.end}",),), (expected,), health, stability=_WINDOW)


def flood_and_stay(rng: random.Random) -> Case:
    """Flood the log, before it is ready or all the time, and stay."""
    if rng.choice((True, False)):
        return _stays(rng, "log flood, stays", _flood(rng.uniform(3, 12)), "a loud server is no dead one")
    life = f"{READY}; while :; do {_flood(1)}; sleep 0.2; done"
    case = _stays(rng, "log flood, stays", ":", "a loud server is no dead one")
    return replace(case, boots=((life,),))


def flood_and_crash(rng: random.Random) -> Case:
    """Flood the log, say why after a moment in which the engine has written the flood down, and die."""
    return _crashes(rng, "log flood, crashes", _flood(rng.uniform(2, 8)) + "; echo; sleep 0.5")


def long_lines_and_stay(rng: random.Random) -> Case:
    """Print a line of a megabyte, and characters that are torn or none at all, and stay."""
    return _stays(rng, "odd bytes, stays", _odd(rng), "what it prints is its own affair")


def long_lines_and_crash(rng: random.Random) -> Case:
    """Print a line of a megabyte, and characters that are torn or none at all, say why, and die."""
    return _crashes(rng, "odd bytes, crashes", _odd(rng) + "; echo")


def _odd(rng: random.Random) -> str:
    megabyte = "head -c 1000000 /dev/zero | tr '\\0' x; echo"
    torn = "printf '\\342\\202'; sleep 0.1; printf '\\254 and \\377\\376\\n'"
    escapes = "printf '\\033[31m\\033]0;title\\007\\r\\b red\\n'; printf 'a\\000b\\n'"
    return "; ".join(rng.sample((megabyte, torn, escapes), rng.randint(1, 3)))


def report_and_stay(rng: random.Random) -> Case:
    """Log what looks deadly and is only told of, and stay."""
    text = say(rng.choice(_REPORTS))
    return replace(_stays(rng, "report, stays", text, "a guard that fired is no failure"), stability=2.5)


def report_and_recover(rng: random.Random) -> Case:
    """Log a deadly message that was handled, die of a refused connection, and stay at the next start.

    The pause keeps the two in order: the engine logs stdout and stderr each by itself.
    """
    handled = say('ERROR: relation "users" already exists (SQLSTATE 42P07)') + "; sleep 0.3"
    lives = (f"{handled}; {crashes.refused(rng).end}", f"{READY}; {STAY}")
    health = _health(rng)
    return Case("report, recovers", rng.choice(PERSISTENT), (lives,), (crashes.recovered(1),), health)


def fatal_signature(rng: random.Random) -> Case:
    """Say what no further start can change, under a banner and above a stack, and die."""
    crash, restart = crashes.fatal(rng), rng.choice(POLICIES)
    noise = f"i=0; while [ $i -lt {rng.randint(0, 300)} ]; do echo applying $i; i=$((i+1)); done"
    lives = (f"{noise}; {crash.end}",)
    return Case("fatal signature", restart, (lives,), (crashes.for_ever(crash, restart),), _health(rng))


def _health(rng: random.Random) -> Health | None:
    return rng.choice((None, _CHECK))


LOUD: tuple[Make, ...] = (
    *(flood_and_stay, flood_and_crash, long_lines_and_stay, long_lines_and_crash),
    *(report_and_stay, report_and_recover, fatal_signature),
)
