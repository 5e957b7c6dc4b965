"""CREATE POLICY, ALTER POLICY and CREATE RULE."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from harness.simulator.catalog.assumed import is_taken
from harness.simulator.catalog.objects import Attached, Bond, Ref, Relation, RelationKind
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.making import depends, normal, role_name
from harness.sql import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.simulator.session import Session

_TABLES: Final = (RelationKind.TABLE, RelationKind.PARTITIONED)
_RULED: Final = (*_TABLES, RelationKind.VIEW, RelationKind.MATERIALIZED)
_ANALYZED: Final = frozenset(("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"))


@plays("CreatePolicyStmt")
def create_policy(session: Session, node: Any) -> None:
    """Make a policy: its roles, its table, its expressions, then its name (CreatePolicy in policy.c)."""
    has_check = node.HasField("with_check")
    if has_check and node.cmd_name in ("select", "delete"):
        raise Refused("42601", "WITH CHECK cannot be applied to SELECT or DELETE")
    if node.HasField("qual") and node.cmd_name == "insert":
        raise Refused("42601", "only WITH CHECK expression allowed for INSERT")
    roles = tuple(role_name(session, item.role_spec) for item in node.roles)
    relation = _table(session, node.table)
    used = _conditions(session, relation, node)
    if session.store.one(Attached, "policy", relation.oid, node.policy_name):
        said = f'policy "{node.policy_name}" for table "{relation.name}" already exists'
        raise Refused("42710", said, node.policy_name, relation.name)
    session.store.put(
        Attached(
            oid=session.store.new_oid(),
            name=node.policy_name,
            kind="policy",
            table=relation.oid,
            settings=(
                ("command", node.cmd_name),
                ("permissive", node.permissive),
                ("roles", roles),
                ("using", _expression(node, "qual")),
                ("check", _expression(node, "with_check")),
            ),
            depends=depends(Ref(relation.oid), bond=Bond.AUTO) | normal(used) | _of_roles(session, roles),
        )
    )


@plays("AlterPolicyStmt")
def alter_policy(session: Session, node: Any) -> None:
    """Change a policy's roles or expressions (42704)."""
    roles = tuple(role_name(session, item.role_spec) for item in node.roles)
    relation = _table(session, node.table)
    used = _conditions(session, relation, node)
    before = session.store.one(Attached, "policy", relation.oid, node.policy_name)
    if before is None:
        if relation.is_assumed or is_taken(session, "policy", f"{relation.name}.{node.policy_name}"):
            return
        said = f'policy "{node.policy_name}" for table "{relation.name}" does not exist'
        raise Refused("42704", said, node.policy_name, relation.name)
    changed = dict(before.settings)
    changed |= {"roles": roles} if roles else {}
    changed |= {"using": _expression(node, "qual")} if node.HasField("qual") else {}
    changed |= {"check": _expression(node, "with_check")} if node.HasField("with_check") else {}
    kept = before.depends | normal(used) | _of_roles(session, roles)
    session.store.put(replace(before, settings=tuple(changed.items()), depends=kept))


def _of_roles(session: Session, names: Iterable[str]) -> Any:
    """Return that a policy depends on its roles."""
    found = (session.find_role(name) for name in names if name)
    return depends(*(Ref(role.oid) for role in found if role is not None))


def _table(session: Session, node: Any) -> Relation:
    relation = session.ranged(node)
    if relation.kind not in _TABLES and not relation.is_assumed:
        raise Refused("42809", f'"{relation.name}" is not a table', relation.name)
    return relation


def _expression(node: Any, field: str) -> Any:
    return tree.inner(getattr(node, field)) if node.HasField(field) else None


def _conditions(session: Session, relation: Relation, node: Any) -> frozenset[Ref]:
    """Return what USING and WITH CHECK depend on (42703, 42804)."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    used: frozenset[Ref] = frozenset()
    for field in ("qual", "with_check"):
        expression = _expression(node, field)
        if expression is None:
            continue
        scope = analyze.Scope.of_relation(session.store.of(relation.oid, Relation))
        typed = analyze.expression(session, expression, scope)
        if typed.type.name not in ("bool", "?", "unknown") and not typed.type.oid:
            shown = analyze.format_type(session, typed.type)
            raise Refused("42804", f"argument of POLICY must be type boolean, not type {shown}", relation.name)
        used |= typed.depends
    return used


@plays("RuleStmt")
def create_rule(session: Session, node: Any) -> None:
    """Make a rule, or replace it (42710)."""
    relation = session.ranged(node.relation)
    if relation.kind not in _RULED and not relation.is_assumed:
        raise Refused("42809", f'relation "{relation.name}" cannot have rules', relation.name)
    used = _rule_uses(session, relation, node)
    before = session.store.one(Attached, "rule", relation.oid, node.rulename)
    if before is not None and not node.replace:
        said = f'rule "{node.rulename}" for relation "{relation.name}" already exists'
        raise Refused("42710", said, node.rulename, relation.name)
    session.store.put(
        Attached(
            oid=before.oid if before else session.store.new_oid(),
            name=node.rulename,
            kind="rule",
            table=relation.oid,
            settings=(
                ("event", tree.enum(node, "event").removeprefix("CMD_").lower()),
                ("instead", node.instead),
                ("where", _expression(node, "where_clause")),
                ("actions", tuple(tree.inner(item) for item in node.actions)),
            ),
            depends=depends(Ref(relation.oid), bond=Bond.AUTO) | normal(used),
        )
    )


def _rule_uses(session: Session, relation: Relation, node: Any) -> frozenset[Ref]:
    """Return what a rule's condition and actions depend on, in which OLD and NEW are rows of its relation."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    scope = analyze.Scope.of_relation(session.store.of(relation.oid, Relation), "old", "new")
    used: frozenset[Ref] = frozenset()
    if node.HasField("where_clause"):
        used |= analyze.expression(session, tree.inner(node.where_clause), scope).depends
    for item in node.actions:
        action = tree.inner(item)
        if tree.kind(action) in _ANALYZED:
            used |= analyze.statement(session, action, scope).depends
    return used
