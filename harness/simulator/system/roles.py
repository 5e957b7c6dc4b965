"""Roles, databases and settings: pg_roles, pg_auth_members, pg_database, pg_settings and their kin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.simulator.catalog.objects import Role
from harness.simulator.session import OWNER
from harness.simulator.system.asking import VERSION
from harness.simulator.system.views import Others, Wanted, gives, own
from harness.simulator.values import UNKNOWN, Choice, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

_Rows = Iterator[dict[str, Value]]
_PREDEFINED = (
    "pg_database_owner", "pg_read_all_data", "pg_write_all_data", "pg_monitor", "pg_read_all_settings",
    "pg_read_all_stats", "pg_stat_scan_tables", "pg_read_server_files", "pg_write_server_files",
    "pg_execute_server_program", "pg_signal_backend", "pg_checkpoint",
)  # fmt: skip
"""Of Postgres 15; later versions have more (postgresql.org/docs/current/predefined-roles.html)."""
_LATER = Choice("role", frozenset({"pg_use_reserved_connections", "pg_create_subscription", "pg_maintain"}))
"""Of later versions."""
_FLAGS = {
    "superuser": ("rolsuper", "usesuper"),
    "inherit": ("rolinherit",),
    "createrole": ("rolcreaterole",),
    "createdb": ("rolcreatedb", "usecreatedb"),
    "canlogin": ("rolcanlogin",),
    "isreplication": ("rolreplication", "userepl"),
    "bypassrls": ("rolbypassrls", "usebypassrls"),
}
_SETTINGS = {"server_version_num": str(VERSION)}
_ANY = frozenset({""})
_TRUE = ("true", "1", "on")


@gives("pg_roles", "pg_authid", "pg_user", "pg_shadow", "pg_group")
def pg_roles(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a role; of Postgres's own, those of every version."""
    for role in session.store.each(Role):
        yield _role(role)
    for number, name in enumerate(_PREDEFINED):
        yield {"oid": 4000 + number, "rolname": name, "usename": None, "groname": name, "rolsuper": False,
               "rolcanlogin": False, "rolinherit": True}  # fmt: skip
    if not {"rolname", "usename", "groname"} & set(wanted):
        yield Others(rolname=_LATER, rolcanlogin=False, rolsuper=False, usename=None, groname=_LATER)


def _role(role: Role) -> dict[str, Value]:
    settings = {key: str(value).lower() in _TRUE for key, value in role.settings}
    if role.name == OWNER:
        settings = dict.fromkeys(_FLAGS, True)
    can_log_in = settings.get("canlogin", False)
    row: dict[str, Value] = {
        "oid": role.oid,
        "usesysid": role.oid,
        "rolname": role.name,
        "groname": role.name,
        "usename": role.name if can_log_in else None,
        "rolconnlimit": UNKNOWN,
    }
    for key, names in _FLAGS.items():
        row |= dict.fromkeys(names, settings.get(key, key == "inherit"))
    return row


@gives("pg_auth_members")
def pg_auth_members(session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a membership."""
    for role in session.store.each(Role):
        for group in sorted(role.member_of):
            found = session.find_role(group)
            yield {"roleid": found.oid if found else UNKNOWN, "member": role.oid}
    yield Others(roleid=own("role"), member=own("role"))


@gives("pg_database")
def pg_database(_session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a database that every server has, and one for the ladder's own, whose name is not known."""
    for name in ("postgres", "template0", "template1"):
        yield {"datname": name, "datistemplate": name != "postgres"}
    yield Others(datname=UNKNOWN)


@gives("pg_settings")
def pg_settings(session: Session, wanted: Wanted) -> _Rows:
    """Yield one row a setting that the ladder has made, or whose value every server has."""
    known = {**_SETTINGS, **session.settings}
    for name, value in known.items():
        yield {"name": name, "setting": value}
    if not wanted.get("name", _ANY).issubset(known):
        yield Others(name=UNKNOWN)


@gives("pg_tablespace")
def pg_tablespace(_session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row a tablespace."""
    yield {"oid": 1663, "spcname": "pg_default"}
    yield {"oid": 1664, "spcname": "pg_global"}


@gives("pg_am")
def pg_am(_session: Session, _wanted: Wanted) -> _Rows:
    """Yield one row an access method."""
    methods = {"heap": 2, "btree": 403, "hash": 405, "gist": 783, "gin": 2742, "spgist": 4000, "brin": 3580}
    for name, oid in methods.items():
        yield {"oid": oid, "amname": name, "amtype": "t" if name == "heap" else "i"}
