"""Makes what the guard judges: small ladders, and verdicts that no simulation has to give."""

from __future__ import annotations

from pathlib import Path

from harness.guard.model import Choice, Finding, Runner
from harness.guard.rules import Case
from harness.guard.rules.rule import Rule
from harness.ladder.model import Ladder, Migration
from harness.simulator.model import Drift, Simulation, Verdict, VerdictKind
from harness.sql import parse

EVERY_BOOT = Choice(Runner.EVERY_BOOT, "for a test")
TRACKED = Choice(Runner.TRACKED, "for a test")


def ladder(*texts: str, style: str = "numbered") -> Ladder:
    """Return a ladder of one migration a text."""
    root = Path("ladder")
    named = ((f"{number:03}.sql", text) for number, text in enumerate(texts, start=1))
    return Ladder(root, style, tuple(Migration(name, root / name, text) for name, text in named))


def verdicts(made: Ladder) -> list[Verdict]:
    """Return a verdict for each statement: it passes."""
    return [
        Verdict(migration, statement, VerdictKind.PASSES, node=next(iter(parse.nodes(statement.text)), None))
        for migration in made.migrations
        for statement in migration.statements
    ]


def simulation(made: Ladder) -> Simulation:
    """Return a simulation in which everything passes."""
    return Simulation(made, tuple(verdicts(made)))


def failing(sql: str, sqlstate: str, message: str) -> Case:
    """Return what the rules get to see of a statement that fails."""
    migration = ladder(sql).migrations[0]
    (node,) = parse.nodes(sql)
    kind = VerdictKind.FAILS
    return Case(Verdict(migration, migration.statements[0], kind, sqlstate, message, node=node))


def drifting(sql: str, *drifts: Drift) -> Case:
    """Return what the rules get to see of a statement that passes and changes the database."""
    migration = ladder(sql).migrations[0]
    (node,) = parse.nodes(sql)
    return Case(Verdict(migration, migration.statements[0], VerdictKind.DRIFTS, node=node, drifts=drifts))


def finding(made: Ladder, rule: Rule, number: int = 0, *, message: str = "it stops", file: int = 0) -> Finding:
    """Return what a rule says of a statement of a ladder."""
    migration = made.migrations[file]
    statement = migration.statements[number]
    return Finding(
        rule=rule,
        migration=migration,
        message=message,
        line=statement.line,
        column=statement.column,
        end_line=statement.end_line,
        statement=statement,
        kind="CREATE TABLE",
        sqlstate="42P07",
        fails=rule.code.startswith("LAD1"),
        help=rule.help,
    )
