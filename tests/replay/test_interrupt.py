"""First boots that are killed after each statement, and what the next boot makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.ladder.discover import find_ladder
from harness.replay.interrupt import Interruptions
from harness.replay.model import Options
from harness.replay.run import replay
from harness.replay.server import Server

pytestmark = pytest.mark.postgres

LADDERS = Path(__file__).parents[1] / "ladders"
HALF = """DO $$ BEGIN IF to_regclass('done') IS NULL THEN CREATE TABLE work (a int); END IF; END $$;
CREATE TABLE IF NOT EXISTS done (a int);
"""
CONCURRENT = "CREATE INDEX CONCURRENTLY IF NOT EXISTS done_a ON done (a);\n"
FORGETFUL = """DO $$ BEGIN
IF to_regclass('t') IS NULL THEN CREATE TABLE t (a int); CREATE TEMP TABLE fresh (a int); END IF; END $$;
COMMIT;
DO $$ BEGIN IF to_regclass('pg_temp.fresh') IS NOT NULL THEN ALTER TABLE t ADD b int; END IF; END $$;
"""


def interrupted(server: Server, folder: Path, *files: str) -> Interruptions:
    """Interrupt a ladder everywhere."""
    for number, text in enumerate(files, start=1):
        (folder / f"{number}_step.up.sql").write_text(text)
    found = replay(find_ladder(folder), server, Options(canary=False, interrupt=True)).interruptions
    assert found is not None
    return found


def test_one_transaction_survives(server: Server, tmp_path: Path) -> None:
    """Files that are one transaction each can die anywhere: after each statement, and after each COMMIT."""
    found = interrupted(server, tmp_path, HALF, "CREATE TABLE IF NOT EXISTS other (a int);")

    assert found == Interruptions(tried=2 + 1 + 1 + 1, survived=5, lost=())
    assert found.ok


def test_statement_by_statement_loses(server: Server, tmp_path: Path) -> None:
    """The same file outside of a transaction cannot be recovered after its first statement."""
    found = interrupted(server, tmp_path, HALF + CONCURRENT)

    (lost,) = found.lost
    assert (found.tried, found.survived, found.ok) == (3, 2, False)
    assert (lost.line, lost.statement, lost.committed) == (1, 1, True)
    assert lost.error is not None
    assert (lost.error.line, lost.error.sqlstate) == (1, "42P07")


def test_boot_that_passes_but_leaves_other_things(server: Server, tmp_path: Path) -> None:
    """A next boot that meets no error is compared with one that nothing disturbed."""
    found = interrupted(server, tmp_path, "BEGIN;\n" + FORGETFUL)

    assert [(lost.line, lost.committed, lost.error) for lost in found.lost] == [(4, True, None)]
    assert found.lost[0].differences == ("column public.t.b",)
    assert (found.tried, found.survived) == (4, 3)


def test_unsafe_ladder_is_lost_where_it_fails_alone(server: Server, tmp_path: Path) -> None:
    """After an unguarded statement is committed no boot recovers; before its COMMIT the next one does."""
    found = interrupted(server, tmp_path, "CREATE TABLE a (id int);")

    assert [(lost.line, lost.committed) for lost in found.lost] == [(1, True)]
    assert (found.tried, found.survived) == (2, 1)


def test_golden_interruption(server: Server) -> None:
    """The ladder of the golden folder boots twice, but not after a death in the middle of its second file."""
    found = replay(find_ladder(LADDERS / "interruption"), server, Options(interrupt=True))

    assert found.interruptions is not None
    assert [(Path(lost.path).name, lost.line) for lost in found.interruptions.lost] == [("000002_totals.up.sql", 2)]
    assert found.warm is not None
    assert (found.warm.ok, found.ok) == (True, False)
