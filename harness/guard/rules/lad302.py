"""A file that is not one transaction cannot be run again after an interruption."""

from __future__ import annotations

from collections.abc import Iterator

from harness.guard.rules.rule import Rule, Severity, elsewhere
from harness.simulator.model import Simulation, Verdict, VerdictKind


def find(simulation: Simulation) -> Iterator[tuple[Verdict, str]]:
    """Yield the statements that fail when their file runs again after itself; see `simulator.again`."""
    for verdict in simulation.verdicts:
        if verdict.kind is VerdictKind.FAILS:
            yield verdict, f"after an interruption this file runs again, and stops here: {verdict.message}"


RULE = Rule(
    code="LAD302",
    title="a file that is not one transaction fails when it is run again",
    severity=Severity.WARNING,
    help="Let the whole file be one transaction, or make this statement pass a second time.",
    why=(
        "The tool runs a file again when it was interrupted before it was written down as applied. What was "
        "committed by then is there: this statement meets its own work and stops, and the deployment needs a "
        "person."
    ),
    before="""\
-- no transaction
CREATE INDEX CONCURRENTLY users_email ON users (email);
""",
    after="""\
-- no transaction
DROP INDEX CONCURRENTLY IF EXISTS users_email;
CREATE INDEX CONCURRENTLY users_email ON users (email);
""",
    source="postgresql.org/docs/current/sql-begin.html",
    says=elsewhere,
)
