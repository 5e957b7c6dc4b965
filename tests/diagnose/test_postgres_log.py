"""Postgres's own log; the first lines are what Postgres 16.14 wrote."""

from __future__ import annotations

import pytest

from harness.diagnose.postgres_log import Record, records
from harness.engine.model import LogLine

REAL = """\
2026-11-22 03:25:53.718 UTC [1] LOG:  database system is ready to accept connections
2026-11-22 03:25:56.545 UTC [67] ERROR:  column "b" of relation "t" already exists
2026-11-22 03:25:56.545 UTC [67] STATEMENT:  -- äö
\tcreate table if not exists t(a int not null primary key);
\t\tselect 1;
2026-11-22 03:25:56.650 UTC [74] ERROR:  new row for relation "t" violates check constraint "c"
2026-11-22 03:25:56.650 UTC [74] DETAIL:  Failing row contains (-1).
2026-11-22 03:25:56.650 UTC [74] STATEMENT:  insert into t values (-1);
2026-11-22 03:25:56.652 UTC [74] ERROR:  function foo() does not exist at character 8
2026-11-22 03:25:56.652 UTC [74] HINT:  No function matches the given name and argument types.
2026-11-22 03:25:56.652 UTC [74] QUERY:  SELECT foo()
2026-11-22 03:25:56.652 UTC [74] CONTEXT:  PL/pgSQL function inline_code_block line 2 at PERFORM
2026-11-22 03:25:56.652 UTC [74] STATEMENT:  do $$ begin
\t\t perform foo();
\tend $$;
2026-11-22 03:26:00.000 UTC [27] LOG:  checkpoint starting: time
"""


def read(text: str) -> list[Record]:
    """Read a log as the engine gives it."""
    return records(LogLine(float(number), line) for number, line in enumerate(text.splitlines()))


def test_a_real_log_gives_its_failures() -> None:
    """Each ERROR is one record with its fields, continued lines included, and what its text implies."""
    first, second, third = read(REAL)
    assert (first.at, first.sqlstate) == (1.0, "42701")
    assert first.statement == "-- äö\ncreate table if not exists t(a int not null primary key);\n\tselect 1;"
    assert (second.sqlstate, second.fields["DETAIL"]) == ("23514", "Failing row contains (-1).")
    assert (third.message, third.position, third.statement_position) == ("function foo() does not exist", 8, None)


def test_a_position_without_a_query_is_one_in_the_statement() -> None:
    """`at character N` counts in what the client sent, unless an inner query is named."""
    (record,) = read('x [1] ERROR:  syntax error at or near "x" at character 3\nx [1] STATEMENT:  a x\n')
    assert (record.message, record.statement_position) == ('syntax error at or near "x"', 3)


def test_the_sqlstate_is_read_from_the_prefix_and_the_verbose_form() -> None:
    """`%e` in log_line_prefix and log_error_verbosity=verbose give the SQLSTATE in any language."""
    prefix, verbose = read(
        '2026-01-01 [42710] 42P07 ERROR:  gibt es schon\n[9] FATAL:  3D000: database "x" does not exist\n'
    )
    assert (prefix.sqlstate, prefix.message) == ("42P07", "gibt es schon")
    assert (verbose.sqlstate, verbose.message) == ("3D000", 'database "x" does not exist')


def test_two_sessions_do_not_mix() -> None:
    """Lines of two processes that interleave go to their own records."""
    one, two = read("[1] ERROR:  a\n[2] ERROR:  b\n[1] STATEMENT:  sa\n\tsa2\n[2] STATEMENT:  sb\n")
    assert (one.statement, two.statement) == ("sa\nsa2", "sb")


def test_a_tail_that_begins_in_the_middle_is_read_all_the_same() -> None:
    """Lines whose record began before the tail are left out."""
    assert read("\tend $$;\n[1] STATEMENT:  x\nPostgreSQL init process complete\n\n[1] LOG:  x\n\ty\n") == []


@pytest.mark.parametrize(
    ("error", "statement"),
    [
        ("FEHLER", "ANWEISUNG"),
        ("ERREUR", "INSTRUCTION "),
        ("ERROR", "SENTENCIA"),
        ("ERROR", "文"),
        ("오류", "명령 구문"),
    ],
)
def test_the_words_of_other_languages_are_read(error: str, statement: str) -> None:
    """A server that translates its words yields the same records, with the SQLSTATE that its prefix prints."""
    (record,) = read(f"2026-01-01 00:00:00 UTC [1] 42P07 {error}:  Relation »t«\n[1] 42P07 {statement}:  x\n")
    assert (record.severity, record.sqlstate, record.statement) == ("ERROR", "42P07", "x")
