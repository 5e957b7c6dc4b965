"""The ladder needs what it does not make."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.guard.rules.rule import Rule, Severity, elsewhere
from harness.simulator.model import Simulation, Verdict


def find(simulation: Simulation) -> Iterator[tuple[Verdict, str]]:
    """Yield what is taken as given, each with the first statement that names it."""
    for assumed in simulation.assumed:
        name = assumed.rpartition(" ")[2].rpartition(".")[2]
        word = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])", re.IGNORECASE)
        first = next((each for each in simulation.verdicts if word.search(each.statement.text)), None)
        if first is not None:
            yield first, f"no file makes the {assumed}: it is taken as given"


RULE = Rule(
    code="LAD906",
    title="the ladder needs what it does not make",
    severity=Severity.NOTE,
    help="Give what stands before the ladder: --setup FILE, with its roles, schemas, extensions and tables.",
    why=(
        "A table, role or schema that no file makes is taken as given, and what depends on it can be told "
        "less surely."
    ),
    before="GRANT SELECT ON users TO app;",
    after="bootsmoke guard --setup roles.sql migrations",
    source="bootsmoke",
    says=elsewhere,
)
