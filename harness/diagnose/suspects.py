"""Which statements can have raised an error: by the thing that Postgres's message names and what each makes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sql.effects import Effect, effects

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.diagnose.messages import Complaint
    from harness.ladder.model import Ladder, Migration, Statement

    Test = Callable[[Statement, Sequence[Effect]], bool]

_RELATIONS = frozenset({"table", "view", "index", "sequence", "constraint"})


@dataclass(frozen=True, slots=True)
class Suspects:
    """Statements that fit a complaint, by the name of their file; files with none are left out."""

    files: dict[str, tuple[Statement, ...]]
    by_effect: bool = False
    """Whether they do what the complaint is about; False where their text merely mentions what it names."""


def suspects(complaint: Complaint, migrations: Sequence[Migration], ladder: Ladder, detail: str = "") -> Suspects:
    """Return the statements of some migrations that fit a complaint.

    The strictest test that anything passes decides for all files: what a guard protects, or what merely
    mentions a name, is no suspect beside a statement that makes the thing. `detail` is the error's DETAIL.
    """
    strict, loose = _tests(complaint, ladder), _mentions(complaint)
    for number, fits in enumerate([*strict, *loose]):
        found = {m.name: [s for s in m.statements if fits(s, effects(s.text))] for m in migrations}
        if any(found.values()):
            files = {name: tuple(_by_row(fitting, detail)) for name, fitting in found.items() if fitting}
            return Suspects(files, by_effect=number < len(strict))
    return Suspects({})


def _tests(complaint: Complaint, ladder: Ladder) -> list[Test]:
    """Return the tests of what a suspect does, the strictest first."""
    state = complaint.sqlstate
    if state == "42P10":
        gone = _dropped_keys(ladder)
        return [lambda _, made: any(_target(e) in gone for e in made), lambda _, made: any(map(_target, made))]
    if state in ("23502", "23503", "23505", "23514", "23P01"):
        return _row_tests(complaint, complaint.table or _table_of(complaint.name, ladder))
    if state in ("42710", "42P07", "42701", "42P06", "42723"):
        return [lambda _, made: any(_makes(e, complaint) and not e.guarded for e in made)]
    if state == "42P16" and complaint.table:
        return [lambda s, made: "primary key" in s.text.lower() and any(e.table == complaint.table for e in made)]
    if state == "25001":
        return [lambda s, _: " ".join(s.text.lower().split()).startswith(_command(complaint))]
    return []


def _row_tests(complaint: Complaint, table: str) -> list[Test]:
    """Look where rows are written, then where the rule that they break is made."""
    return [
        lambda _, made: any(e.kind == "index" and e.name == complaint.name for e in made),
        lambda _, made: any(e.kind == "row" and e.verb in ("insert", "update") and e.table == table for e in made),
        lambda _, made: any(e.name == complaint.name and e.table == table for e in made),
    ]


def _mentions(complaint: Complaint) -> list[Test]:
    """Fall back to the text: a DO block, or anything else that names the thing, and its table if it can."""
    if not complaint.name:
        return []
    words = [word for word in (complaint.name, complaint.table) if word]
    patterns = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)") for word in words]
    return [
        lambda statement, _: all(pattern.search(statement.text) for pattern in patterns),
        lambda statement, _: patterns[0].search(statement.text) is not None,
    ]


def _makes(effect: Effect, complaint: Complaint) -> bool:
    if effect.verb != "create" or effect.name != complaint.name:
        return False
    if complaint.table and effect.table != complaint.table:
        return False
    is_relation = complaint.kind == "relation" and effect.kind in _RELATIONS
    return is_relation or complaint.kind in ("", effect.kind)


def _target(effect: Effect) -> tuple[str, frozenset[str]] | None:
    """Return the table and columns that an INSERT names in ON CONFLICT."""
    if effect.kind != "row" or not effect.columns:
        return None
    return effect.table, frozenset(effect.columns)


def _dropped_keys(ladder: Ladder) -> set[tuple[str, frozenset[str]] | None]:
    """Return table and columns of each key that some file of the ladder makes and some file drops."""
    everything = [e for migration in ladder.migrations for s in migration.statements for e in effects(s.text)]
    dropped = {(e.kind, e.name) for e in everything if e.verb == "drop"}
    return {
        (e.table, frozenset(e.columns))
        for e in everything
        if e.verb == "create" and e.columns and (e.kind, e.name) in dropped
    }


def _table_of(constraint: str, ladder: Ladder) -> str:
    """Return the table whose constraint or unique index this is, as far as the ladder makes it."""
    made = (e for migration in ladder.migrations for s in migration.statements for e in effects(s.text))
    return next((e.table for e in made if e.name == constraint and e.kind in ("constraint", "index")), "")


def _command(complaint: Complaint) -> str:
    return complaint.message.lower().partition(" cannot run")[0]


_ROW = re.compile(r"row contains \((?P<values>.*)\)\.?$", re.DOTALL)


def _by_row(found: Sequence[Statement], detail: str) -> Sequence[Statement]:
    """Keep the statements that hold most of the refused row's values as literals."""
    row = _ROW.search(detail)
    if row is None or len(found) == 1:
        return found
    values = [value for value in row["values"].split(", ") if value and value != "null"]
    scores = [sum(f"'{value}'" in statement.text for value in values) for statement in found]
    return [statement for statement, score in zip(found, scores, strict=True) if score == max(scores)]
