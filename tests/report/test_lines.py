from __future__ import annotations

from harness.journal import Record
from harness.report.lines import Lines
from tests.report.journals import SAID, Tape, broken_check, good_check

EXPECTED = "server failed as expected: 000043_actor_role_scope.up.sql:31 42710, known 212 ms after the crash"


def told(records: list[Record]) -> list[str]:
    """Return the lines that a listener writes."""
    lines: list[str] = []
    listener = Lines(lines.append)
    for record in records:
        listener(record)
    return lines


def test_good_check() -> None:
    """A boot that is fine takes a handful of lines, each with its time and who it is about."""
    assert told(good_check()) == [
        "   0.02s  bootsmoke  run R1: engine 29.0 at unix:///d.sock, Compose 2.40.3",
        "   0.10s  check      cold boot of postgres, server",
        "   0.30s  postgres   starts; has 63 s to become ready",
        "   1.20s  postgres   ready (0.80 s after start)",
        "   1.21s  server     starts; has 63 s to become ready",
        "   1.62s  server     ready (0.31 s after start)",
        "   1.62s  check      cold boot ready in 1.50 s",
        "   1.80s  check      warm boot of server",
        "   2.10s  server     stopped and removed for the warm boot (0.25 s)",
        "   2.20s  server     starts; has 63 s to become ready",
        "   2.70s  server     ready (0.40 s after start)",
        "   2.70s  check      warm boot ready in 1.50 s",
        "   2.80s  check      nothing has changed since cold",
        "  12.70s  server     stable: 10 s without an exit",
        "  13.00s  check      passed in 12.9 s",
    ]


def test_failure() -> None:
    """A crash is told with what the service said; the verdict does not say it again."""
    assert told(broken_check())[3:] == [
        f"   0.80s  server     exited with code 1: {SAID}",
        "   0.80s  server     failed: exited with code 1",
        "   1.10s  check      warm boot over after 1.50 s: server failed",
        "   2.10s  check      failed in 2.0 s",
    ]


def test_expected_failure() -> None:
    """A failure that was expected is told as such before the pass."""
    assert told(broken_check("passed"))[-2:] == [
        f"   2.10s  check      {EXPECTED}",
        "   2.10s  check      passed in 2.0 s",
    ]


def test_recovery() -> None:
    """A service that crashed and recovered is ready with a warning."""
    tape = Tape("check")
    tape.begin("check")
    tape.starts("check", "server", 0.3)
    tape.crash("check", "server", 0.5, said="")
    about = {"scenario": "check", "service": "server", "number": 1}
    tape.add(0.7, "life.started", **about, started=1.0)
    tape.ready("check", "server", 0.9, exits=1)
    assert told(tape.records)[2:] == [
        "   0.50s  server     exited with code 1",
        "   0.90s  server     ready (0.20 s after start); warning: it crashed once before",
    ]


def test_job() -> None:
    """A one-shot job completes: its exit is no crash, and it is not called stable."""
    tape = Tape("check")
    tape.begin("check")
    about = {"scenario": "check", "service": "server", "number": 2}
    tape.starts("check", "server", 0.3, number=2)
    tape.add(0.5, "service.ready", **about, exits=1, completed=True)
    tape.add(0.5, "service.stable", **about, seconds=10.0)
    assert told(tape.records)[2:] == ["   0.50s  server 2   completed with code 0"]


def test_several_scenarios() -> None:
    """With several scenarios each line names its scenario and, in a column of its own, the service."""
    tape = Tape("cold-then-warm", "b")
    tape.begin("cold-then-warm", notes=["no migrations found"])
    tape.begin("b")
    tape.starts("b", "server", 0.3)
    tape.add(0.4, "cancelled", signal="SIGINT")
    assert told(tape.records)[1:] == [
        "   0.10s  cold-then-warm            note: no migrations found",
        "   0.30s  b               server    starts; has 63 s to become ready",
        "   0.40s  bootsmoke                 cancelled by SIGINT: cleaning up",
    ]


def test_one_line_each() -> None:
    """Whatever a log says stays one harmless line of bounded length."""
    tape = Tape("check")
    tape.begin("check")
    tape.starts("check", "server", 0.3)
    tape.crash("check", "server", 0.5, said="a\nb\x1b[2J" + "x" * 500)
    (line,) = told(tape.records)[2:]
    assert line.startswith("   0.50s  server     exited with code 1: a bxxx")
    assert line.endswith(" ...")
    assert len(line) < 230


def test_run_matters() -> None:
    """What concerns the run or the engine is told: sweeping, a lost engine, what stays."""
    tape = Tape("check")
    tape.begin("check")
    tape.add(0.2, "swept", run="R0", removed=2, left=["volume data: in use"])
    tape.add(0.3, "engine.lost", scenario="check")
    tape.add(0.4, "engine.reconnected", scenario="check")
    tape.add(0.5, "image.pull", scenario="check", service="server", image="x:1")
    tape.add(0.6, "warning", scenario="check", text="mind the gap")
    tape.add(0.7, "kept", scenario="check", project="p")
    tape.add(0.8, "plan", scenario="check", lines=["create network default"])
    assert [line[21:] for line in told(tape.records)[1:]] == [
        "removed 2 leftovers of dead run R0",
        "left behind by dead run R0: volume data: in use",
        "the engine's event stream broke off: connecting again",
        "the engine answers again",
        "pulling x:1",
        "warning: mind the gap",
        "containers stay: project p",
    ]


def test_ladder() -> None:
    """Where the migrations were found, and how they were recognised, stands before everything else."""
    tape = Tape("check")
    tape.begin("check", ladder="/app/m", style="goose: 1.sql has a `-- +goose Up`", notes=["mind the gap"])
    assert [line[21:] for line in told(tape.records)[1:]] == [
        "note: migrations in /app/m, goose: 1.sql has a `-- +goose Up`",
        "note: mind the gap",
    ]


def test_a_boot_that_is_not_waited_for() -> None:
    """Nothing is called ready that nobody has looked at."""
    tape = Tape("a")
    tape.begin("a")
    tape.boot("a", 1, "warm", 0.5, ["server"])
    tape.booted("a", 1, "warm", 2.0)
    assert told(tape.records)[-1].endswith("warm boot started in 1.50 s")
