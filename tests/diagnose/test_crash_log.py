"""What the logs of dying servers say, in the words of the programs that write them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.diagnose.crash_log import CrashKind, classify, sqlstates

ROOT = Path(__file__).parents[2]

FATAL, TRANSIENT, UNKNOWN = CrashKind.FATAL, CrashKind.TRANSIENT, CrashKind.UNKNOWN

CHECK = 'constraint "actor_roles_scope_type_enum" for relation "actor_roles" already exists'
TWIN = 'duplicate key value violates unique constraint "pg_type_typname_nsp_index"'

CASES: list[tuple[str, CrashKind, str, str]] = [
    ("lib/pq", FATAL, "42710", f"2024/05/01 10:00:00 migrate 000043: pq: {CHECK}"),
    ("lib/pq with code", FATAL, "42710", f"pq: {CHECK} (42710)"),
    ("pgx", FATAL, "42710", f"failed: ERROR: {CHECK} (SQLSTATE 42710)"),
    (
        "golang-migrate",
        FATAL,
        "42P07",
        'error: migration failed: relation "users" already exists in line 0: CREATE',
    ),
    ("golang-migrate dirty", FATAL, "", "error: Dirty database version 43. Fix and force version."),
    (
        "slog JSON",
        FATAL,
        "42710",
        '{"level":"ERROR","msg":"boot","err":"ERROR: ' + CHECK.replace('"', '\\"') + '"}',
    ),
    ("psycopg", FATAL, "42P07", 'psycopg.errors.DuplicateTable: relation "users" already exists'),
    (
        "asyncpg",
        FATAL,
        "42701",
        'asyncpg.exceptions.DuplicateColumnError: column "a" of relation "t" already exists',
    ),
    ("SQLAlchemy", FATAL, "42P06", '(psycopg2.errors.DuplicateSchema) schema "app" already exists'),
    ("Django", FATAL, "42P07", 'django.db.utils.ProgrammingError: relation "auth_user" already exists'),
    (
        "Rails",
        FATAL,
        "42P07",
        'PG::DuplicateTable: ERROR:  relation "users" already exists (ActiveRecord::StatementIn',
    ),
    (
        "JDBC",
        FATAL,
        "42P07",
        'Caused by: org.postgresql.util.PSQLException: ERROR: relation "users" already exists',
    ),
    ("Flyway", FATAL, "42701", "SQL State  : 42701\nMessage    : Spalte existiert bereits"),
    (
        "node-postgres",
        FATAL,
        "42710",
        f"error: {CHECK}\n    at Parser.parseErrorMessage (x.js:3:4)\n  code: '42710',",
    ),
    (
        "Prisma",
        FATAL,
        "42P07",
        'Error: P3018\nDatabase error code: 42P07\nDatabase error:\nERROR: relation "a" already exists',
    ),
    ("Knex", FATAL, "42P07", 'migration failed with error: create table "t" - relation "t" already exists'),
    ("sqlx", FATAL, "42710", 'PgDatabaseError { severity: Error, code: "42710", message: "trigger ..." }'),
    ("tokio-postgres", FATAL, "42710", 'Db(DbError { severity: "ERROR", code: SqlState(E42710), message: "x" })'),
    ("Npgsql", FATAL, "42P07", "Npgsql.PostgresException (0x80004005): 42P07: Relation « users » existe déjà"),
    ("Ecto", FATAL, "42P07", '** (Postgrex.Error) ERROR 42P07 (duplicate_table) relation "users" already exists'),
    ("PDO", FATAL, "42P07", "SQLSTATE[42P07]: Duplicate table: 7 FEHLER: Relation existiert bereits"),
    ("psql verbose", FATAL, "42710", f"psql:/m/000043.up.sql:12: ERROR:  42710: {CHECK}"),
    ("colours", FATAL, "42710", f"\x1b[31mERROR\x1b[0m pq: {CHECK}"),
    (
        "conflict target",
        FATAL,
        "42P10",
        "pq: there is no unique or exclusion constraint matching the ON CONFLICT specification",
    ),
    (
        "null key",
        FATAL,
        "23502",
        'pq: null value in column "id" of relation "permissions" violates not-null constraint',
    ),
    ("duplicate row", FATAL, "23505", 'pq: duplicate key value violates unique constraint "roles_pkey"'),
    ("two primary keys", FATAL, "42P16", 'pq: multiple primary keys for table "t" are not allowed'),
    ("function", FATAL, "42723", 'pq: function "f" already exists with same argument types'),
    ("policy", FATAL, "42710", 'ERROR: policy "p" for table "t" already exists'),
    ("exec format", FATAL, "", "exec /usr/local/bin/server: exec format error"),
    ("missing entry point", FATAL, "", "exec /docker-entrypoint.sh: no such file or directory"),
    ("tini", FATAL, "", "[FATAL tini (7)] exec /app/server failed: No such file or directory"),
    ("not in PATH", FATAL, "", 'exec: "servr": executable file not found in $PATH: unknown'),
    ("python file", FATAL, "", "python: can't open file '/app/main.py': [Errno 2] No such file or directory"),
    ("python module", FATAL, "", "ModuleNotFoundError: No module named 'fastapi'"),
    ("node module", FATAL, "", "Error: Cannot find module '/app/dist/main.js'\n    at Module._resolve (node:1:2)"),
    ("java class", FATAL, "", "Error: Could not find or load main class com.example.Main"),
    ("a race on a type", TRANSIENT, "23505", f"pq: {TWIN}"),
    ("a race, code below", TRANSIENT, "23505", f"error: {TWIN}\n    at x (y.js:1:2)\n  code: '23505',"),
    ("a race on a tuple", TRANSIENT, "XX000", "pq: tuple concurrently updated"),
    ("deadlock", TRANSIENT, "40P01", "ERROR: deadlock detected (SQLSTATE 40P01)"),
    ("Go refused", TRANSIENT, "", "dial tcp 172.18.0.2:5432: connect: connection refused"),
    ("node refused", TRANSIENT, "", "Error: connect ECONNREFUSED 172.18.0.2:5432"),
    (
        "libpq refused",
        TRANSIENT,
        "",
        'connection to server at "db" (10.0.0.2), port 5432 failed: Connection refused',
    ),
    (
        "JDBC refused",
        TRANSIENT,
        "",
        "PSQLException: Connection to db:5432 refused. Check that the hostname and port",
    ),
    ("Go DNS", TRANSIENT, "", "dial tcp: lookup db on 127.0.0.11:53: no such host"),
    ("node DNS", TRANSIENT, "", "Error: getaddrinfo ENOTFOUND db"),
    ("node DNS again", TRANSIENT, "", "Error: getaddrinfo EAI_AGAIN db"),
    ("libpq DNS", TRANSIENT, "", 'could not translate host name "db" to address: Name or service not known'),
    ("Java DNS", TRANSIENT, "", "Caused by: java.net.UnknownHostException: db"),
    ("starting up", TRANSIENT, "57P03", "FATAL: the database system is starting up (SQLSTATE 57P03)"),
    ("starting up, psycopg", TRANSIENT, "57P03", "OperationalError: FATAL:  the database system is starting up"),
    ("Prisma P1001", TRANSIENT, "", "Error: P1001: Can't reach database server at `db`:`5432`"),
    ("closed", TRANSIENT, "", "server closed the connection unexpectedly"),
    ("class 08", TRANSIENT, "08006", "SQLSTATE[08006] [7] Verbindung verweigert"),
    ("too many clients", TRANSIENT, "53300", "FATAL: sorry, too many clients already"),
    ("Go timeout", TRANSIENT, "", "dial tcp 10.0.0.2:5432: i/o timeout"),
    ("pool timeout", TRANSIENT, "", "psycopg_pool.PoolTimeout: couldn't get a connection after 30.00 sec"),
    ("notice", UNKNOWN, "", 'NOTICE:  relation "users" already exists, skipping'),
    ("notice with code", UNKNOWN, "", 'NOTICE 42P07: relation "users" already exists, skipping'),
    (
        "handled and reported",
        UNKNOWN,
        "",
        'level=info msg="handled" err="relation \\"users\\" already exists"',
    ),
    ("process id", UNKNOWN, "", "INFO:     Started server process [23505]"),
    ("process id of an error", UNKNOWN, "", "2024-05-01 10:00:00.000 UTC [42710] ERROR:  something else"),
    ("application's duplicate", UNKNOWN, "", "error: user bob already exists"),
    ("wrong password", UNKNOWN, "28P01", 'FATAL: password authentication failed for user "app" (SQLSTATE 28P01)'),
    ("syntax error", UNKNOWN, "42601", 'pq: syntax error at or near "TABEL"'),
    ("panic", UNKNOWN, "", "panic: runtime error: index out of range [3] with length 3"),
]


@pytest.mark.parametrize(("kind", "sqlstate", "log"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_log_of_each_program_is_read(kind: CrashKind, sqlstate: str, log: str) -> None:
    """Each program's way of saying why it dies leads to the kind and the SQLSTATE."""
    signature = classify(["starting", *log.splitlines()])
    assert (signature.kind, signature.sqlstate) == (kind, sqlstate)


