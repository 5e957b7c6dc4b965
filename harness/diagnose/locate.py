"""From the logs to the migration and the statement.

The file: by the text that Postgres says it was sent, by its name in the server's log, or because no other file
of the ladder fits. The statement: by the error's position, by being what was sent, or by what it makes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.diagnose.suspects import suspects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.diagnose.messages import Complaint
    from harness.diagnose.postgres_log import Record
    from harness.ladder.model import Ladder, Migration, Statement


@dataclass(frozen=True, slots=True)
class Location:
    """A migration, and the statements of it that can have failed: one when it is certain."""

    migration: Migration
    candidates: tuple[Statement, ...]
    narrowed: bool
    """Whether the candidates were chosen at all; False when they are simply all statements of the file."""


def locate(
    ladder: Ladder, lines: Sequence[str], index: int | None, record: Record | None, complaint: Complaint | None
) -> Location | None:
    """Return where a failure stands in the ladder; None when nothing tells the file.

    `lines` are the server's log and `index` is the line that decided; `record` is the failure in Postgres's own
    log. Reading a migration whose quotes have no end raises LadderError.
    """
    sent = _sent(ladder, record) if record else []
    for migration, candidates in sent:
        if len(candidates) == 1:
            return Location(migration, candidates, narrowed=True)
    files = [migration for migration, _ in sent] or _named(ladder, lines, index)
    known = [(m, _suspects(complaint, m, ladder, record)) for m in files]
    if not any(found for _, found in known) and not sent:
        known += [(m, _suspects(complaint, m, ladder, record)) for m in ladder.migrations]
    return _chosen(known, named=bool(files))


def was_sent(ladder: Ladder, record: Record) -> bool:
    """Whether what Postgres refused is text of the ladder."""
    sent = _squeezed(record.statement)
    return bool(sent) and any(sent in _squeezed(migration.text) for migration in ladder.migrations)


def _chosen(known: Sequence[tuple[Migration, tuple[Statement, ...]]], *, named: bool) -> Location | None:
    """Take the first file with suspects; without any, the first file that the logs name."""
    for migration, found in known:
        if found:
            return Location(migration, found, narrowed=True)
    return Location(known[0][0], known[0][0].statements, narrowed=False) if named else None


def _suspects(
    complaint: Complaint | None, migration: Migration, ladder: Ladder, record: Record | None
) -> tuple[Statement, ...]:
    detail = record.fields.get("DETAIL", "") if record else ""
    return suspects(complaint, migration, ladder, detail) if complaint else ()


def _named(ladder: Ladder, lines: Sequence[str], index: int | None) -> list[Migration]:
    """Return the migration named on the deciding line, else on the nearest line above it, else below it."""
    at = len(lines) - 1 if index is None else index
    for line in (*lines[at::-1], *lines[at + 1 :]):
        mentioned = [m for m in ladder.migrations if m.name in line] or [
            m for m in ladder.migrations if len(_stem(m)) > 4 and _stem(m) in line
        ]
        if mentioned:
            return [max(mentioned, key=lambda m: len(m.name))]
    return []


def _stem(migration: Migration) -> str:
    return migration.name.removesuffix(".sql").removesuffix(".up")


def _sent(ladder: Ladder, record: Record) -> list[tuple[Migration, tuple[Statement, ...]]]:
    """Return the migrations whose text holds what was sent, with the statements that can be meant.

    White space does not count: the log indents, and programs trim.
    """
    sent = _squeezed(record.statement)
    if not sent:
        return []
    found = []
    for migration in ladder.migrations:
        offset = _squeezed(migration.text).find(sent)
        if offset >= 0:
            found.append((migration, _pointed_at(migration, record, offset, offset + len(sent))))
    return found


def _pointed_at(migration: Migration, record: Record, start: int, end: int) -> tuple[Statement, ...]:
    """Return the statements in a stretch of the file, or the one at the error's position in it."""
    position = record.statement_position
    if position is not None:
        start += len(_squeezed(record.statement[: position - 1]))
        end = start + 1
    places, data = [], migration.text.encode()
    for statement in migration.statements:
        first = len(_squeezed(data[: statement.start].decode()))
        if first < end and first + len(_squeezed(statement.text)) > start:
            places.append(statement)
    return tuple(places)


def _squeezed(text: str) -> str:
    return "".join(text.split())
