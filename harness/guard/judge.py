"""From a simulation to findings: what every rule says of every statement."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.errors import LadderError
from harness.guard.baseline import marked
from harness.guard.model import Choice, Finding, Report
from harness.guard.rules import CHANGES, FAILURES, OTHERS, RULES, Case, Rule
from harness.simulator import VerdictKind, simulate
from harness.sql import parse
from harness.sql.kind import kind_of

if TYPE_CHECKING:
    from harness.ladder.model import Ladder, Migration
    from harness.simulator import Simulation, Verdict


def judge(ladder: Ladder, choice: Choice, setup: Migration | None = None) -> Report:
    """Play a ladder twice and return all findings, in the order of the boot; nothing is accepted yet.

    LadderError where a file cannot be split into statements: a quote or a comment without an end.
    """
    began = time.monotonic()
    simulation = simulate(ladder, setup)
    return Report(
        ladder=ladder,
        choice=choice,
        findings=marked(_findings(simulation)),
        assumed=simulation.assumed,
        statements=len(simulation.verdicts),
        unknown=sum(verdict.kind is VerdictKind.UNKNOWN for verdict in simulation.verdicts),
        seconds=time.monotonic() - began,
    )


def _findings(simulation: Simulation) -> Iterator[Finding]:
    for verdict in simulation.verdicts:
        if verdict.node is None:
            yield from _syntax(verdict)
        else:
            yield from _judged(verdict)


def _judged(verdict: Verdict) -> Iterator[Finding]:
    case = Case(verdict)
    failure = _first(FAILURES, case) if verdict.kind is VerdictKind.FAILS else None
    if failure is not None:
        yield _finding(verdict, *failure)
    change = _first(CHANGES[:2], case) if verdict.drifts else None
    if change is not None:
        yield _finding(verdict, *change)
    for rule in (*(CHANGES[2:] if verdict.drifts else ()), *OTHERS):
        if said := rule.says(case):
            yield _finding(verdict, rule, said)


def _first(rules: tuple[Rule, ...], case: Case) -> tuple[Rule, str] | None:
    return next(((rule, said) for rule in rules if (said := rule.says(case))), None)


def _syntax(verdict: Verdict) -> Iterator[Finding]:
    """Yield a syntax error; a statement that the grammar takes is merely too deep for the parser to carry."""
    try:
        parse.check(verdict.statement.text)
    except LadderError as error:
        line, column = _place(verdict, error)
        yield _finding(verdict, RULES["LAD905"], f"line {line}, column {column}: {error.message}")
    else:
        yield _finding(verdict, RULES["LAD904"], "it is nested too deeply to be understood")


def _place(verdict: Verdict, error: LadderError) -> tuple[int, int]:
    """Return where in the file the parser stops."""
    statement, place = verdict.statement, error.place
    if place is None:
        return statement.line, statement.column
    column = place.column + (statement.column - 1 if place.line == 1 else 0)
    return statement.line + place.line - 1, column


def _finding(verdict: Verdict, rule: Rule, message: str) -> Finding:
    statement = verdict.statement
    return Finding(
        rule=rule,
        migration=verdict.migration,
        message=message,
        line=statement.line,
        column=statement.column,
        end_line=statement.end_line,
        statement=statement,
        kind=kind_of(verdict.node) if verdict.node is not None else "",
        sqlstate=verdict.sqlstate,
        fails=verdict.kind is VerdictKind.FAILS and rule in FAILURES,
        help=rule.help,
    )