def test_an_empty_log_has_no_signature() -> None:
    """A log without a word gives a signature that is comparable with no other."""
    for log in ([], ["", "   ", "\x1b[0m"]):
        assert classify(log).normalised == ""
        assert classify(log).line_index is None


def test_the_last_word_decides() -> None:
    """A duplicate that the server lived through does not count when a refused connection ends it."""
    log = [f"ERROR: {CHECK} (SQLSTATE 42710)", "carrying on", "dial tcp 10.0.0.2:5432: connect: connection refused"]
    assert classify(log).kind is TRANSIENT
    assert classify(log[::-1]).kind is FATAL


def test_the_root_cause_of_java_wins() -> None:
    """Of a chain of causes the last one is believed, whatever stands above it."""
    log = [
        "java.lang.IllegalStateException: Connection to db:5432 refused, then migrated",
        "\tat com.example.Main.main(Main.java:10)",
        'Caused by: org.postgresql.util.PSQLException: ERROR: relation "users" already exists',
        "\tat org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2725)",
        "\t... 12 more",
    ]
    signature = classify(log)
    assert (signature.kind, signature.line_index) == (FATAL, 2)


def test_the_complaint_names_the_constraint_and_its_table() -> None:
    """A recognised message carries what it names, and Postgres's words alone."""
    signature = classify([f"2024/05/01 10:00:00 migration failed: pq: {CHECK}"])
    assert signature.message == CHECK
    assert signature.complaint is not None
    assert (signature.complaint.kind, signature.complaint.name, signature.complaint.table) == (
        "constraint",
        "actor_roles_scope_type_enum",
        "actor_roles",
    )


