"""CREATE, ALTER and DROP ROLE, and who is a member of whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from harness.simulator.catalog.drop import drop, remove
from harness.simulator.catalog.objects import Attached, Fact, Object, Other, Ref, Role
from harness.simulator.errors import Refused
from harness.simulator.play import plays
from harness.simulator.play.making import options, role_of, text_of
from harness.simulator.session import OWNER
from harness.sql import tree

if TYPE_CHECKING:
    from harness.simulator.session import Session

_MEMBERS: Final = ("addroleto", "rolemembers", "adminmembers")


@plays("CreateRoleStmt")
def create_role(session: Session, node: Any) -> None:
    """Make a role, its memberships and its members (42710, 42939)."""
    if node.role.startswith("pg_"):
        raise Refused("42939", f'role name "{node.role}" is reserved', node.role)
    if session.find_role(node.role) is not None:
        raise Refused("42710", f'role "{node.role}" already exists', node.role)
    given = options(node.options)
    can_log_in = tree.enum(node, "stmt_type") == "ROLESTMT_USER"
    attributes = {"canlogin": str(can_log_in).lower()} | _attributes(given)
    role = Role(oid=session.store.new_oid(), name=node.role, settings=tuple(attributes.items()))
    session.store.put(role)
    for group in _roles(session, given.get("addroleto")):
        _join(session, role, group)
    for key in ("rolemembers", "adminmembers"):
        for member in _roles(session, given.get(key)):
            _join(session, member, role)


def _attributes(given: dict[str, Any]) -> dict[str, str]:
    return {key: text_of(each) for key, each in given.items() if key not in _MEMBERS}


def _roles(session: Session, node: Any) -> list[Role]:
    """Return the roles of a list of RoleSpecs (42704)."""
    return [] if node is None else [role_of(session, item.role_spec) for item in node.items]


def _join(session: Session, member: Role, group: Role) -> None:
    """Make a role a member of another (0LP01 where that other is its member already)."""
    if group.name == member.name or member.name in _groups_of(session, group):
        raise Refused("0LP01", f'role "{group.name}" is a member of role "{member.name}"', group.name, member.name)
    member = session.store.of(member.oid, Role)
    session.store.put(replace(member, member_of=member.member_of | {group.name}))


def _groups_of(session: Session, role: Role) -> frozenset[str]:
    """Return the names of all roles that a role is a member of, directly or not."""
    found: set[str] = set()
    waiting = [role.name]
    while waiting:
        each = session.find_role(waiting.pop())
        new = (each.member_of if each is not None else frozenset()) - found
        found |= new
        waiting.extend(new)
    return frozenset(found)


@plays("AlterRoleStmt")
def alter_role(session: Session, node: Any) -> None:
    """Change a role's attributes, or a group's members (42704)."""
    role = role_of(session, node.role)
    given = options(node.options)
    changed = dict(role.settings) | _attributes(given)
    session.store.put(replace(role, settings=tuple(changed.items())))
    for member in _roles(session, given.get("rolemembers")):
        if node.action > 0:
            _join(session, member, role)
        else:
            _leave(session, member, role.name)


def _leave(session: Session, member: Role, group: str) -> None:
    member = session.store.of(member.oid, Role)
    session.store.put(replace(member, member_of=member.member_of - {group}))


@plays("AlterRoleSetStmt")
def set_for_role(session: Session, node: Any) -> None:
    """Give a role's sessions a setting of their own (42704)."""
    if not node.HasField("role"):
        return
    role = role_of(session, node.role)
    setting = node.setstmt
    where = f" in {node.database}" if node.database else ""
    key = f"set {setting.name}{where}"
    changed = {name: value for name, value in role.settings if name != key}
    if tree.enum(setting, "kind") == "VAR_RESET_ALL":
        changed = {name: value for name, value in changed.items() if not name.startswith("set ")}
    elif tree.enum(setting, "kind") == "VAR_SET_VALUE":
        changed[key] = tuple(str(item) for item in setting.args)
    session.store.put(replace(role, settings=tuple(changed.items())))


@plays("GrantRoleStmt")
def grant_role(session: Session, node: Any) -> None:
    """Make roles members of others, or no more (42704)."""
    groups = [session.require_role(item.access_priv.priv_name) for item in node.granted_roles]
    members = [role_of(session, item.role_spec) for item in node.grantee_roles]
    for group in groups:
        for member in members:
            if node.is_grant:
                _join(session, member, group)
            elif not options(node.opt):
                _leave(session, member, group.name)


@plays("DropRoleStmt")
def drop_role(session: Session, node: Any) -> None:
    """Drop roles (42704), unless something depends on them (2BP01)."""
    for item in node.roles:
        name = item.role_spec.rolename
        role = session.find_role(name)
        if role is None:
            if node.missing_ok:
                continue
            role = session.require_role(name)
        if role.name in (session.role, OWNER):
            raise Refused("55006", "current user cannot be dropped", name)
        is_used = next(session.store.dependents(Ref(role.oid)), None) is not None
        if is_used or next(_owned(session, role), None) is not None:
            said = f'role "{name}" cannot be dropped because some objects depend on it'
            raise Refused("2BP01", said, name)
        for member in list(session.store.each(Role)):
            if name in member.member_of:
                _leave(session, member, name)
        remove(session, [Ref(role.oid)])


def _owned(session: Session, role: Role) -> Iterator[Object]:
    """Yield what was given to a role with OWNER TO."""
    for each in session.store.each(Object):
        if ("owner", role.name) in getattr(each, "settings", ()):
            yield each


@plays("DropOwnedStmt")
def drop_owned(session: Session, node: Any) -> None:
    """Drop what roles own, and take away what was granted to them (42704, 2BP01)."""
    for role in _listed(session, node.roles):
        owned = [Ref(each.oid) for each in _owned(session, role)]
        drop(session, owned, cascade=tree.enum(node, "behavior") == "DROP_CASCADE")
        for each, _ in list(session.store.dependents(Ref(role.oid))):
            if isinstance(each, (Fact, Other)):
                session.store.remove(each.oid)
            elif isinstance(each, Attached):
                _release(session, each, role)


def _release(session: Session, policy: Attached, role: Role) -> None:
    """Take a role out of a policy; one that is for nobody else goes."""
    changed = dict(policy.settings)
    roles = changed.get("roles")
    others = tuple(name for name in roles if name != role.name) if isinstance(roles, tuple) else ()
    if not others:
        remove(session, [Ref(policy.oid)])
        return
    changed["roles"] = others
    kept = frozenset(dependency for dependency in policy.depends if dependency.on.oid != role.oid)
    session.store.put(replace(policy, settings=tuple(changed.items()), depends=kept))


@plays("ReassignOwnedStmt")
def reassign_owned(session: Session, node: Any) -> None:
    """Give what roles own to another (42704)."""
    roles = _listed(session, node.roles)
    heir = role_of(session, node.newrole)
    for role in roles:
        for each in list(_owned(session, role)):
            kept = [setting for setting in getattr(each, "settings", ()) if setting[0] != "owner"]
            session.store.put(replace(each, settings=(*kept, ("owner", heir.name))))  # type: ignore[call-arg]


def _listed(session: Session, items: Iterable[Any]) -> list[Role]:
    return [role_of(session, item.role_spec) for item in items]
