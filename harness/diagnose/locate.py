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
    ladder: Ladder, lines: Sequence[str], index: int | None, record: Record | None, complaint: Complaint
) -> Location | None:
    """Return where a failure stands in the ladder; None when nothing tells the file for certain.

    `lines` are the server's log and `index` is the line that decided; `record` is the failure in Postgres's own
    log. Reading a migration whose quotes have no end raises LadderError.
    """
    detail = record.fields.get("DETAIL", "") if record else ""
    on_line, near = _named(ladder, lines, index)
    sent = _sent(ladder, record) if record else {}
    if sent:
        name = near.name if near and near.name in sent else next(iter(sent))
        is_certain = len(sent) == 1 or (near is not None and near.name == name)
        return _in_what_was_sent(ladder, name, sent[name], complaint, detail) if is_certain else None
    found = suspects(complaint, [near] if near and on_line else ladder.migrations, ladder, detail)
    if near and (near.name in found or not found):
        return Location(near, found.get(near.name, near.statements), narrowed=bool(found))
    name = next(iter(found), "")
    migration = ladder.find(name) if len(found) == 1 else None
    return Location(migration, found[name], narrowed=True) if migration else None


def _in_what_was_sent(
    ladder: Ladder, name: str, sent: tuple[Statement, ...], complaint: Complaint, detail: str
) -> Location | None:
    migration = ladder.find(name)
    if migration is None or len(sent) == 1:
        return Location(migration, sent, narrowed=True) if migration else None
    found = suspects(complaint, [migration], ladder, detail).get(name, ())
    narrowed = tuple(statement for statement in found if statement in sent)
    return Location(migration, narrowed or sent, narrowed=bool(narrowed))


def was_sent(ladder: Ladder, record: Record) -> bool:
    """Whether what Postgres refused is text of the ladder."""
    sent = _squeezed(record.statement)
    return bool(sent) and any(sent in _squeezed(migration.text) for migration in ladder.migrations)


def _named(ladder: Ladder, lines: Sequence[str], index: int | None) -> tuple[bool, Migration | None]:
    """Return the migration that the log names, and whether the deciding line itself does.

    Else it is the one on the nearest line above: the last that the server said it began, or had done.
    """
    at = len(lines) - 1 if index is None else index
    for distance, line in enumerate(lines[at::-1] if lines else ()):
        mentioned = [m for m in ladder.migrations if m.name in line or (len(m.stem) > 4 and m.stem in line)]
        if mentioned:
            return distance == 0, max(mentioned, key=lambda migration: len(migration.name))
    return False, None


def _sent(ladder: Ladder, record: Record) -> dict[str, tuple[Statement, ...]]:
    """Return, by name, the migrations that hold what was sent, with the statements that can be meant.

    White space does not count: the log indents, and programs trim.
    """
    sent = _squeezed(record.statement)
    offsets = {m.name: _squeezed(m.text).find(sent) for m in ladder.migrations} if sent else {}
    return {
        m.name: _pointed_at(m, record, offsets[m.name], offsets[m.name] + len(sent))
        for m in ladder.migrations
        if offsets.get(m.name, -1) >= 0
    }


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
