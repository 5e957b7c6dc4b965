"""From the logs to the migration and the statement.

The file: by the text that Postgres says it was sent, by its name in the server's complaint, by the statement that
the server's log shows, or because no other file of the ladder fits. The statement: by the error's position, by a
line that is named, by being what was sent or shown, or by what it makes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.diagnose.mentions import Mention, Role, mention
from harness.diagnose.printed import at_line, detail, parted, printed
from harness.diagnose.suspects import Suspects, suspects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.diagnose.messages import Complaint
    from harness.diagnose.postgres_log import Record
    from harness.ladder.model import Ladder, Migration, Statement

    _Found = dict[str, tuple[Statement, ...]]
    """Statements by the name of their file."""


@dataclass(frozen=True, slots=True)
class Location:
    """A migration, and the statements of it that can have failed: one when it is certain."""

    migration: Migration
    candidates: tuple[Statement, ...]
    narrowed: bool
    """Whether the candidates were chosen at all; False when they are simply all statements of the file."""
    is_sure: bool = True
    """False where only a name leads there, which the statement mentions and the message names, too."""


def locate(
    ladder: Ladder, lines: Sequence[str], index: int | None, record: Record | None, complaint: Complaint
) -> Location | None:
    """Return where a failure stands in the ladder; None when nothing tells the file for certain.

    `lines` are the server's log and `index` is the line that decided; `record` is the failure in Postgres's own
    log. Reading a migration whose quotes have no end raises LadderError.
    """
    case = _Case(
        ladder, lines, index, complaint, record.fields.get("DETAIL", "") if record else detail(lines, index)
    )
    near = mention(ladder, lines, index)
    sent = _sent(ladder, record) if record else {}
    if sent:
        return _in_what_was_sent(case, sent, near)
    if near is not None and near.role is Role.FAILED:
        return _in_file(case, near.migration)
    return _by_text(case, near) or _by_names(case, near)


@dataclass(frozen=True, slots=True)
class _Case:
    """What a failure is looked up by."""

    ladder: Ladder
    lines: Sequence[str]
    index: int | None
    complaint: Complaint
    detail: str

    def suspects(self, migrations: Sequence[Migration]) -> Suspects:
        return suspects(self.complaint, migrations, self.ladder, self.detail)


def _in_what_was_sent(case: _Case, sent: _Found, near: Mention | None) -> Location | None:
    """Believe Postgres; of several files with that text the one that the server names."""
    name = near.migration.name if near and near.migration.name in sent else next(iter(sent))
    is_certain = len(sent) == 1 or (near is not None and near.migration.name == name)
    migration = case.ladder.find(name) if is_certain else None
    if migration is None or len(sent[name]) == 1:
        return Location(migration, sent[name], narrowed=True) if migration else None
    return _chosen(case, migration, sent[name])


def _chosen(case: _Case, migration: Migration, among: tuple[Statement, ...]) -> Location:
    """Choose the statements that the complaint fits among some of a file."""
    found = case.suspects([migration]).files.get(migration.name, ())
    narrowed = tuple(statement for statement in found if statement in among)
    return Location(migration, narrowed or among, narrowed=bool(narrowed))


def _in_file(case: _Case, migration: Migration) -> Location:
    """Look for the statement in the file that the complaint itself names: by line, by text, by what it makes."""
    statement = at_line(migration, case.lines, case.index)
    if statement is not None:
        return Location(migration, (statement,), narrowed=True)
    alone = replace(case.ladder, migrations=(migration,))
    for shown in (parted(alone, case.lines, case.index), printed(alone, case.lines, case.index)):
        among = shown.get(migration.name, ())
        if among:
            return Location(migration, among, narrowed=True) if len(among) == 1 else _chosen(case, migration, among)
    return _chosen(case, migration, migration.statements)


def _by_text(case: _Case, near: Mention | None) -> Location | None:
    """Look for statements that the log shows; of several those that the complaint fits have to be in one file."""
    for shown in (parted(case.ladder, case.lines, case.index), printed(case.ladder, case.lines, case.index)):
        fits = case.suspects([m for m in case.ladder.migrations if m.name in shown]).files
        both = {
            name: kept
            for name, found in shown.items()
            if (kept := tuple(statement for statement in found if statement in fits.get(name, ())))
        }
        among = both or shown
        if near is not None and near.role is Role.BEGUN and near.migration.name in among:
            among = {near.migration.name: among[near.migration.name]}
        migration = case.ladder.find(next(iter(among))) if len(among) == 1 else None
        if migration is not None:
            statements = among[migration.name]
            return Location(migration, statements, narrowed=bool(both) or len(statements) == 1)
    return None


def _by_names(case: _Case, near: Mention | None) -> Location | None:
    """Look for the things that the message names; a file that the log names above helps to choose."""
    found = case.suspects(case.ladder.migrations)
    files = dict(found.files)
    is_done = near is not None and near.role is Role.DONE
    if near is not None and is_done and len(files) > 1:
        files.pop(near.migration.name, None)
    elif near is not None and not is_done and (near.migration.name in files or _is_all(near, files)):
        return _in_file(case, near.migration)
    migration = case.ladder.find(next(iter(files))) if len(files) == 1 else None
    if migration is None:
        return None
    return Location(migration, files[migration.name], narrowed=True, is_sure=found.by_effect and not is_done)


def _is_all(near: Mention, files: _Found) -> bool:
    """Whether a migration that was begun is all that is known."""
    return not files and near.role is Role.BEGUN


def was_sent(ladder: Ladder, record: Record) -> bool:
    """Whether what Postgres refused is text of the ladder."""
    sent = _squeezed(record.statement)
    return bool(sent) and any(sent in _squeezed(migration.text) for migration in ladder.migrations)


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


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> str:
    return "".join(text.split())
