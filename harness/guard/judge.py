"""From a simulation to findings: what every rule says of every statement."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.guard import fixes
from harness.guard.baseline import marked
from harness.guard.because import Losses
from harness.guard.interrupted import files_at_risk
from harness.guard.model import Choice, Finding, Report, Runner
from harness.guard.rules import ALWAYS, CHANGES, EVERY_BOOT, FAILURES, OTHERS, TRACKED, Case, Rule
from harness.simulator import VerdictKind, simulate
from harness.simulator.again import again
from harness.sql.kind import kind_of

if TYPE_CHECKING:
    from harness.ladder.model import Ladder, Migration
    from harness.simulator import Simulation, Verdict


def judge(ladder: Ladder, choice: Choice, setup: Migration | None = None, *, with_fixes: bool = False) -> Report:
    """Play a ladder twice and return all findings, in the order of the boot; nothing is accepted yet.

    Under `tracked` only those files are played twice that an interruption can leave half done. LadderError where a
    file cannot be split into statements: a quote or a comment without an end.
    """
    began = time.monotonic()
    if choice.runner is Runner.TRACKED:
        simulation = again(ladder, files_at_risk(ladder), setup)
    else:
        simulation = simulate(ladder, setup)
    findings = marked(_findings(simulation, choice.runner))
    return Report(
        ladder=ladder,
        choice=choice,
        findings=fixes.with_fixes(findings, simulation) if with_fixes else findings,
        assumed=simulation.assumed,
        statements=len(simulation.verdicts),
        unknown=sum(verdict.kind is VerdictKind.UNKNOWN for verdict in simulation.verdicts),
        seconds=time.monotonic() - began,
    )


def _findings(simulation: Simulation, runner: Runner) -> Iterator[Finding]:
    of_the_ladder: dict[int, list[tuple[Rule, str]]] = {}
    for rule, find in (*ALWAYS, *(EVERY_BOOT if runner is Runner.EVERY_BOOT else TRACKED)):
        for verdict, said in find(simulation):
            of_the_ladder.setdefault(id(verdict), []).append((rule, said))
    losses = Losses(simulation)
    for verdict in simulation.verdicts:
        case = Case(verdict)
        if runner is Runner.EVERY_BOOT:
            yield from (_because(_finding(verdict, *told), losses.culprit(verdict)) for told in _replayed(case))
        others = of_the_ladder.get(id(verdict), [])
        is_no_sql = any(rule.code == "LAD905" for rule, _ in others)
        yield from (_finding(verdict, *told) for told in others)
        yield from (_finding(verdict, *told) for told in _others(case) if not is_no_sql)


def _replayed(case: Case) -> Iterator[tuple[Rule, str]]:
    """Yield what is said of a statement that runs at every boot."""
    if case.verdict.kind is VerdictKind.FAILS:
        yield from _first(FAILURES, case)
    if case.verdict.drifts:
        yield from _first(CHANGES[:2], case)
        yield from ((rule, said) for rule in CHANGES[2:] if (said := rule.says(case)))


def _others(case: Case) -> Iterator[tuple[Rule, str]]:
    return ((rule, said) for rule in OTHERS if (said := rule.says(case)))


def _first(rules: tuple[Rule, ...], case: Case) -> Iterator[tuple[Rule, str]]:
    found = next(((rule, said) for rule in rules if (said := rule.says(case))), None)
    return iter(() if found is None else (found,))


def _because(finding: Finding, culprit: Verdict | None) -> Finding:
    return finding if culprit is None else replace(finding, because=(culprit.migration, culprit.statement))


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
        fails=rule in FAILURES,
        help=rule.help,
    )
