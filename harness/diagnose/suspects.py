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
    if "violated by some row" in complaint.message:
        return _created(complaint, ladder)  # not who wrote the rows
    make = next((make for states, make in _TESTS.items() if complaint.sqlstate in states), None)
    return make(complaint, ladder) if make else []


def _created(complaint: Complaint, _: Ladder) -> list[Test]:
    return [lambda _, made: any(_makes(e, complaint) and not e.guarded for e in made)]


def _conflict_targets(_: Complaint, ladder: Ladder) -> list[Test]:
    gone = _dropped_keys(ladder)
    return [lambda _, made: any(_target(e) in gone for e in made), lambda _, made: any(map(_target, made))]


def _rows(complaint: Complaint, ladder: Ladder) -> list[Test]:
    """Look where rows are written, then where the rule that they break is made."""
    table = complaint.table or _table_of(complaint.name, ladder)

    def writes(effect: Effect) -> bool:
        return effect.kind == "row" and effect.verb in ("insert", "update") and effect.table == table

    return [
        lambda _, made: any(e.kind == "index" and e.name == complaint.name for e in made),
        lambda _, made: any(writes(e) and not _takes_any(e) for e in made) and complaint.sqlstate == "23505",
        lambda _, made: any(map(writes, made)),
        lambda _, made: any(e.name == complaint.name and e.table == table for e in made),
    ]


def _second_keys(complaint: Complaint, _: Ladder) -> list[Test]:
    def adds(statement: Statement, made: Sequence[Effect]) -> bool:
        return "primary key" in statement.text.lower() and any(e.table == complaint.table for e in made)

    return [adds] if complaint.table else []


def _commands(complaint: Complaint, _: Ladder) -> list[Test]:
    command = complaint.message.lower().partition(" cannot ")[0]
    return [lambda s, _: " ".join(s.text.lower().split()).startswith(command)]


def _dropped(complaint: Complaint, _: Ladder) -> list[Test]:
    may_be_absent = complaint.sqlstate != "2BP01"  # then IF EXISTS would have helped
    return [
        lambda _, made: any(
            e.verb == "drop" and e.name == complaint.name and not (e.guarded and may_be_absent) for e in made
        )
    ]


_TESTS: dict[tuple[str, ...], Callable[[Complaint, Ladder], list[Test]]] = {
    ("42710", "42P07", "42701", "42P06", "42723"): _created,
    ("42P10",): _conflict_targets,
    ("23502", "23503", "23505", "23514", "23P01"): _rows,
    ("42P16",): _second_keys,
    ("25001",): _commands,
    ("2BP01", "42P01", "42703", "42704", "42883", "3F000"): _dropped,
}


def _takes_any(effect: Effect) -> bool:
    """Whether an INSERT says ON CONFLICT DO NOTHING for every key."""
    return effect.guarded and not effect.columns


def _mentions(complaint: Complaint) -> list[Test]:
    """Fall back to the text: a DO block, or anything else that names the thing, and its table if it can."""
    if not complaint.name:
        return []
    words = [word for word in (complaint.name, complaint.table) if word]
    patterns = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)") for word in words]
    tests: list[Test] = [lambda statement, _: all(pattern.search(statement.text) for pattern in patterns)]
    if complaint.kind in ("", "column"):
        return tests  # a column's name alone says too little
    return [*tests, lambda statement, _: patterns[0].search(statement.text) is not None]


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


_ROW = re.compile(r"(?:row contains |\([^()]{1,400}\)=)\((?P<values>.*)\)", re.DOTALL)
"""`Failing row contains (1, null)`, `Key (id)=(1) already exists`, the latter in any language."""


def _by_row(found: Sequence[Statement], detail: str) -> Sequence[Statement]:
    """Keep the statements that hold most of the refused row's values as literals."""
    row = _ROW.search(detail)
    if row is None or len(found) == 1:
        return found
    values = [value for value in row["values"].split(", ") if value and value != "null"]
    literals = [re.compile(rf"'{re.escape(value)}'|(?<![\w.'])-?{re.escape(value)}(?![\w.'])") for value in values]
    scores = [sum(bool(literal.search(statement.text)) for literal in literals) for statement in found]
    return [statement for statement, score in zip(found, scores, strict=True) if score == max(scores)]
