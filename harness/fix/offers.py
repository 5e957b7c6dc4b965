"""What can be done to one statement, the best first."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from harness.fix.block import fits
from harness.fix.facts import Fact, Literal
from harness.fix.suggest import unless
from harness.fix.templates.inline import inline
from harness.fix.templates.insert import inserted_into, on_conflict, rows_of, same_row, where_absent
from harness.fix.witness import TABLES_AND_VIEWS, borrowed, left, own
from harness.fix.words import Words
from harness.replay.apply import is_transaction_control
from harness.sql import parse, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from harness.fix.timeline import Timeline
    from harness.fix.witness import Witness
    from harness.ladder.model import Migration, Statement
    from harness.sql.edits import Edit


class Offer(NamedTuple):
    """One way to fix a statement: edits in its file, or a guard for it and those before it from `first` on."""

    title: str
    edits: tuple[Edit, ...] = ()
    condition: str = ""
    first: int = 0
    """The number of the first statement under the guard."""


class Table(NamedTuple):
    """What an INSERT has to know of its table, as it is at the end; without columns when it is gone."""

    columns: tuple[str, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    """The primary key first."""
    numbered: tuple[str, ...] = ()
    """The columns that take a number from a sequence where a row does not give one, also when it is turned away."""
    incomparable: tuple[str, ...] = ()
    """The columns whose type has no equality."""


_EACH = 3
"""How many guards of one sort are worth a trial."""


def offers(
    migration: Migration, statement: Statement, timeline: Timeline, table: Callable[[str], Table]
) -> Iterator[Offer]:
    """Yield what can be done to a statement; `table` tells of a table by its name as SQL writes it."""
    moment = timeline.moments.get((migration.name, statement.number))
    if moment is None:
        return
    yield from _clauses(statement, timeline, moment)
    yield from _rows(statement, table)
    if not fits(statement.text):
        return
    home, end = timeline.homes[moment], timeline.ends[timeline.file_of(moment)]
    for found in (own(timeline, moment), borrowed(timeline, moment, end)):
        yield from _guards(found, home, statement.number)
    yield from islice(_groups(migration, statement, timeline), _EACH)
    for found in (left(timeline, moment, _names(statement.text)), borrowed(timeline, moment, timeline.last)):
        yield from _guards(found, home, statement.number)


def _clauses(statement: Statement, timeline: Timeline, moment: int) -> Iterator[Offer]:
    """Offer clauses of the statement's own, if what it did is still so at the end."""
    turned = timeline.turned(moment)
    index = next((literal.fact.name for literal in turned if literal.fact.detail in ("i", "I")), "")
    fix = inline(statement.text, index)
    if fix is None:
        return
    file, node = timeline.file_of(moment), parse.nodes(statement.text)[0]
    did = [literal for literal in turned if _is_what_it_is_about(node, literal)]
    lasts = all(timeline.until(literal, file) == len(timeline.ends) for literal in did)
    if lasts and not _is_homeless(node, timeline, moment):
        yield Offer(fix.title, fix.moved(statement.start).edits)


def _is_homeless(node: Any, timeline: Timeline, moment: int) -> bool:
    """Whether the table that a statement works on is gone at the end, and no IF EXISTS speaks of it."""
    if tree.kind(node) not in ("IndexStmt", "AlterTableStmt", "CreateTrigStmt", "RuleStmt"):
        return False
    schema, name = node.relation.schemaname or timeline.homes[moment], node.relation.relname
    tables = [Literal(Fact("relation", schema, "", name, kind), holds=True) for kind in TABLES_AND_VIEWS]
    return not any(timeline.holds(table, timeline.last) for table in tables)


def _is_what_it_is_about(node: Any, literal: Literal) -> bool:
    """Whether a clause of such a statement asks for this fact, and not for another that came along."""
    kind, holds = literal.fact.kind, literal.holds
    match tree.kind(node):
        case "AlterTableStmt":
            return kind == "column" or (kind == "constraint" and not holds)
        case "CreateStmt" | "CreateTableAsStmt" | "CreateForeignTableStmt":
            return kind == "relation" and literal.fact.detail not in ("i", "I", "S")
        case "RenameStmt" | "AlterObjectSchemaStmt" | "DropStmt":
            return not holds and kind in _MAIN
        case "ViewStmt" | "CreateFunctionStmt" | "RuleStmt":
            return kind in ("definition", "column", *_MAIN)
        case _:
            return kind in _MAIN


_MAIN = ("relation", "schema", "type", "function", "trigger", "policy", "rule", "extension", "label", "role")


def _rows(statement: Statement, table: Callable[[str], Table]) -> Iterator[Offer]:
    """Offer ON CONFLICT, or a look for the row, to an INSERT of constants."""
    name = inserted_into(statement.text)
    known = table(name) if name else Table()
    rows = rows_of(statement.text, known.columns)
    if rows is None or not set(rows.columns) <= set(known.columns):
        return
    keys = known.keys if set(known.numbered) <= set(rows.columns) else ()
    for fix in (
        on_conflict(statement.text, keys, known.columns),
        where_absent(statement.text, known.columns, known.incomparable),
    ):
        if fix:
            yield Offer(fix.title, fix.moved(statement.start).edits)
    same = same_row(rows, known.incomparable)
    if len(rows.rows) > 1 and same and fits(statement.text):
        absent = f"NOT EXISTS (SELECT FROM {rows.table} WHERE {same})"
        yield Offer("insert the rows where the first does not exist", (), absent, statement.number)


def _guards(found: Iterable[Witness], home: str, number: int) -> Iterator[Offer]:
    for witness in islice(found, _EACH):
        yield Offer(_title(witness), (), unless(witness, home), number)


def _groups(migration: Migration, statement: Statement, timeline: Timeline) -> Iterator[Offer]:
    """Offer the guard of a statement before it, in the same file, for all from there on."""
    for other in reversed(migration.statements[: statement.number - 1]):
        if is_transaction_control(other) or not fits(other.text):
            return
        moment = timeline.moments.get((migration.name, other.number))
        found = [] if moment is None else own(timeline, moment)
        if moment is not None and found:
            yield Offer(_title(found[0]), (), unless(found[0], timeline.homes[moment]), other.number)


def _names(statement: str) -> frozenset[str]:
    """Return the words of a statement that may be names, without quotes."""
    words = Words(statement)
    texts = (words.text(number) for number in range(len(words.kinds)))
    return frozenset(text[1:-1] if text.startswith('"') else text.lower() for text in texts)


def _title(witness: Witness) -> str:
    return f"run it unless {' or '.join(map(str, witness))}"
