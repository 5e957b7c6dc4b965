"""Which of several signs of a failure that is no migration's counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.diagnose.evidence import Evidence
from harness.diagnose.explain import explain
from harness.diagnose.model import Cause
from harness.outcome import Verdict

REFUSED = "dial tcp 172.18.0.2:5432: connect: connection refused"
DIED = Evidence("app", Verdict.FAILED, "exited with code 1, and nothing restarts it", 1)
UNHEALTHY = Evidence("app", Verdict.UNHEALTHY, "the healthcheck gave up", gave_up_after=3.04)
KILLED = replace(DIED, exit_code=137, reason="exited with code 137")


def cause(evidence: Evidence, *lines: str) -> Cause:
    """Explain a failure with this log."""
    return explain(replace(evidence, lines=lines), None, None)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((REFUSED, "connected", "KeyError: 'SESSION_SECRET'"), "BOOT412"),
        (("KeyError: 'SESSION_SECRET'", "retrying", REFUSED), "BOOT403"),
        (("WARN open /app/.env: no such file or directory", *"12345678", "panic: no"), "BOOT202"),
        (("WARN open /app/.env: no such file or directory", "panic: no"), "BOOT202"),
        (("open /data/x: permission denied", "goodbye"), "BOOT413"),
        (("open /data/x: permission denied", *"123456789", "panic: no"), "BOOT202"),
        (("ERROR: permission denied for table users (SQLSTATE 42501)",), "BOOT109"),
        (("fatal error: out of memory", *(f"goroutine {n} [running]:" for n in range(40))), "BOOT204"),
    ],
)
def test_the_last_word_counts(lines: tuple[str, ...], code: str) -> None:
    """What comes after a refused connection tops it; what was only reported, or lies far above, is no cause."""
    assert cause(DIED, *lines).code == code


@pytest.mark.parametrize(
    ("evidence", "code", "confidence"),
    [
        (KILLED, "BOOT205", "guessed"),
        (replace(KILLED, memory_limit=2**25), "BOOT203", "guessed"),
        (replace(KILLED, memory_limit=2**25, oom_killed=True), "BOOT203", "matched"),
        (replace(DIED, exit_code=143), "BOOT205", "guessed"),
        (replace(DIED, exit_code=126), "BOOT401", "matched"),
    ],
)
def test_an_exit_code_speaks_for_a_silent_log(evidence: Evidence, code: str, confidence: str) -> None:
    """A kill under a memory limit is taken for want of memory, and called a guess unless the engine says so."""
    found = cause(evidence)
    assert (found.code, found.confidence) == (code, confidence)


def test_a_healthcheck_that_passes_late_was_impatient() -> None:
    """Whatever its last output and the log say: it needed time."""
    late = replace(UNHEALTHY, passed_after=3.11, probe_output="HTTP Error 404")
    found = cause(late, REFUSED)
    assert (found.code, found.message) == ("BOOT305", "ready at 3.1 s, gave up at 3.0 s")


def test_a_probe_that_cannot_run_says_more_than_the_log() -> None:
    """A missing command comes first; else what a server that lives on still says."""
    assert cause(replace(UNHEALTHY, probe_output="/bin/sh: 1: curl: not found"), REFUSED).code == "BOOT303"
    assert cause(replace(UNHEALTHY, probe_output="HTTP Error 404"), REFUSED).code == "BOOT403"
    assert cause(replace(UNHEALTHY, probe_output="HTTP Error 404"), "listening").code == "BOOT304"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (REFUSED, "BOOT415"),
        ("connect ECONNREFUSED 127.0.0.1:5432", "BOOT403"),
        ("FATAL: the database system is starting up (SQLSTATE 57P03)", "BOOT415"),
        ("getaddrinfo ENOTFOUND db", "BOOT415"),
        ("getaddrinfo ENOTFOUND dp", "BOOT407"),
        ('FATAL: database "shop" does not exist (SQLSTATE 3D000)', "BOOT409"),
    ],
)
def test_a_database_that_is_not_waited_for(line: str, code: str) -> None:
    """Only where waiting would have helped: no wait mends a wrong address, a wrong name or a missing database."""
    assert cause(replace(DIED, unawaited="db"), line).code == code
