"""What a journal tells, as values."""

from __future__ import annotations

from harness.journal import Record
from harness.outcome import Outcome, Verdict
from harness.report.model import Life, Run, Scenario
from harness.report.reading import read_run
from tests.report.journals import Tape, broken_check, failed_result, good_check, result

ABOUT = {"scenario": "check", "service": "server", "number": 1}


def only(run: Run) -> Scenario:
    """Return the one scenario of a run."""
    (scenario,) = run.scenarios
    return scenario


def lives(tape: Tape) -> list[tuple[float, float | None, int | None]]:
    """Return begin, end and exit code of all lives of the server."""
    rows = {row.label: row for row in only(read_run(tape.records)).rows}
    return [(life.began, life.ended, life.exit_code) for life in rows["server"].lives]


def begun() -> Tape:
    """Return the journal of a check whose server has just been started."""
    tape = Tape("check")
    tape.begin("check")
    tape.boot("check", 1, "cold", 0.2, ["server"])
    tape.starts("check", "server", 0.3)
    return tape


def test_a_run_has_its_facts() -> None:
    """Who, where, with what, when, and how it ended."""
    run = read_run(good_check())
    assert (run.id, run.folder, run.outcome, run.seconds) == ("R1", "/work/app/.bootsmoke/R1", Outcome.PASSED, 13.0)
    assert (run.engine["version"], run.compose, run.at) == ("29.0", "2.40.3", 1_000_000.0)
    scenario = only(run)
    assert (scenario.name, scenario.outcome, scenario.services) == ("check", Outcome.PASSED, ("postgres", "server"))


def test_boots_and_their_results() -> None:
    """Each boot has its time on the run's axis, and a result for each service."""
    cold, warm = only(read_run(good_check())).boots
    assert (cold.kind, cold.began, cold.ended, cold.verdict) == ("cold", 0.1, 1.62, Verdict.READY)
    assert [(one.label, one.verdict) for one in cold.results] == [("postgres", "ready"), ("server", "ready")]
    assert warm.services == ("server",)


def test_each_container_of_a_service_has_its_lives() -> None:
    """A warm boot recreates the server: two containers, one life each, in one row."""
    row = only(read_run(good_check())).rows[1]
    first, second = row.containers
    assert (row.label, first.removed, second.removed) == ("server", 2.1, None)
    assert first.lives == (Life(1, 1.31, ended=2.1, stopping=1.85, ready=1.62),)
    assert second.lives == (Life(1, 2.3, ready=2.7, stable=12.7),)


def test_the_failure_that_is_blamed() -> None:
    """With its cause as it was found, and how soon."""
    blamed = only(read_run(broken_check())).blamed
    assert blamed is not None
    assert blamed.cause is not None
    assert (blamed.service, blamed.cause.sqlstate, blamed.latency_ms) == ("server", "42710", 212.4)


def test_a_fix_that_is_proved_later_is_the_cause_s() -> None:
    """It is looked for when all is removed: the record goes into the boot's result, and into its document."""
    fix = {"scenario": "check", "boot": 1, "service": "server", "number": 1, "path": "db/43.sql", "diff": "--- a\n"}
    records = broken_check()
    last = records[-1]
    told = read_run([*records[:-1], Record("fix.proved", last.at, last.elapsed, fix), last])
    blamed = only(told).blamed
    assert blamed is not None
    assert blamed.cause is not None
    assert blamed.cause.fix == blamed.document["cause"]["fix"] == "--- a\n"
    other = read_run([*records[:-1], Record("fix.proved", last.at, last.elapsed, fix | {"boot": 2}), last])
    assert other == read_run(records)


def test_an_expected_failure_is_not_blamed() -> None:
    """It stands among the expected ones."""
    scenario = only(read_run(broken_check("passed")))
    assert scenario.blamed is None
    assert [one.service for one in scenario.expected_failures] == ["server"]


def test_a_crashloop_has_a_life_for_each_crash() -> None:
    """With the exit code, and what it said."""
    tape = begun()
    tape.crash("check", "server", 0.9, said="boom")
    tape.add(1.2, "life.started", **ABOUT, started=0.0, ago=0.1)
    tape.crash("check", "server", 2.0, said="boom")
    assert lives(tape) == [(0.4, 0.9, 1), (1.1, 2.0, 1)]
    (row,) = only(read_run(tape.records)).rows
    assert [(life.crashed, life.said) for life in row.lives] == [(True, "boom"), (True, "boom")]


