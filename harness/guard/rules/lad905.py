"""A statement that Postgres's grammar refuses."""

from __future__ import annotations

from collections.abc import Iterator

from harness.errors import LadderError
from harness.guard.rules.rule import Rule, Severity, elsewhere
from harness.simulator.model import Simulation, Verdict
from harness.sql import parse


def find(simulation: Simulation) -> Iterator[tuple[Verdict, str]]:
    """Yield the statements that the parser refuses; not those that the grammar takes and it cannot carry."""
    for verdict in simulation.verdicts:
        if verdict.node is None and (said := _refusal(verdict)):
            yield verdict, said


def _refusal(verdict: Verdict) -> str:
    statement = verdict.statement
    try:
        parse.check(statement.text)
    except LadderError as error:
        place = error.place
        if place is None:
            return error.message
        line = statement.line + place.line - 1
        column = place.column + (statement.column - 1 if place.line == 1 else 0)
        return f"line {line}, column {column}: {error.message}"
    return ""


RULE = Rule(
    code="LAD905",
    title="Postgres refuses it as a syntax error",
    severity=Severity.ERROR,
    help="Mend it at the place that the message names; what only psql reads is no SQL.",
    why=(
        "The statement is refused at every boot, the first one too. The grammar is that of Postgres 18. "
        "Backslash commands and the rows after COPY ... FROM stdin are read by psql alone."
    ),
    before="CREATE TABEL users (id BIGINT);",
    after="CREATE TABLE users (id BIGINT);",
    source="postgresql.org/docs/current/sql-syntax.html",
    says=elsewhere,
)
