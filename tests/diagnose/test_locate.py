"""From the logs to file and statement, on small ladders."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.diagnose.locate import Location, locate
from harness.diagnose.messages import complaint
from harness.diagnose.postgres_log import Record, records
from harness.engine.model import LogLine
from harness.ladder.model import Ladder, Migration

FILES = {
    "000001_initial.up.sql": """\
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, CONSTRAINT users_name_key UNIQUE (name));
CREATE TABLE roles (id int PRIMARY KEY, user_id int);
INSERT INTO users (id, name) VALUES (1, 'ann') ON CONFLICT (name) DO NOTHING;
INSERT INTO users (id, name) VALUES (2, 'bob') ON CONFLICT (id) DO NOTHING;
""",
    "000002_scope.up.sql": """\
ALTER TABLE users ADD COLUMN IF NOT EXISTS scope text;
-- the check
ALTER TABLE users
  ADD CONSTRAINT users_scope_enum CHECK (scope IN ('a', 'b'));
ALTER TABLE roles ADD CONSTRAINT users_scope_enum CHECK (id > 0);
ALTER TABLE users DROP CONSTRAINT IF EXISTS users_name_key;
""",
    "000003_types.up.sql": """\
DO $$ BEGIN CREATE TYPE mood AS ENUM ('ok'); END $$;
CREATE INDEX users_scope_idx ON users (scope);
INSERT INTO users (id, name) VALUES (3, NULL), (4, 'dora');
INSERT INTO users (id) VALUES (5);
SELECT 1 FROM absent;
""",
}
LADDER = Ladder(Path(), "golang-migrate", tuple(Migration(name, Path(name), text) for name, text in FILES.items()))


def found(message: str, *log: str, sent: str = "", detail: str = "") -> tuple[str, list[int]] | None:
    """Return file and lines for a message, the server's log above it, and what Postgres logged."""
    lines = [*log, f"boot failed: {message}"]
    record = record_of(message, sent, detail) if sent or detail else None
    said = complaint(message)
    assert said is not None
    location = locate(LADDER, lines, len(lines) - 1, record, said)
    return flat(location)


def record_of(message: str, sent: str, detail: str) -> Record:
    """Return the record of a failure as Postgres logs it."""
    fields = {"DETAIL": detail, "STATEMENT": sent.replace("\n", "\n\t")}
    text = "".join(f"\nx [1] {word}:  {value}" for word, value in fields.items() if value)
    (record,) = records(LogLine(0, line) for line in f"x [1] ERROR:  {message}{text}".splitlines())
    return record


def flat(location: Location | None) -> tuple[str, list[int]] | None:
    """Return the name and the lines of a location."""
    return (location.migration.name, [s.line for s in location.candidates]) if location else None


FIRST, SECOND, THIRD = FILES


@pytest.mark.parametrize(
    ("message", "file", "lines"),
    [
        ('constraint "users_scope_enum" for relation "users" already exists', SECOND, [3]),
        ('constraint "users_scope_enum" for relation "roles" already exists', SECOND, [5]),
        ('relation "roles" already exists', FIRST, [2]),
        ('relation "users_scope_idx" already exists', THIRD, [2]),
        ('type "mood" already exists', THIRD, [1]),
        ('relation "absent" does not exist', THIRD, [5]),
        ("there is no unique or exclusion constraint matching the ON CONFLICT specification", FIRST, [3]),
    ],
)
def test_the_name_alone_finds_file_and_statement(message: str, file: str, lines: list[int]) -> None:
    """Where one file makes, needs or loses the thing that is named, no log has to name the file."""
    assert found(message) == (file, lines)


def test_an_error_that_fits_two_files_finds_none() -> None:
    """Rows of one table are written by two files: without a name in the log that is no answer."""
    message = 'null value in column "name" of relation "users" violates not-null constraint'
    assert found(message) is None
    assert found(message, f"applying {THIRD}") == (THIRD, [3, 4])


def test_the_refused_row_narrows_the_inserts() -> None:
    """Of several INSERTs the one that holds the refused row's values is meant."""
    message = 'duplicate key value violates unique constraint "users_name_key"'
    detail = "Failing row contains (2, bob, null)."
    assert found(message, f"applying {FIRST}") == (FIRST, [3, 4])
    assert found(message, f"applying {FIRST}", detail=detail) == (FIRST, [4])


def test_a_file_named_above_is_not_believed_against_the_ladder() -> None:
    """A log that names the last file that passed does not lead there when another file makes the thing."""
    message = 'constraint "users_scope_enum" for relation "users" already exists'
    assert found(message, f"OK {FIRST}") == (SECOND, [3])


def test_what_was_sent_is_believed_first() -> None:
    """A whole file that Postgres logs is found whatever the server's log says; the name finds the statement."""
    message = 'constraint "users_scope_enum" for relation "users" already exists'
    assert found(message, f"OK {FIRST}", sent=FILES[SECOND]) == (SECOND, [3])
    assert found(message, sent=FILES[SECOND].replace("\n", "\r\n").strip()) == (SECOND, [3])


def test_one_statement_that_was_sent_is_the_one() -> None:
    """A runner that sends statement by statement tells the statement itself."""
    sent = "ALTER TABLE users DROP CONSTRAINT IF EXISTS users_name_key"
    assert found('constraint "x" of relation "users" does not exist', sent=sent) == (SECOND, [6])


def test_a_position_leads_to_its_statement() -> None:
    """`at character N` counts in the file that was sent; comments and line ends in front are counted rightly."""
    text = FILES[THIRD]
    at = text.index("absent") + 1
    assert found(f'relation "absent" does not exist at character {at}', sent=text) == (THIRD, [5])


def test_nothing_known_leads_nowhere_or_to_the_whole_named_file() -> None:
    """An error that names nothing has the statements of the named file, and no file when none is named."""
    message = "cannot change return type of existing function"
    assert found(message) is None
    assert found(message, f"applying {SECOND}") == (SECOND, [1, 3, 5, 6])
