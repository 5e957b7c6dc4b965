"""Evidence in, cause out; the database is asked in test_containers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.diagnose.codes import CODES
from harness.diagnose.crash_log import FATAL_STATES
from harness.diagnose.evidence import Evidence
from harness.diagnose.explain import explain
from harness.diagnose.messages import RULES
from harness.diagnose.sqlstate import advice_for, code_of
from harness.engine.model import LogLine
from harness.errors import EngineTimeoutError
from harness.ladder.model import Ladder, Migration
from harness.outcome import Verdict

TEXT = "INSERT INTO t (a) VALUES (1);\nINSERT INTO t (a, b) VALUES (1, 'x');\n"
LADDER = Ladder(Path(), "plain", (Migration("01_a.sql", Path("db/01_a.sql"), TEXT),))
NULL = '01_a.sql: pq: null value in column "b" of relation "t" violates not-null constraint'


def crash(*lines: str, verdict: Verdict = Verdict.CRASHLOOP, code: int = 1) -> Evidence:
    """Return what a crashed server leaves behind."""
    return Evidence("server", verdict, "exit code 1, twice for the same reason", code, lines=lines)


REFUSED = "the engine could not start it"

OTHERS = [
    ("no memory", Evidence("s", Verdict.FAILED, "killed", 137, oom_killed=True, lines=["pq: x"]), "BOOT203"),
    ("unknown loop", crash("panic: oh no"), "BOOT201"),
    ("exit 0", crash("bye", verdict=Verdict.FAILED, code=0), "BOOT202"),
    ("exit 127", crash("sh: servr: not found", code=127), "BOOT401"),
    ("exec format", crash("exec /server: exec format error"), "BOOT406"),
    ("dirty", crash("error: Dirty database version 43. Fix and force version."), "BOOT106"),
    ("refused for good", crash("dial tcp 10.0.0.2:5432: connect: connection refused"), "BOOT403"),
    ("wrong password", crash('FATAL: password authentication failed for user "app" (SQLSTATE 28P01)'), "BOOT404"),
    ("race", crash('pq: duplicate key value violates unique constraint "pg_type_typname_nsp_index"'), "BOOT108"),
    ("deadlock", crash("pq: deadlock detected"), "BOOT108"),
    ("port in the container", crash("listen tcp :8080: bind: address already in use"), "BOOT402"),
    ("disk full", crash("write /data/x: no space left on device"), "BOOT405"),
    ("unhealthy", Evidence("s", Verdict.UNHEALTHY, "3 retries", probe_output="a\nno\n"), "BOOT301"),
    ("too late", Evidence("s", Verdict.TIMEOUT, "still waits for health", lines=["warming up"]), "BOOT302"),
    ("waits for ever", Evidence("s", Verdict.TIMEOUT, "x", lines=["connect: connection refused"]), "BOOT403"),
    ("recovered", Evidence("s", Verdict.TIMEOUT, "x", lines=["connection refused", *"123456"]), "BOOT302"),
    ("port taken", Evidence("s", Verdict.FAILED, f"{REFUSED}: Bind failed: port is already allocated"), "BOOT402"),
    ("engine", Evidence("s", Verdict.FAILED, f"{REFUSED}: unknown runtime"), "BOOT901"),
]


@pytest.mark.parametrize(("evidence", "code"), [case[1:] for case in OTHERS], ids=[case[0] for case in OTHERS])
def test_what_is_no_migrations_has_its_code(evidence: Evidence, code: str) -> None:
    """Each kind of evidence leads to its code, with a message and something to do."""
    cause = explain(evidence, LADDER, None)
    assert cause.code == code
    assert cause.message
    assert cause.advice
    assert cause.line is None


def test_an_open_question_is_put_to_the_database() -> None:
    """Where two statements fit, the one that fails again is named, and the cause says that this was proved."""
    asked: list[str] = []

    def psql(script: str) -> str:
        asked.append(script)
        return "ERROR:  23502: null value\nbootsmoke-statement-1\n"

    cause = explain(crash(NULL), LADDER, psql)
    assert (cause.line, cause.confidence, cause.object, len(asked)) == (1, "proved", "t.b", 1)


def test_without_an_answer_the_cause_is_a_guess() -> None:
    """When the database gives another answer, or none, the file stands and the line is called guessed."""

    def broken(_: str) -> str:
        raise EngineTimeoutError("exec took longer than 60 s")

    for psql in (None, lambda _: "bootsmoke-statement-0\n", broken):
        cause = explain(crash(NULL), LADDER, psql)
        assert (cause.code, cause.path, cause.confidence) == ("BOOT103", "db/01_a.sql", "guessed")
    assert any("could not be proved: exec took" in line for line in explain(crash(NULL), LADDER, broken).evidence)


def postgres(*texts: str) -> list[LogLine]:
    """Return Postgres's own log."""
    return [LogLine(0.0, f"x [7] {text}") for text in texts]


