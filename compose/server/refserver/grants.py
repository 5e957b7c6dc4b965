"""Role grants: scoped, time-bound, and one row for each actor, role and scope. SQL, no HTTP."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from refserver import audit
from refserver.auth import Holder
from refserver.body import NewGrant, Question
from refserver.rows import returned


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that an actor holds, in a scope and until a time."""

    id: UUID
    actor_id: str
    role_id: str
    scope_type: str
    scope_id: str | None
    granted_at: datetime
    expires_at: datetime | None


class RefusedError(Exception):
    """What was asked for makes no sense in this database; the text says why."""


_COLUMNS = "id, actor_id, role_id, scope_type, scope_id, granted_at, expires_at"

# A grant that was there before gets the new expiry; the conflict target is the constraint of 000043, whose NULLS
# NOT DISTINCT makes two global grants one.
_UPSERT = f"""
    INSERT INTO actor_roles (actor_id, actor_type, role_id, tenant_id, scope_type, scope_id, expires_at)
    VALUES (%(actor)s, 'api_key', %(role)s, %(tenant)s, %(scope_type)s, %(scope_id)s, %(expires_at)s)
    ON CONFLICT ON CONSTRAINT actor_roles_actor_role_scope_tenant_key
    DO UPDATE SET expires_at = EXCLUDED.expires_at
    RETURNING {_COLUMNS}
"""
_OF_KEY = f"""
    SELECT {_COLUMNS} FROM actor_roles
    WHERE actor_id = %s AND actor_type = 'api_key' AND tenant_id = %s
    ORDER BY role_id, scope_type, scope_id
"""
_DELETE = f"""
    DELETE FROM actor_roles
    WHERE id = %s AND actor_id = %s AND actor_type = 'api_key' AND tenant_id = %s
    RETURNING {_COLUMNS}
"""
_MAY = """
    SELECT EXISTS (
        SELECT FROM actor_roles g
        JOIN role_permissions USING (role_id)
        JOIN permissions p ON p.id = permission_id
        WHERE g.actor_id = %(actor)s AND g.actor_type = 'api_key' AND g.tenant_id = %(tenant)s
          AND p.name = %(permission)s
          AND (g.expires_at IS NULL OR g.expires_at > now())
          AND (g.scope_type = 'global' OR (g.scope_type = %(scope_type)s AND g.scope_id = %(scope_id)s))
    )
"""


def grant(connection: psycopg.Connection[Any], by: Holder, key: UUID, wanted: NewGrant) -> Grant | None:
    """Give a key a role, or set the expiry of what it has; None when there is no such key.

    RefusedError for a role that does not exist, and for an expiry that is not in the future.
    """
    if not has_key(connection, by.tenant_id, key):
        return None
    require_role(connection, by.tenant_id, wanted.role_id)
    require_future(connection, wanted.expires_at)
    made = upsert(
        connection, str(key), by.tenant_id, wanted.role_id, (wanted.scope_type, wanted.scope_id), wanted.expires_at
    )
    _note(connection, by, "role.granted", made)
    return made


def upsert(
    connection: psycopg.Connection[Any],
    actor: str,
    tenant: str,
    role: str,
    scope: tuple[str, str | None],
    expires_at: datetime | None,
) -> Grant:
    """Write the one row of this actor, role and scope."""
    values = {
        "actor": actor,
        "role": role,
        "tenant": tenant,
        "scope_type": scope[0],
        "scope_id": scope[1],
        "expires_at": expires_at,
    }
    with connection.cursor(row_factory=class_row(Grant)) as cursor:
        return returned(cursor.execute(_UPSERT, values).fetchone())


def of_key(connection: psycopg.Connection[Any], by: Holder, key: UUID) -> list[Grant] | None:
    """Return all grants of a key, expired ones too; None when there is no such key."""
    if not has_key(connection, by.tenant_id, key):
        return None
    with connection.cursor(row_factory=class_row(Grant)) as cursor:
        return cursor.execute(_OF_KEY, (str(key), by.tenant_id)).fetchall()


def revoke(connection: psycopg.Connection[Any], by: Holder, key: UUID, grant_id: UUID) -> Grant | None:
    """Take a grant away and return it; None when the key has no such grant."""
    with connection.cursor(row_factory=class_row(Grant)) as cursor:
        gone = cursor.execute(_DELETE, (grant_id, str(key), by.tenant_id)).fetchone()
    if gone is not None:
        _note(connection, by, "role.revoked", gone)
    return gone


def may(connection: psycopg.Connection[Any], holder: Holder, question: Question) -> bool:
    """Whether a grant covers the permission: a global one covers every scope, an expired one nothing."""
    values = {
        "actor": str(holder.id),
        "tenant": holder.tenant_id,
        "permission": question.permission,
        "scope_type": question.scope_type,
        "scope_id": question.scope_id,
    }
    row = connection.execute(_MAY, values).fetchone()
    return bool(row and row[0])


def has_key(connection: psycopg.Connection[Any], tenant: str, key: UUID) -> bool:
    """Whether the tenant has a key of this id that is not revoked."""
    sql = "SELECT FROM api_keys WHERE id = %s AND tenant_id = %s AND revoked_at IS NULL"
    return connection.execute(sql, (key, tenant)).fetchone() is not None


def require_role(connection: psycopg.Connection[Any], tenant: str, role: str) -> None:
    """Refuse a role that the tenant does not have."""
    sql = "SELECT FROM roles WHERE id = %s AND tenant_id = %s"
    if connection.execute(sql, (role, tenant)).fetchone() is None:
        raise RefusedError(f"there is no role {role!r}")


def require_future(connection: psycopg.Connection[Any], moment: datetime | None) -> None:
    """Refuse a time that is not in the future, by the database's clock."""
    row = connection.execute("SELECT %s::timestamptz <= now()", (moment,)).fetchone()
    if row and row[0]:
        raise RefusedError("expires_at has to be in the future")


def _note(connection: psycopg.Connection[Any], by: Holder, action: str, what: Grant) -> None:
    audit.record(
        connection,
        (str(by.id), "api_key"),
        action,
        ("role_grant", str(what.id)),
        holder=what.actor_id,
        role=what.role_id,
        scope_type=what.scope_type,
        scope_id=what.scope_id,
        expires_at=what.expires_at.isoformat() if what.expires_at else None,
    )
