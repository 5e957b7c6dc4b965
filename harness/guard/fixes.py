"""Fixes beside findings, as far as a statement's own text and the ladder's keys tell them; nobody has proved them.

`bootsmoke fix` proves what it writes, on a real Postgres.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Index, Object, Relation

if TYPE_CHECKING:
    from harness.guard.model import Finding
    from harness.simulator import Simulation

Keys = Mapping[str, Sequence[Sequence[str]]]
"""By a table's name the columns of its unique keys, the primary one first."""


def with_fixes(findings: Iterable[Finding], simulation: Simulation) -> tuple[Finding, ...]:
    """Return findings with a suggestion beside each statement that fails, where there is one."""
    from harness.fix.suggest import suggest  # noqa: PLC0415 - only where they are asked for

    keys, style = keys_of(simulation), simulation.ladder.style

    def fixed(finding: Finding) -> Finding:
        if not finding.fails or finding.statement is None:
            return finding
        table = _filled(finding.statement.text) if finding.kind.startswith("INSERT") else ""
        fix = suggest(finding.migration, finding.statement, style=style, keys=keys.get(table, ()))
        return replace(finding, fix=fix and fix.moved(_mark_of(finding.path)))

    return tuple(map(fixed, findings))


def keys_of(simulation: Simulation) -> Keys:
    """Return the keys that stand after the first boot, and whose columns cannot be NULL."""
    there: dict[int, Object] = {}
    for verdict in simulation.verdicts:
        for before, after in verdict.cold:
            if after is not None:
                there[after.oid] = after
            elif before is not None:
                there.pop(before.oid, None)
    indexes = [each for each in there.values() if isinstance(each, Index) and each.is_unique]
    found: dict[str, list[tuple[str, ...]]] = {}
    for index in sorted(indexes, key=lambda index: not index.is_primary):
        table = there.get(index.table)
        columns = _columns(index, table) if isinstance(table, Relation) else ()
        if columns and isinstance(table, Relation):
            found.setdefault(table.name, []).append(columns)
    return found


def _columns(index: Index, table: Relation) -> tuple[str, ...]:
    """Return the names of a key's columns; nothing where ON CONFLICT could not name it, or NULLs would pass it."""
    if index.predicate is not None:
        return ()
    columns = [table.numbered(part.column) for part in index.parts]
    firm = tuple(column.name for column in columns if column is not None and column.not_null)
    return firm if len(firm) == len(columns) else ()


@lru_cache(maxsize=1)
def _mark_of(path: Path) -> int:
    """Return the length of a file's byte order mark, which a migration's text is without."""
    try:
        with path.open("rb") as opened:
            return len(BOM_UTF8) if opened.read(len(BOM_UTF8)) == BOM_UTF8 else 0
    except OSError:
        return 0


def _filled(statement: str) -> str:
    from harness.sql import parse  # noqa: PLC0415

    return next((str(node.relation.relname) for node in parse.nodes(statement)), "")
