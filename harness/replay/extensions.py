"""Which extensions a ladder creates, so that a Postgres that has them can be chosen."""

from __future__ import annotations

from collections.abc import Iterable

from harness.ladder.model import Migration
from harness.sql.effects import effects


def extensions_of(migrations: Iterable[Migration]) -> frozenset[str]:
    """Return the names of the extensions that migrations create; one that a DO block creates is not seen."""
    return frozenset(
        effect.name
        for migration in migrations
        if "extension" in migration.text.lower()
        for statement in migration.statements
        for effect in effects(statement.text)
        if (effect.verb, effect.kind) == ("create", "extension")
    )
