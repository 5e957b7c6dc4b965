"""RETURNING."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Relation, Row
from harness.simulator.execute.env import Env, Result
from harness.simulator.execute.keyed import fields_of
from harness.simulator.execute.query import name_of, project
from harness.simulator.execute.streams import Shape
from harness.simulator.values import UNKNOWN, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session


@dataclass(slots=True)
class Returning:
    """The rows that a statement writes, kept for its RETURNING."""

    node: Any
    relation: Relation
    is_complete: bool = True
    _rows: list[tuple[Row, Env | None, bool]] = field(default_factory=list)

    def add(self, row: Row, env: Env | None = None, *, doubtful: bool = False) -> None:
        """Keep a row, with what else was in sight when it was written."""
        self._rows.append((row, env, doubtful))

    def result(self, session: Session, env: Env) -> Result:
        """Return what RETURNING makes of the rows, and how many were changed."""
        changed: Value = (
            len(self._rows) if self.is_complete and not any(each[2] for each in self._rows) else UNKNOWN
        )
        doubtful = frozenset(place for place, each in enumerate(self._rows) if each[2])
        if not self.node.HasField("returning_clause"):
            return Result(changed=changed)
        alias = self.node.relation.alias.aliasname or self.relation.name
        shape: Shape = [(alias, tuple(column.name for column in self.relation.columns))]
        targets = self.node.returning_clause.exprs
        rows = []
        for row, around, _ in self._rows:
            fields = {alias: fields_of(self.relation, row.values)}
            rows.append(tuple(project(session, targets, Env(rows=fields, parent=around or env), shape)))
        return Result(tuple(self._columns(targets, shape)), rows, doubtful, self.is_complete, changed)

    def _columns(self, targets: Any, shape: Shape) -> list[str]:
        found: list[str] = []
        for item in targets:
            target = item.res_target
            name = target.name or name_of(target.val)
            starred = not name and target.val.WhichOneof("node") == "column_ref"
            found += shape[0][1] if starred else [name]
        return found
