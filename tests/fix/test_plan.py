"""Plans carried out: blocks around statements, and which statement became which."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.fix.block import fits
from harness.fix.offers import Offer
from harness.fix.plan import carry_out
from harness.ladder.model import Ladder, Migration

TEXT = "CREATE TABLE a (x int);\n-- fill it\nINSERT INTO a VALUES (1);\nSELECT f();\nDROP TABLE b\n"


def carried(text: str, *offers: tuple[int, Offer], style: str = "plain") -> tuple[str, list[range]]:
    """Return a file with offers for some of its statements carried out."""
    ladder = Ladder(Path(), style, (Migration("1.sql", Path("1.sql"), text),))
    edited = carry_out(ladder, {("1.sql", number): offer for number, offer in offers})
    return edited.ladder.migrations[0].text, list(edited.origins["1.sql"])


def guard(condition: str, first: int) -> Offer:
    """Return the offer of a guard."""
    return Offer("guard it", (), condition, first)


def test_a_guard_of_several_is_one_block() -> None:
    """Comments stay, a SELECT becomes PERFORM, and each statement knows where it came from."""
    text, origins = carried(TEXT, (3, guard("c", 1)))
    assert text == (
        "DO $bootsmoke$ BEGIN\nIF c THEN\nCREATE TABLE a (x int);\n-- fill it\nINSERT INTO a VALUES (1);\n"
        "PERFORM f();\nEND IF;\nEND $bootsmoke$;\nDROP TABLE b\n"
    )
    assert origins == [range(1, 4), range(4, 5)]


def test_neighbours_with_one_condition_share_a_block() -> None:
    """Two blocks in a row that ask the same are one; another question is another block."""
    text, origins = carried(TEXT, (1, guard("c", 1)), (2, guard("c", 2)), (3, guard("d", 3)))
    assert text.count("DO $bootsmoke$") == 2
    assert origins == [range(1, 3), range(3, 4), range(4, 5)]


def test_the_last_statement_may_lack_its_semicolon() -> None:
    """Then the block brings it along."""
    text, _ = carried(TEXT, (4, guard("c", 4)))
    assert text.endswith("IF c THEN\nDROP TABLE b;\nEND IF;\nEND $bootsmoke$;\n")


def test_rows_that_nobody_takes_are_thrown_away_by_execute() -> None:
    """PL/pgSQL has no place for what RETURNING gives."""
    text, _ = carried("INSERT INTO a VALUES (1) RETURNING x;", (1, guard("c", 1)))
    assert "\nEXECUTE $sql$INSERT INTO a VALUES (1) RETURNING x$sql$;\n" in text


def test_a_column_called_found_is_no_variable() -> None:
    """PL/pgSQL would not know which of the two is meant; what it does not read, it cannot mistake."""
    text, _ = carried("UPDATE a SET found = 1;", (1, guard("c", 1)))
    assert "\nEXECUTE $sql$UPDATE a SET found = 1$sql$;\n" in text


def test_a_tag_that_is_taken_is_not_used() -> None:
    """A block within a block has another tag."""
    text, _ = carried("DO $bootsmoke$ BEGIN END $bootsmoke$;", (1, guard("c", 1)))
    assert text.startswith("DO $bootsmoke2$ BEGIN\n")


def test_line_ends_are_those_of_the_file() -> None:
    """A file from Windows stays one."""
    text, _ = carried("SELECT 1;\r\n", (1, guard("c", 1)))
    assert text.replace("\r\n", "").count("\n") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX CONCURRENTLY i ON t (a)",
        "VACUUM t",
        "COMMIT",
        "SET search_path TO app",
        "SELECT 1 INTO t",
        "COPY t FROM STDIN",
        "SELECT (",
    ],
)
def test_what_no_block_can_carry_out(statement: str) -> None:
    """These fail in a function, or would mean something else there."""
    assert not fits(statement)


@pytest.mark.parametrize("statement", ["CREATE TABLE t ()", "SELECT 1", "DO $$ BEGIN END $$", "GRANT a TO b"])
def test_what_a_block_can_carry_out(statement: str) -> None:
    """Most of DDL can stand in one."""
    assert fits(statement)
