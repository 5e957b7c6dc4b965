"""What can be said of one statement without a database: a fix that nobody has proved yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.fix.block import block, end_of, fits, frame_of
from harness.fix.facts import condition
from harness.fix.templates.inline import inline
from harness.fix.templates.insert import on_conflict
from harness.fix.templates.made import made
from harness.sql.edits import Fix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.fix.facts import Literal
    from harness.ladder.model import Migration, Statement


def suggest(
    migration: Migration, statement: Statement, *, style: str = "", keys: Sequence[Sequence[str]] = ()
) -> Fix | None:
    """Return a fix for one statement of a migration, with offsets in it; None when its text does not tell one.

    `style` is the ladder's: some tools want lines of their own around a DO block. `keys` are the columns of the
    primary key and the unique keys of the table that an INSERT fills, the best first.
    """
    fix = inline(statement.text) or on_conflict(statement.text, keys)
    return fix.moved(statement.start) if fix else _guarded(migration, statement, style)


def _guarded(migration: Migration, statement: Statement, style: str) -> Fix | None:
    literals = made(statement.text)
    if not literals or not fits(statement.text):
        return None
    frame = frame_of(migration.text, style, statement.start)
    edits = block([statement], end_of(migration.text, statement), unless(literals), frame)
    return Fix(f"run it unless {literals[0]}", tuple(edits))


def unless(literals: Sequence[Literal], home: str = "") -> str:
    """Return the condition under which none of the literals is true."""
    opposites = [literal._replace(holds=not literal.holds) for literal in literals]
    return " AND ".join(condition(opposite, home) for opposite in opposites)
