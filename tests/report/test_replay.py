"""What a replay's report says, to people and to programs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from harness.ladder.model import Ladder, Migration
from harness.replay.apply import StatementError
from harness.replay.canary.model import Filled, Filling, Unfilled
from harness.replay.model import Cold, DataDrift, DataKind, Place, Replay, Rewrite, SchemaDrift, Warm
from harness.report.replay import describe_data, describe_schema, document, summary

BASE = Path("/work")
FILE = Migration(
    "2_b.sql", BASE / "db/2_b.sql", "-- \x1b[31mred\nALTER TABLE t\n    ADD CONSTRAINT c CHECK (true);\n"
)
LADDER = Ladder(BASE / "db", "plain", (FILE,), ("3_c.txt is no migration",), "nothing says otherwise")
ERROR = StatementError("/work/db/2_b.sql", 2, 1, "42710", 'constraint "c" for relation "t" already exists')
PLACE = Place("/work/db/2_b.sql", 2, 1)
GOOD = Replay(LADDER, "18.1", Cold(0.25, None), Warm(0.5, None, (), 1234))


def drift(kind: DataKind, *, rows: int = 1, columns: tuple[str, ...] = (), again: bool = False) -> DataDrift:
    """Make a drift of public.t."""
    return DataDrift(kind, "public.t", 3, 4, rows, columns, PLACE, again)


def test_a_ladder_that_is_safe() -> None:
    """What was replayed, where, how long each boot took, and one closing line."""
    told = summary(GOOD, base=BASE)
    assert told == (
        "ladder        db: 1 file, plain: nothing says otherwise\n"
        "              note: 3_c.txt is no migration\n"
        "postgres      18.1\n"
        "cold boot     passes in 0.25 s\n"
        "warm boot     passes in 0.50 s, 1 kB of log written\n"
        "\n"
        "PASSED: the ladder boots twice, and the second boot changes nothing"
    )


def test_a_ladder_that_fails_and_drifts() -> None:
    """Failures by file with the source's line, changes with their statement, and the sum of it."""
    found = replace(
        GOOD,
        warm=Warm(0.5, ERROR, (ERROR,), 9),
        canary=Filling((Filled("public.t", 3),), (Unfilled("public.u", "no row suits its CHECK"),)),
        schema_drift=(SchemaDrift("index", "public.i", None, "CREATE INDEX", PLACE),),
        data_drift=(drift(DataKind.ADDED, again=True), drift(DataKind.VOLATILE, columns=("at",))),
        rewrites=(Rewrite("public.v", 2, PLACE, 2_500_000),),
    )
    assert summary(found, base=BASE).partition("canary")[2] == (
        "        3 rows in 1 table before the warm boot\n"
        "              public.u stays empty: no row suits its CHECK\n"
        "\n"
        "1 statement fails on a warm database\n"
        "  db/2_b.sql\n"
        '        2  42710  constraint "c" for relation "t" already exists\n'
        "           | ALTER TABLE t\n"
        "\n"
        "the warm boot changes the database\n"
        "  index public.i is new\n"
        "      by db/2_b.sql:2\n"
        "  1 row added in public.t: 3 before, 4 after, at every boot\n"
        "      by db/2_b.sql:2\n"
        "  1 row of public.t gets new values that every boot makes: at\n"
        "      by db/2_b.sql:2\n"
        "\n"
        "written anew, and left as it was\n"
        "  2 rows of public.v, 2.5 MB of log\n"
        "      by db/2_b.sql:2\n"
        "\n"
        "FAILED: 1 failing statement at the second boot, 1 change of the schema, 1 change of the data"
    )


def test_a_cold_boot_that_fails() -> None:
    """It says where, and that nothing else is known; no escape of the source reaches the terminal."""
    told = summary(replace(GOOD, cold=Cold(0.1, replace(ERROR, line=1)), warm=None), base=BASE)
    assert "cold boot     stops at db/2_b.sql:1 after 0.10 s (SQLSTATE 42710)\n" in told
    assert "           | -- red\n" in told
    assert told.endswith("FAILED: the cold boot fails")


def test_values_that_every_boot_makes_are_no_fault() -> None:
    """They are told, and the ladder passes."""
    found = replace(GOOD, data_drift=(drift(DataKind.VOLATILE, columns=("at",)),))
    assert found.ok
    assert summary(found, base=BASE).endswith("changes nothing (but for values that every boot makes anew)")


def test_every_kind_of_drift_has_its_sentence() -> None:
    """Each says what it means for the rows."""
    columns = ("a", "b", "c", "d", "e", "f")
    assert [describe_data(drift(kind, rows=2, columns=columns)) for kind in DataKind] == [
        "2 rows added in public.t: 3 before, 4 after",
        "2 rows removed in public.t: 3 before, 4 after",
        "2 rows of public.t change in a, b, c, d, e and 1 more",
        "2 rows of public.t get new values that every boot makes: a, b, c, d, e and 1 more",
        "column a, b, c, d, e and 1 more of public.t is dropped and made again: its values are lost",
        "sequence public.t moves from 3 to 4",
    ]
    changed = SchemaDrift("view", "public.v", "SELECT 1", f"SELECT {'2' * 100}", PLACE)
    assert describe_schema(changed).startswith("view public.v changes from 'SELECT 1' to 'SELECT 222")
    assert describe_schema(changed).endswith("222 ...'")
    assert describe_schema(replace(changed, after=None)) == "view public.v is gone"


def test_the_document_keeps_the_contract() -> None:
    """The keys that other people's CI relies on, and what they hold."""
    found = replace(GOOD, warm=Warm(0.5, ERROR, (ERROR,), 9), data_drift=(drift(DataKind.ADDED),))
    told = json.loads(json.dumps(document(found)))
    failure = {
        "path": "/work/db/2_b.sql",
        "line": 2,
        "statement": 1,
        "sqlstate": "42710",
        "message": 'constraint "c" for relation "t" already exists',
    }
    assert (told["schema"], told["postgres"]) == (1, "18.1")
    assert told["cold"] == {"ok": True, "seconds": 0.25, "failure": None}
    assert told["warm"] == {"ok": False, "seconds": 0.5, "failures": [failure], "wal_bytes": 9}
    assert told["first_failure"] == failure
    assert told["schema_drift"] == []
    row = told["data_drift"][0]
    assert {key: row[key] for key in ("table", "before", "after", "kind")} == {
        "table": "public.t",
        "before": 3,
        "after": 4,
        "kind": "added",
    }


def test_the_document_of_a_cold_boot_that_fails() -> None:
    """Nothing is said of a warm boot that never was."""
    told = document(replace(GOOD, cold=Cold(0.1, ERROR), warm=None))
    assert told["cold"]["failure"]["sqlstate"] == "42710"
    assert told["warm"] == {"ok": False, "seconds": None, "failures": [], "wal_bytes": None}
    assert told["first_failure"] is None
