"""COMMIT in a file whose bookkeeping the tool does in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator

from harness.guard.interrupted import WRAPPING, ends_transaction
from harness.guard.rules.rule import Rule, Severity, elsewhere
from harness.simulator.model import Simulation, Verdict


def find(simulation: Simulation) -> Iterator[tuple[Verdict, str]]:
    """Yield each COMMIT and ROLLBACK in the files that the ladder's tool puts into a transaction."""
    style = simulation.ladder.style
    if style not in WRAPPING:
        return
    for verdict in simulation.verdicts:
        is_end = verdict.node is not None and ends_transaction(verdict.node)
        if is_end and verdict.migration.transactional:
            yield verdict, f"it ends the transaction of {style}, whose bookkeeping then stands outside of it"


RULE = Rule(
    code="LAD303",
    title="COMMIT ends the transaction that the tool had begun",
    severity=Severity.WARNING,
    help="Leave BEGIN and COMMIT to the tool, or switch its transaction off for this file.",
    why=(
        "The tool sends a file and the row that says so in one transaction. A COMMIT in the file ends it "
        "early: what follows, the bookkeeping too, is outside, and an interruption between them leaves work "
        "that nobody has written down."
    ),
    before="""\
BEGIN;
ALTER TABLE users ADD COLUMN email TEXT;
COMMIT;
""",
    after="ALTER TABLE users ADD COLUMN email TEXT;",
    source="postgresql.org/docs/current/sql-commit.html",
    says=elsewhere,
)
