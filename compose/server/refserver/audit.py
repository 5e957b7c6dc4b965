"""The audit trail: one row a change, in the change's own transaction."""

from typing import Any

import psycopg
from psycopg.types.json import Jsonb

_INSERT = """
    WITH event AS (
        INSERT INTO audit_events (actor_id, actor_type, action, resource_type, resource_id, details)
        VALUES (%s, %s, %s, %s, %s, %s)
        RETURNING *
    )
    UPDATE audit_chain_head
    SET length = length + 1, head = sha256(head || convert_to(to_jsonb(event)::text, 'UTF8'))
    FROM event
"""


def record(
    connection: psycopg.Connection[Any],
    actor: tuple[str, str],
    action: str,
    resource: tuple[str, str],
    **details: Any,
) -> None:
    """Write down who (id, type) did what to which thing (type, id), and move the chain's head on."""
    connection.execute(_INSERT, (*actor, action, *resource, Jsonb(details)))
