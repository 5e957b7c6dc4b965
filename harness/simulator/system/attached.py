"""What stands on tables, and what is said of objects: triggers, policies, rules, comments, dependencies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import (
    Attached,
    Constraint,
    Fact,
    Relation,
    RelationKind,
    Trigger,
)
from harness.simulator.system.relations import schema_name
from harness.simulator.system.views import Others, Wanted, gives, own, own_relation
from harness.simulator.values import UNKNOWN, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

_Rows = Iterator[dict[str, Value]]
_BITS = {"insert": 4, "delete": 8, "update": 16, "truncate": 32}
_COMMANDS = {"select": "r", "insert": "a", "update": "w", "delete": "d", "all": "*", "": "*"}


@gives("pg_trigger")
def pg_trigger(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a trigger; those behind foreign keys are not listed one by one."""
    for trigger in session.store.each(Trigger):
        yield _trigger(trigger)
    has_foreign_keys = any(constraint.references for constraint in session.store.each(Constraint))
    if has_foreign_keys and "tgname" not in wanted:
        yield Others(oid=own("trigger"), tgname=own("trigger"), tgisinternal=True)


def _trigger(trigger: Trigger) -> dict[str, Value]:
    kind = sum(_BITS[event] for event in trigger.events) + trigger.is_row
    kind += {"before": 2, "instead": 64}.get(trigger.timing, 0)
    settings = dict(trigger.settings)
    return {
        "oid": trigger.oid,
        "tgrelid": trigger.table,
        "tgparentid": 0,
        "tgname": trigger.name,
        "tgfoid": trigger.function,
        "tgtype": kind,
        "tgenabled": "O" if trigger.is_enabled else "D",
        "tgisinternal": False,
        "tgconstraint": UNKNOWN if trigger.is_constraint else 0,
        "tgdeferrable": bool(settings.get("deferrable")),
        "tginitdeferred": bool(settings.get("deferred")),
        "tgnargs": len(trigger.arguments),
        "tgattr": list(trigger.columns),
        "tgqual": None if trigger.when is None else UNKNOWN,
    }


def attached(session: Session, kind: str) -> list[tuple[Attached, Relation]]:
    """Return the policies or the rules, each with its table."""
    found = [each for each in session.store.each(Attached) if each.kind == kind]
    return [(each, session.store.of(each.table, Relation)) for each in found]


@gives("pg_policy", "pg_policies")
def pg_policy(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a policy."""
    for policy, table in attached(session, "policy"):
        settings: dict[str, Any] = dict(policy.settings)
        command = str(settings.get("command", ""))
        yield {
            "oid": policy.oid,
            "polname": policy.name,
            "polrelid": table.oid,
            "polcmd": _COMMANDS.get(command, UNKNOWN),
            "polpermissive": settings.get("permissive", UNKNOWN),
            "schemaname": schema_name(session, table.schema),
            "tablename": table.name,
            "policyname": policy.name,
            "permissive": "PERMISSIVE" if settings.get("permissive", True) else "RESTRICTIVE",
            "roles": [role or "public" for role in settings.get("roles", ())],
            "cmd": command.upper() or "ALL",
            "qual": None if settings.get("using") is None else UNKNOWN,
            "with_check": None if settings.get("check") is None else UNKNOWN,
        }


@gives("pg_rules")
def pg_rules(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a rule, but for those that make views."""
    for rule, table in attached(session, "rule"):
        yield {"schemaname": schema_name(session, table.schema), "tablename": table.name, "rulename": rule.name}
    yield Others(schemaname="pg_catalog", tablename=own_relation("pg_catalog"), rulename=own("rule"))


@gives("pg_rewrite")
def pg_rewrite(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a rule; each view has one."""
    for rule, table in attached(session, "rule"):
        instead = dict(rule.settings).get("instead", UNKNOWN)
        yield {"oid": rule.oid, "rulename": rule.name, "ev_class": table.oid, "is_instead": instead}
    for view in session.store.each(Relation):
        if view.kind in (RelationKind.VIEW, RelationKind.MATERIALIZED):
            yield {"oid": own("rule"), "rulename": "_RETURN", "ev_class": view.oid, "ev_type": "1",
                   "is_instead": True}  # fmt: skip
    yield Others(rulename="_RETURN", ev_class=own("relation"), ev_type="1", is_instead=True)


@gives("pg_description")
def pg_description(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a comment."""
    for fact in session.store.each(Fact):
        if fact.name == "comment":
            yield {"objoid": fact.about.oid, "objsubid": fact.about.column, "description": fact.value}
    yield Others(objoid=own("object"))


@gives("pg_depend", is_complete=False)
def pg_depend(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a dependency that is known."""
    for relation in session.store.each(Relation):
        for dependency in relation.depends:
            yield {"objid": relation.oid, "objsubid": dependency.of, "refobjid": dependency.on.oid,
                   "refobjsubid": dependency.on.column, "deptype": str(dependency.bond)}  # fmt: skip
