"""Tables without their foreign keys."""

from __future__ import annotations

import pytest

from harness.repro.cut import without_references


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("CREATE TABLE a (b int REFERENCES c (d) ON DELETE CASCADE, e int)", "CREATE TABLE a (b int, e int)"),
        ("CREATE TABLE a (b int CONSTRAINT x REFERENCES c)", "CREATE TABLE a (b int)"),
        ("ALTER TABLE a ADD COLUMN b int REFERENCES c (d), ADD e int", "ALTER TABLE a ADD COLUMN b int, ADD e int"),
        ("CREATE TABLE ä (b numeric(5, 2) REFERENCES c) -- ü", "CREATE TABLE ä (b numeric(5, 2)) -- ü"),
        (
            "CREATE TABLE a (b int, FOREIGN KEY (b) REFERENCES c)",
            "CREATE TABLE a (b int, FOREIGN KEY (b) REFERENCES c)",
        ),
        ("INSERT INTO a VALUES ('REFERENCES', (1), 2)", "INSERT INTO a VALUES ('REFERENCES', (1), 2)"),
        ("DO $$ BEGIN NULL; END $$", "DO $$ BEGIN NULL; END $$"),
    ],
)
def test_the_keys_of_columns_go(statement: str, expected: str) -> None:
    """With all that stands behind them in their column; whatever else stays as it is, byte by byte."""
    assert without_references(statement) == expected