def test_another_clients_error_is_not_taken_for_the_servers() -> None:
    """Of Postgres's errors the one with the server's own words counts, whatever stands after it."""
    log = postgres(
        'ERROR:  null value in column "b" of relation "t" violates not-null constraint',
        "STATEMENT:  INSERT INTO t (a) VALUES (1)",
        'ERROR:  null value in column "z" of relation "other" violates not-null constraint',
        "STATEMENT:  INSERT INTO t (a, b) VALUES (1, 'x')",
    )
    cause = explain(replace(crash(NULL), postgres=log), LADDER, None)
    assert (cause.line, cause.object, cause.confidence) == (1, "t.b", "matched")


def test_a_silent_server_is_explained_by_postgres() -> None:
    """A server that says nothing of Postgres is explained by the ladder's own failure in Postgres's log."""
    log = postgres(
        'ERROR:  relation "schema_migrations" does not exist at character 15',
        "STATEMENT:  SELECT * FROM schema_migrations",
        "FATAL:  terminating something else",
        'ERROR:  syntax error at or near "x" at character 1',
        "STATEMENT:  INSERT INTO t (a, b) VALUES (1, 'x')",
        'ERROR:  relation "schema_migrations" does not exist at character 15',
        "STATEMENT:  SELECT * FROM schema_migrations",
    )
    cause = explain(replace(crash("boot failed"), postgres=log), LADDER, None)
    assert (cause.sqlstate, cause.line) == ("42601", 2)


def test_a_server_that_logs_json_is_read_whole() -> None:
    """The file that one key names and the message under another belong together."""
    message = NULL.partition("pq: ")[2].replace('"', '\\"')
    told = f'"message":"{message}","detail":"row contains (1, x)"'
    line = f'{{"level":"fatal","file":"01_a.sql","error":{{{told}}}}}'
    cause = explain(crash('{"level":"info","msg":"start"}', line), LADDER, None)
    assert (cause.code, cause.path, cause.line) == ("BOOT103", "db/01_a.sql", 2)


def test_without_a_ladder_the_named_file_is_told() -> None:
    """The log's own words are passed on when there is nothing to look them up in."""
    cause = explain(crash("migrate: V43__scope.sql: " + NULL.partition(": ")[2]), None, None)
    assert (cause.code, cause.path, cause.line, cause.sqlstate) == ("BOOT103", "V43__scope.sql", None, "23502")


@pytest.mark.parametrize(("ladder", "path"), [(LADDER, "db/01_a.sql"), (None, "01_a.sql")])
def test_a_race_is_placed_in_the_migration_that_met_it(ladder: Ladder | None, path: str) -> None:
    """The file alone: no statement is wrong."""
    said = 'duplicate key value violates unique constraint "pg_type_typname_nsp_index" (SQLSTATE 23505)'
    cause = explain(crash(f"migration 01_a.sql failed: {said}"), ladder, None)
    assert (cause.code, cause.path, cause.line, cause.sqlstate) == ("BOOT108", path, None, "23505")


def test_a_ladder_that_cannot_be_read_is_said() -> None:
    """A quote without an end is named as the place to look, beside what Postgres said."""
    broken = Ladder(Path(), "plain", (Migration("01_a.sql", Path("01_a.sql"), "select 1;\nselect 'x"),))
    cause = explain(crash('01_a.sql: pq: syntax error at or near "x"'), broken, None)
    assert (cause.code, cause.path) == ("BOOT109", "01_a.sql")
    assert any("01_a.sql:2:8" in line for line in cause.evidence)


def test_every_state_has_a_code_and_advice() -> None:
    """Each SQLSTATE that is recognised leads to a code of the table and to one sentence of advice."""
    for rule in RULES:
        assert code_of(rule.sqlstate).code in CODES
        assert advice_for(rule.sqlstate, rule.kind).endswith(".")
    assert all(code_of(state).code.startswith("BOOT10") for state in FATAL_STATES)


def test_every_code_says_what_to_do() -> None:
    """Titles are short, meanings and advice are sentences."""
    for code in CODES.values():
        assert len(code.title) < 60
        assert code.meaning.endswith(".")
        assert code.advice.endswith(".")
