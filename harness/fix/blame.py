"""Who fails, or changes something, at the warm boot of an edited ladder, as statements of the original."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.replay.model import DataKind

if TYPE_CHECKING:
    from harness.fix.plan import Edited, Plan
    from harness.fix.timeline import Key
    from harness.replay.apply import StatementError
    from harness.replay.model import Place, Replay

_NOBODY = ("", 0)


class Blame(NamedTuple):
    """A statement of the original, and what it did."""

    key: Key
    what: str
    data: DataKind | None = None
    """What became of rows, if it is that."""
    table: str = ""
    """Which table's."""


def blamed(found: Replay, edited: Edited, plan: Plan) -> list[Blame]:
    """Return who fails, or changes something, at the warm boot of an edited ladder."""
    names = {str(migration.path): migration.name for migration in found.ladder.migrations}
    warm = found.warm
    failures = [*warm.failures, *([warm.first_failure] if warm.first_failure else [])] if warm else []
    told: list[tuple[StatementError | Place | None, Blame]] = [
        *((failure, Blame(_NOBODY, f"{failure.message} (SQLSTATE {failure.sqlstate})")) for failure in failures),
        *((drift.place, Blame(_NOBODY, drift.what)) for drift in found.schema_drift),
        *(
            (drift.place, Blame(_NOBODY, drift.what, drift.kind, drift.table))
            for drift in found.data_drift
            if drift.is_finding
        ),
    ]
    blames: dict[Key, Blame] = {}
    for place, blame in told:
        keys = edited.keys(names[place.path], place.statement) if place else []
        for key in keys if len(keys) == 1 else [key for key in keys if key in plan]:
            blames.setdefault(key, blame._replace(key=key))
    return list(blames.values())
