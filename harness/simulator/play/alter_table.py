"""ALTER TABLE, and ALTER of views, indexes, sequences and composite types as far as it is the same statement.

Sub-commands are looked at in the order in which they are written, and carried out in Postgres's passes, so that
`ADD CONSTRAINT c ..., DROP CONSTRAINT c` replaces c (ATController, AlterTablePass in tablecmds.c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Relation, RelationKind
from harness.simulator.errors import Refused, Unsure
from harness.simulator.play import plays
from harness.simulator.play.alteration import ROWS, RULES, Alteration
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_OF_KIND = {
    "OBJECT_VIEW": (frozenset((RelationKind.VIEW,)), "a view"),
    "OBJECT_MATVIEW": (frozenset((RelationKind.MATERIALIZED,)), "a materialized view"),
    "OBJECT_SEQUENCE": (frozenset((RelationKind.SEQUENCE,)), "a sequence"),
    "OBJECT_INDEX": (frozenset((RelationKind.INDEX,)), "an index"),
    "OBJECT_FOREIGN_TABLE": (frozenset((RelationKind.FOREIGN,)), "a foreign table"),
    "OBJECT_TYPE": (frozenset((RelationKind.COMPOSITE,)), "a composite type"),
}


_ACTIONS = {
    "AT_AddColumn": "ADD COLUMN",
    "AT_DropColumn": "DROP COLUMN",
    "AT_AddConstraint": "ADD CONSTRAINT",
    "AT_DropConstraint": "DROP CONSTRAINT",
    "AT_AlterColumnType": "ALTER COLUMN ... SET DATA TYPE",
    "AT_ColumnDefault": "ALTER COLUMN ... SET DEFAULT",
    "AT_SetNotNull": "ALTER COLUMN ... SET NOT NULL",
    "AT_DropNotNull": "ALTER COLUMN ... DROP NOT NULL",
    "AT_EnableRowSecurity": "ENABLE ROW SECURITY",
    "AT_DisableRowSecurity": "DISABLE ROW SECURITY",
}
"""What Postgres calls the commonest sub-commands (alter_table_type_to_string)."""
_OTHERS = frozenset(RelationKind) - {RelationKind.COMPOSITE}


@plays("AlterTableStmt")
def alter_table(session: Session, node: Any) -> None:
    """Carry out all sub-commands of an ALTER TABLE, or none."""
    relation = _target(session, node)
    if relation is None:
        return
    alteration = Alteration(session, relation.oid, recurses=node.relation.inh)
    for item in node.cmds:
        _prepare(alteration, item.alter_table_cmd)
    for step in range(ROWS + 1):
        queue = alteration.queues[step]
        while queue:
            queue.pop(0)()


def _target(session: Session, node: Any) -> Relation | None:
    """Return what is altered (42P01, 42809); None where IF EXISTS allows that there is nothing."""
    name, schema = node.relation.relname, node.relation.schemaname
    found = session.find_relation(name, schema)
    if found is None:
        if node.missing_ok:
            return None
        found = session.ranged(node.relation)
    kind = tree.enum(node, "objtype")
    kinds, said = _OF_KIND.get(kind, (_OTHERS, ""))
    if found.kind not in kinds and not found.is_assumed:
        raise Refused("42809", f'"{name}" is not {said}' if said else f'"{name}" is a composite type', name)
    return found


def _prepare(alteration: Alteration, node: Any) -> None:
    """Check a sub-command against the relation as it is, and put it in its pass (ATPrepCmd)."""
    name = tree.enum(node, "subtype")
    rule = RULES.get(name)
    if rule is None:
        raise Unsure(f"ALTER TABLE {name.removeprefix('AT_')} is not understood")
    relation = alteration.relation
    if relation.kind not in rule.kinds and not relation.is_assumed:
        action = _ACTIONS.get(name, name.removeprefix("AT_"))
        said = f'ALTER action {action} cannot be performed on relation "{relation.name}"'
        raise Refused("42809", said, relation.name)
    if rule.check is not None:
        rule.check(alteration, node)
    alteration.later(rule.step, lambda: rule.run(alteration, node))
