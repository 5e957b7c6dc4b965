"""Keys: how they are made, kept, found and shown. SQL and secrets, no HTTP.

A key is 32 random bytes. Only its SHA-256 is stored: with 256 bits of entropy there is nothing to guess, so a
slow, salted password hash would add cost to every request and no safety; and a plain hash can be looked up by
index. Neither a key nor the bootstrap token is ever logged.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from refserver import audit
from refserver.body import NewAccount, NewKey
from refserver.rows import returned

TENANT = "t-default"
ADMIN_ROLE = "r-admin"
KEY_PREFIX = "rsk_"
"""Lets a person, and a scanner for leaked secrets, see what the string is."""

_INSERT_KEY = """
    INSERT INTO api_keys (tenant_id, name, origin, key_hash)
    VALUES (%s, 'day-0 admin', 'bootstrap', %s)
    ON CONFLICT (tenant_id) WHERE origin = 'bootstrap' DO NOTHING
    RETURNING id
"""
_INSERT_GRANT = """
    INSERT INTO actor_roles (actor_id, actor_type, role_id, tenant_id)
    VALUES (%s, 'api_key', %s, %s)
"""
_ISSUE_KEY = """
    INSERT INTO api_keys (tenant_id, name, origin, key_hash, account_id)
    VALUES (%s, %s, 'issued', %s, %s)
    RETURNING id
"""
_INSERT_ACCOUNT = """
    INSERT INTO users (tenant_id, email, display_name) VALUES (%s, %s, %s)
    ON CONFLICT (tenant_id, lower(email)) DO NOTHING
    RETURNING id
"""
_SELECT_HOLDER = """
    WITH holder AS (
        SELECT id, name, tenant_id, account_id FROM api_keys WHERE key_hash = %s AND revoked_at IS NULL
    ), held AS (
        SELECT role_id, bool_or(g.scope_type = 'global') AS is_global
        FROM actor_roles g JOIN holder h ON g.actor_id = h.id::text
        WHERE g.actor_type = 'api_key' AND (g.expires_at IS NULL OR g.expires_at > now())
        GROUP BY role_id
    )
    SELECT id, name, tenant_id, account_id,
           array(SELECT role_id FROM held ORDER BY role_id),
           array(SELECT DISTINCT p.name
                 FROM held JOIN role_permissions USING (role_id) JOIN permissions p ON p.id = permission_id
                 ORDER BY p.name),
           EXISTS (SELECT FROM held JOIN role_permissions USING (role_id) JOIN permissions p ON p.id = permission_id
                   WHERE p.name = 'roles.grant' AND held.is_global)
    FROM holder
"""


@dataclass(frozen=True, slots=True)
class MintedKey:
    """A key at the only moment at which it is known."""

    id: UUID
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a key belongs to, and what it may do."""

    id: UUID
    name: str
    tenant_id: str
    account_id: UUID | None
    """The account that the key belongs to; None for one that stands for itself."""
    roles: list[str]
    permissions: list[str]
    """What it may do in some scope; `grants.may` says where."""
    is_admin: bool
    """Whether it may grant roles everywhere."""


def bearer(authorization: str | None) -> str:
    """Return the credentials of an `Authorization: Bearer ...` header, empty when it is none (RFC 6750)."""
    scheme, _, credentials = (authorization or "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""


def same_secret(given: str, expected: str) -> bool:
    """Compare in a time that tells nothing; hashing first hides the lengths too."""
    return hmac.compare_digest(digest(given), digest(expected))


def digest(secret: str) -> bytes:
    """Return the 32 bytes that stand for `secret` in the database."""
    return hashlib.sha256(secret.encode()).digest()


def mint_admin_key(connection: psycopg.Connection[Any]) -> MintedKey | None:
    """Make the day-0 admin key, its grant and its audit row, in the caller's transaction.

    None when the tenant had one before. The unique index `api_keys_one_bootstrap` decides, also between calls
    at the same moment: the later one waits for the first to commit.
    """
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    row = connection.execute(_INSERT_KEY, (TENANT, digest(key))).fetchone()
    if row is None:
        return None
    key_id: UUID = row[0]
    connection.execute(_INSERT_GRANT, (str(key_id), ADMIN_ROLE, TENANT))
    actor = ("bootstrap", "bootstrap_token")
    audit.record(connection, actor, "api_key.bootstrapped", ("api_key", str(key_id)))
    return MintedKey(key_id, key)


def issue_key(connection: psycopg.Connection[Any], by: Holder, wanted: NewKey) -> MintedKey | None:
    """Make a key without any role; None when the account it is for does not exist."""
    if wanted.account_id is not None:
        sql = "SELECT FROM users WHERE id = %s AND tenant_id = %s AND deactivated_at IS NULL"
        if connection.execute(sql, (wanted.account_id, by.tenant_id)).fetchone() is None:
            return None
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    values = (by.tenant_id, wanted.name, digest(key), wanted.account_id)
    row = connection.execute(_ISSUE_KEY, values).fetchone()
    minted = MintedKey(returned(row)[0], key)
    resource = ("api_key", str(minted.id))
    audit.record(connection, (str(by.id), "api_key"), "api_key.issued", resource, name=wanted.name)
    return minted


def make_account(connection: psycopg.Connection[Any], by: Holder, wanted: NewAccount) -> UUID | None:
    """Make an account; None when its email is taken."""
    values = (by.tenant_id, wanted.email, wanted.display_name)
    row = connection.execute(_INSERT_ACCOUNT, values).fetchone()
    if row is None:
        return None
    account: UUID = row[0]
    audit.record(connection, (str(by.id), "api_key"), "account.made", ("account", str(account)))
    return account


def find_holder(connection: psycopg.Connection[Any], key: str) -> Holder | None:
    """Return whose key this is; None when it is unknown or revoked."""
    row = connection.execute(_SELECT_HOLDER, (digest(key),)).fetchone()
    return Holder(*row) if row else None
