"""Role grant offers: made by a grantor; ended once, by recipient, grantor or another offer. SQL, no HTTP."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from refserver import audit, grants
from refserver.auth import Holder
from refserver.body import NewOffer
from refserver.grants import Grant, RefusedError
from refserver.rows import returned


@dataclass(frozen=True, slots=True)
class Offer:
    """A row of role_grant_offer."""

    id: UUID
    from_actor_id: str
    to_account_id: UUID
    to_actor_id: str | None
    role: str
    scope_kind: str | None
    scope_id: UUID | None
    message: str | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    declined_at: datetime | None
    decline_reason: str | None
    retracted_at: datetime | None
    superseded_at: datetime | None
    resulting_role_grant_id: UUID | None


class Refusal(StrEnum):
    """Why an offer cannot be ended this way."""

    UNKNOWN = "there is no such offer for you"
    ENDED = "the offer has ended already"
    EXPIRED = "the offer has expired"


_COLUMNS = ", ".join(Offer.__dataclass_fields__)
_SCOPE = "COALESCE(scope_kind, 'GLOBAL'), COALESCE(scope_id, '00000000-0000-0000-0000-000000000000'::uuid)"
_PENDING = "accepted_at IS NULL AND declined_at IS NULL AND retracted_at IS NULL AND superseded_at IS NULL"

# The conflict target repeats the expressions of role_grant_offer_pending_unique literally: Postgres finds the
# index by them. created_at moves with the second offer: it is the one that stands.
_UPSERT = f"""
    INSERT INTO role_grant_offer
        (tenant_id, from_actor_id, to_account_id, to_actor_id, role, scope_kind, scope_id, message, expires_at)
    VALUES (%(tenant)s, %(from_actor)s, %(to_account_id)s, %(to_actor_id)s, %(role)s, %(scope_kind)s, %(scope_id)s,
            %(message)s, %(expires_at)s)
    ON CONFLICT (to_account_id, role, {_SCOPE}, from_actor_id) WHERE {_PENDING}
    DO UPDATE SET to_actor_id = EXCLUDED.to_actor_id, message = EXCLUDED.message,
                  expires_at = EXCLUDED.expires_at, created_at = now()
    RETURNING {_COLUMNS}
"""
_INBOX = f"""
    SELECT {_COLUMNS} FROM role_grant_offer
    WHERE to_account_id = %s AND tenant_id = %s AND expires_at > now() AND {_PENDING}
    ORDER BY expires_at, id
"""
# All offers of the same account, role and scope are locked, in one order: two accepts at the same moment wait for
# each other instead of locking crosswise, and the later one finds its offer superseded.
_LOCK = f"""
    SELECT id FROM role_grant_offer
    WHERE (to_account_id, role, {_SCOPE}) = (
        SELECT to_account_id, role, {_SCOPE} FROM role_grant_offer WHERE id = %s AND tenant_id = %s
    )
    ORDER BY id
    FOR UPDATE
"""
_READ = f"SELECT {_COLUMNS} FROM role_grant_offer WHERE id = %s AND tenant_id = %s"
_SUPERSEDE = f"""
    UPDATE role_grant_offer SET superseded_at = now()
    WHERE to_account_id = %(account)s AND role = %(role)s AND id <> %(id)s
      AND (scope_kind, scope_id) IS NOT DISTINCT FROM (%(scope_kind)s, %(scope_id)s::uuid)
      AND {_PENDING}
"""


def make(connection: psycopg.Connection[Any], by: Holder, wanted: NewOffer) -> Offer | None:
    """Make an offer, or renew the pending one; None when there is no such account.

    RefusedError for a role or an actor that does not exist, and for an expiry that is not in the future.
    """
    sql = "SELECT FROM users WHERE id = %s AND tenant_id = %s AND deactivated_at IS NULL"
    if connection.execute(sql, (wanted.to_account_id, by.tenant_id)).fetchone() is None:
        return None
    grants.require_role(connection, by.tenant_id, wanted.role)
    grants.require_future(connection, wanted.expires_at)
    _require_actor(connection, by.tenant_id, wanted)
    values = {
        "tenant": by.tenant_id,
        "from_actor": str(by.id),
        "to_account_id": wanted.to_account_id,
        "to_actor_id": wanted.to_actor_id,
        "role": wanted.role,
        "scope_kind": wanted.scope_kind,
        "scope_id": wanted.scope_id,
        "message": wanted.message,
        "expires_at": wanted.expires_at,
    }
    with connection.cursor(row_factory=class_row(Offer)) as cursor:
        made = returned(cursor.execute(_UPSERT, values).fetchone())
    _note(connection, by, "offer.made", made)
    return made


def inbox(connection: psycopg.Connection[Any], holder: Holder) -> list[Offer]:
    """Return what is offered to the caller's account and can still be accepted, soonest expiry first."""
    with connection.cursor(row_factory=class_row(Offer)) as cursor:
        return cursor.execute(_INBOX, (holder.account_id, holder.tenant_id)).fetchall()


