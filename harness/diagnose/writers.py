"""Which statements of a ladder may have changed a table's rows at a second boot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.ladder.model import Ladder, Migration, Statement

_NAME = r'(?:(?:"[^"]+"|\w+)\s*\.\s*)?"?{table}"?(?!\w)'
_WRITES = r"\b(?:insert\s+into|update(?:\s+only)?|delete\s+from(?:\s+only)?|truncate(?:\s+table)?|merge\s+into)\s+"


def suspects(ladder: Ladder, table: str) -> list[tuple[Migration, Statement]]:
    """Return the statements to look at when a boot has changed a table, the likeliest first.

    Those that change it when the ladder is played twice on the symbolic Postgres go before all that write it: what
    a boot does to rows that others have put in since cannot be told without them.
    """
    from harness.simulator import simulate  # noqa: PLC0415 - needed after a drift only

    name = table.rpartition(".")[2]
    played = [
        (verdict.migration, verdict.statement)
        for verdict in simulate(ladder).verdicts
        if any(drift.object.rpartition(".")[2] == name for drift in verdict.drifts)
    ]
    return played + [found for found in writers(ladder, table) if found not in played]


def writers(ladder: Ladder, table: str) -> list[tuple[Migration, Statement]]:
    """Return the statements that insert, update, delete, truncate or merge rows of a table, bodies included.

    `table` may have its schema in front. The text is searched, not parsed: a DO block's body is a string to the
    parser, and what is wanted is a list of suspects. Statements that write rows at every boot come first: those
    with an UPDATE, a DELETE or ON CONFLICT DO UPDATE.
    """
    name = table.rpartition(".")[2].strip('"')
    pattern = re.compile(_WRITES + _NAME.format(table=re.escape(name)), re.IGNORECASE)
    found = [
        (migration, statement)
        for migration in ladder.migrations
        for statement in migration.statements
        if pattern.search(statement.text)
    ]
    return sorted(found, key=lambda item: not _rewrites(item[1].text))


def _rewrites(text: str) -> bool:
    return re.search(r"\b(?:update|delete|truncate|merge)\b", text, re.IGNORECASE) is not None