def test_two_lives_of_one_reason_are_equal() -> None:
    """Times, ports, ids and durations do not tell two crashes of one unknown reason apart."""
    one = classify(["2024-05-01T10:00:00.123Z [71] ERROR boom at 0x7ffe12 after 12.5ms on 10.0.0.2:5432 /tmp/a1/x"])
    two = classify(["2024-05-01T10:00:09.981Z [93] ERROR boom at 0x7ffa90 after 3.1ms on 10.0.0.7:5433 /tmp/b7/y"])
    assert one.normalised == two.normalised != ""


def test_two_reasons_are_different() -> None:
    """The name of a migration is no number: two files are two reasons."""
    one = classify(["ERROR: migration 000043_scope.up.sql broke"])
    two = classify(["ERROR: migration 000045_users.up.sql broke"])
    assert one.normalised != two.normalised


def test_the_last_error_stands_for_an_unknown_death() -> None:
    """Without a rule that decides, the last line that looks like an error is the signature, not the farewell."""
    log = ["Error: KEY is not set", "    at handleError (/app/error.js:1:2)", "Node.js v20.11.0", "bye"]
    assert classify(log).line_index == 0
    assert classify(["one", "two", ""]).line_index == 1


def test_a_long_line_is_cut() -> None:
    """What stands behind the first 4 KiB of a line is not read."""
    assert classify(["x" * 5000 + f" pq: {CHECK}"]).kind is UNKNOWN


def test_printed_states_are_found_in_order() -> None:
    """All SQLSTATEs that a line prints as such are returned, words of five letters are not."""
    assert sqlstates("SQLSTATE 42710, then code: '23505'") == ["42710", "23505"]
    assert sqlstates("error code: EPIPE, exit code: 12345678") == []


def test_reading_a_log_needs_no_parser() -> None:
    """The health room classifies before the first start: no heavy import may stand in its way."""
    code = "import sys, harness.diagnose.crash_log; sys.exit('postgast' in sys.modules or 'docker' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
