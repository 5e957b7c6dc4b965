"""The sub-commands of ALTER TABLE that are about the table as a whole: triggers, row security, owner, storage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.simulator.catalog.objects import Attached, Index, Relation, Trigger
from harness.simulator.errors import Refused
from harness.simulator.play.alteration import Alteration, command
from harness.sql import tree

_TRIGGERS = ("AT_EnableTrig", "AT_EnableAlwaysTrig", "AT_EnableReplicaTrig", "AT_DisableTrig")
_ALL_TRIGGERS = ("AT_EnableTrigAll", "AT_EnableTrigUser", "AT_DisableTrigAll", "AT_DisableTrigUser")
_RULES = ("AT_EnableRule", "AT_EnableAlwaysRule", "AT_EnableReplicaRule", "AT_DisableRule")
_SECURITY = {
    "AT_EnableRowSecurity": ("row security", True),
    "AT_DisableRowSecurity": ("row security", False),
    "AT_ForceRowSecurity": ("force row security", True),
    "AT_NoForceRowSecurity": ("force row security", False),
}


def put_setting(alteration: Alteration, name: str, value: object) -> None:
    """Set one of the settings that define a relation; None takes it away."""
    relation = alteration.relation
    kept = tuple(each for each in relation.settings if each[0] != name)
    settings = kept if value in (None, False) else (*kept, (name, value))
    if settings != relation.settings:
        alteration.session.store.put(replace(relation, settings=settings))


@command(*_SECURITY)
def set_security(alteration: Alteration, node: Any) -> None:
    """Turn row level security on or off."""
    put_setting(alteration, *_SECURITY[tree.enum(node, "subtype")])


@command(*_TRIGGERS, kinds="table foreign")
def set_trigger(alteration: Alteration, node: Any) -> None:
    """Turn a trigger on or off (42704)."""
    found = alteration.session.store.one(Trigger, "trigger", alteration.table, node.name)
    if found is None:
        _require(alteration, "trigger", "table", node.name)
        return
    _turn(alteration, found, is_on=tree.enum(node, "subtype") != "AT_DisableTrig")


@command(*_ALL_TRIGGERS, kinds="table foreign")
def set_all_triggers(alteration: Alteration, node: Any) -> None:
    """Turn all triggers on or off."""
    for each in alteration.session.store.all(Trigger, "triggers", alteration.table):
        _turn(alteration, each, is_on=tree.enum(node, "subtype").startswith("AT_Enable"))


def _turn(alteration: Alteration, trigger: Trigger, *, is_on: bool) -> None:
    if trigger.is_enabled != is_on:
        alteration.session.store.put(replace(trigger, is_enabled=is_on))


@command(*_RULES)
def set_rule(alteration: Alteration, node: Any) -> None:
    """Turn a rule on or off (42704)."""
    if alteration.session.store.one(Attached, "rule", alteration.table, node.name) is None:
        _require(alteration, "rule", "relation", node.name)


@command("AT_ClusterOn", kinds="table materialized")
def cluster_on(alteration: Alteration, node: Any) -> None:
    """Choose the index that CLUSTER goes by (42704)."""
    _index(alteration, node.name)


@command("AT_ReplicaIdentity", kinds="table materialized")
def replica_identity(alteration: Alteration, node: Any) -> None:
    """Choose what replication knows rows by (42704 for an index)."""
    content = tree.inner(getattr(node, "def"))
    if content.name:
        _index(alteration, content.name)
    put_setting(alteration, "replica identity", f"{content.identity_type} {content.name}".strip())


def _index(alteration: Alteration, name: str) -> None:
    relation = alteration.relation
    found = alteration.session.store.one(Relation, "relation", relation.schema, name)
    if not isinstance(found, Index):
        _require(alteration, "index", "table", name)
    elif found.table != relation.oid:
        raise Refused("42809", f'"{name}" is not an index for table "{relation.name}"', name)


def _require(alteration: Alteration, what: str, where: str, name: str) -> None:
    relation = alteration.relation
    if relation.is_assumed:
        return
    if alteration.session.may_assume:
        alteration.session.assumed.append(f"{what} {relation.name}.{name}")
        return
    said = f'{what} "{name}" for {where} "{relation.name}" does not exist'
    raise Refused("42704", said, name, relation.name)


@command("AT_ChangeOwner", kinds="any")
def change_owner(alteration: Alteration, node: Any) -> None:
    """Give a relation to another role (42704)."""
    if tree.enum(node.newowner, "roletype") == "ROLESPEC_CSTRING":
        put_setting(alteration, "owner", alteration.session.require_role(node.newowner.rolename).name)


@command("AT_SetRelOptions", "AT_ResetRelOptions", "AT_ReplaceRelOptions", kinds="table view materialized index")
def set_options(alteration: Alteration, node: Any) -> None:
    """Set storage parameters, or a view's options."""
    is_reset = tree.enum(node, "subtype") == "AT_ResetRelOptions"
    for item in tree.inner(getattr(node, "def")).items:
        element = item.def_elem
        put_setting(alteration, element.defname, None if is_reset else str(element.arg) or "true")


@command("AT_SetLogged", "AT_SetUnLogged")
def set_logged(alteration: Alteration, node: Any) -> None:
    """Make a table logged or unlogged."""
    is_logged = tree.enum(node, "subtype") == "AT_SetLogged"
    put_setting(alteration, "persistence", None if is_logged else "unlogged")


@command(
    "AT_SetTableSpace",
    "AT_SetAccessMethod",
    "AT_DropCluster",
    "AT_DropOids",
    "AT_AlterColumnGenericOptions",
    "AT_GenericOptions",
    "AT_AddOf",
    "AT_DropOf",
    kinds="any",
)
def set_storage(_alteration: Alteration, _node: Any) -> None:
    """Change how a relation is stored, which decides nothing here."""