def test_probes_belong_to_their_life() -> None:
    """Those that failed, and those that passed."""
    tape = begun()
    tape.add(0.6, "probe.failed", **ABOUT, probe="health", output="refused")
    tape.add(0.9, "probe.passed", **ABOUT, probes=["health"])
    (row,) = only(read_run(tape.records)).rows
    assert [(probe.name, probe.passed, probe.at) for probe in row.lives[0].probes] == [
        ("health", False, 0.6),
        ("health", True, 0.9),
    ]


def test_what_the_harness_stops_has_not_crashed() -> None:
    """Also where the event of its exit comes after the next start."""
    tape = begun()
    tape.add(2.0, "container.operated", **ABOUT, running=False)
    late = {"code": 0, "finished": 0.0, "oom": False, "said": "", "ago": 0.4}
    tape.add(2.3, "life.exited", **ABOUT, **late)
    tape.add(2.5, "life.started", **ABOUT, started=0.0, ago=0.0)
    assert lives(tape) == [(0.4, 2.0, None), (2.5, None, None)]


def test_an_exit_of_a_life_that_nobody_saw_begin() -> None:
    """Is a life, as short as what is known of it."""
    tape = begun()
    tape.crash("check", "server", 0.9)
    tape.crash("check", "server", 5.0)
    assert lives(tape) == [(0.4, 0.9, 1), (5.0, 5.0, 1)]


def test_migrations_belong_to_the_life_in_which_the_log_names_them() -> None:
    """By their time, each once: a container's log holds all of its lives, and may name a file twice."""
    tape = begun()
    tape.crash("check", "server", 0.9)
    tape.add(1.1, "life.started", **ABOUT, started=0.0, ago=0.0)
    told = [{"name": "001_a.sql", "ago": 1.4}, {"name": "001_a.sql", "ago": 0.5}, {"name": "002_b.sql", "ago": 0.4}]
    told += [{"name": "002_b.sql", "ago": 0.3}]
    tape.add(2.0, "container.migrations", **ABOUT, migrations=told)
    (row,) = only(read_run(tape.records)).rows
    assert [[one.name for one in life.migrations] for life in row.lives] == [
        ["001_a.sql"],
        ["001_a.sql", "002_b.sql"],
    ]


def test_a_log_belongs_to_the_life_that_ended_with_it() -> None:
    """Of a crashloop the first and the last one are kept."""
    tape = begun()
    tape.crash("check", "server", 0.9)
    tape.add(1.1, "life.started", **ABOUT, started=0.0, ago=0.0)
    tape.crash("check", "server", 1.9)
    for life, ended_ago in ((1, 1.11), (2, 0.11)):
        log = {"lines": [["stderr", f"life {life}"]], "omitted": 3, "head": 40}
        tape.add(2.0, "life.log", **ABOUT, life=life, of=2, began_ago=1.0, ended_ago=ended_ago, **log)
    (row,) = only(read_run(tape.records)).rows
    assert [life.log.lines for life in row.lives if life.log] == [(("stderr", "life 1"),), (("stderr", "life 2"),)]


def test_steps_follow_each_other() -> None:
    """Each ends where the next one begins, the last with the scenario."""
    steps = only(read_run(good_check())).steps
    assert [(step.text, step.began, step.ended) for step in steps] == [
        ("cold boot", 0.1, 1.8),
        ("warm boot", 1.8, 2.7),
        ("unchanged since cold", 2.7, 13.0),
    ]


def test_a_later_word_on_a_boot_replaces_the_earlier() -> None:
    """A service that was ready and failed afterwards has one result."""
    tape = begun()
    tape.booted("check", 1, "cold", 1.0, result("server"))
    tape.booted("check", 1, "cold", 2.0, failed_result())
    assert [one.verdict for one in only(read_run(tape.records)).results] == ["failed"]


def test_a_journal_that_breaks_off_is_no_pass() -> None:
    """What began is inconclusive, what did not is skipped, and so is nothing at all."""
    run = read_run(Tape("check", "never").records + begun().records[1:])
    assert [one.outcome for one in run.scenarios] == [Outcome.INCONCLUSIVE, Outcome.SKIPPED]
    assert run.outcome is read_run([]).outcome is Outcome.INCONCLUSIVE


def test_any_beginning_of_a_journal_can_be_read() -> None:
    """A run may be killed after every record."""
    records = [*broken_check(), *good_check()]
    for number in range(len(records)):
        assert isinstance(read_run(records[:number]), Run)


def test_unknown_records_say_nothing() -> None:
    """Journals of later versions can be read."""
    more = [Record("weather", 0.0, 0.05, {}), Record("weather", 0.0, 0.5, ABOUT)]
    assert only(read_run(good_check() + more)) == only(read_run(good_check()))