def accept(connection: psycopg.Connection[Any], holder: Holder, offer_id: UUID) -> Grant | Refusal:
    """Make the grant, link it, and supersede the other pending offers of the same role and scope."""
    connection.execute(_LOCK, (offer_id, holder.tenant_id))
    found = _find(connection, holder, offer_id)
    if isinstance(found, Refusal):
        return found
    if found.to_actor_id not in (None, str(holder.id)):
        return Refusal.UNKNOWN
    scope = (found.scope_kind or "global", str(found.scope_id) if found.scope_id else None)
    made = grants.upsert(connection, str(holder.id), holder.tenant_id, found.role, scope, None)
    connection.execute(
        "UPDATE role_grant_offer SET accepted_at = now(), resulting_role_grant_id = %s WHERE id = %s",
        (made.id, offer_id),
    )
    values = {
        "account": found.to_account_id,
        "role": found.role,
        "id": offer_id,
        "scope_kind": found.scope_kind,
        "scope_id": found.scope_id,
    }
    connection.execute(_SUPERSEDE, values)
    _note(connection, holder, "offer.accepted", found, role_grant=str(made.id))
    return made


def decline(
    connection: psycopg.Connection[Any], holder: Holder, offer_id: UUID, reason: str | None
) -> Offer | Refusal:
    """End an offer by its recipient."""
    connection.execute(_LOCK, (offer_id, holder.tenant_id))
    found = _find(connection, holder, offer_id)
    if isinstance(found, Refusal):
        return found
    connection.execute(
        "UPDATE role_grant_offer SET declined_at = now(), decline_reason = %s WHERE id = %s", (reason, offer_id)
    )
    _note(connection, holder, "offer.declined", found)
    return _read(connection, holder, offer_id)


def retract(connection: psycopg.Connection[Any], holder: Holder, offer_id: UUID) -> Offer | Refusal:
    """End an offer by its grantor; one that has expired can be retracted, too."""
    connection.execute(_LOCK, (offer_id, holder.tenant_id))
    found = _read(connection, holder, offer_id)
    if isinstance(found, Refusal) or found.from_actor_id != str(holder.id):
        return Refusal.UNKNOWN
    if _has_ended(found):
        return Refusal.ENDED
    connection.execute("UPDATE role_grant_offer SET retracted_at = now() WHERE id = %s", (offer_id,))
    _note(connection, holder, "offer.retracted", found)
    return _read(connection, holder, offer_id)


def _find(connection: psycopg.Connection[Any], holder: Holder, offer_id: UUID) -> Offer | Refusal:
    """Return a pending offer to the caller's account, or why there is none."""
    found = _read(connection, holder, offer_id)
    if isinstance(found, Refusal) or holder.account_id is None or found.to_account_id != holder.account_id:
        return Refusal.UNKNOWN
    if _has_ended(found):
        return Refusal.ENDED
    row = connection.execute("SELECT %s <= now()", (found.expires_at,)).fetchone()
    return Refusal.EXPIRED if row and row[0] else found


def _read(connection: psycopg.Connection[Any], holder: Holder, offer_id: UUID) -> Offer | Refusal:
    with connection.cursor(row_factory=class_row(Offer)) as cursor:
        return cursor.execute(_READ, (offer_id, holder.tenant_id)).fetchone() or Refusal.UNKNOWN


def _has_ended(offer: Offer) -> bool:
    ends = (offer.accepted_at, offer.declined_at, offer.retracted_at, offer.superseded_at)
    return any(end is not None for end in ends)


def _require_actor(connection: psycopg.Connection[Any], tenant: str, wanted: NewOffer) -> None:
    """Refuse an actor that is no key of the account."""
    if wanted.to_actor_id is None:
        return
    sql = "SELECT FROM api_keys WHERE id::text = %s AND account_id = %s AND tenant_id = %s AND revoked_at IS NULL"
    if connection.execute(sql, (wanted.to_actor_id, wanted.to_account_id, tenant)).fetchone() is None:
        raise RefusedError("to_actor_id is no key of that account")


def _note(connection: psycopg.Connection[Any], by: Holder, action: str, offer: Offer, **details: Any) -> None:
    audit.record(
        connection, (str(by.id), "api_key"), action, ("role_grant_offer", str(offer.id)), role=offer.role, **details
    )
