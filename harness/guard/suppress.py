"""Comments that accept a finding: `-- bootsmoke: allow LAD101 -- reason`.

One stands on a line of its statement, or on the lines of comment right above it. A code that is misspelt, a missing
reason and a comment that accepts nothing are findings themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.guard.baseline import marked
from harness.guard.model import Accepted, Finding, Runner
from harness.guard.rules import RULES
from harness.guard.spelling import meant

if TYPE_CHECKING:
    from harness.ladder.model import Ladder, Migration, Statement

_COMMENT = re.compile(r"--[ \t]*bootsmoke[ \t]*:(?P<said>.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment; `codes` as they are written, `statements` those that it stands by."""

    migration: Migration
    word: str
    codes: tuple[str, ...]
    reason: str
    line: int
    column: int
    statements: tuple[Statement, ...]

    def covers(self, finding: Finding) -> bool:
        """Whether it accepts a finding."""
        is_here = finding.migration is self.migration and finding.statement in self.statements
        return is_here and bool(self.reason) and self.word == "allow" and finding.code in self.codes


def accept(
    ladder: Ladder, findings: Sequence[Finding], runner: Runner
) -> tuple[tuple[Finding, ...], tuple[Accepted, ...]]:
    """Return the findings that nobody accepts, those about comments among them, and those that somebody does."""
    comments = [comment for migration in ladder.migrations for comment in suppressions(migration)]
    accepted, open_ = [], []
    for finding in findings:
        by = next((comment for comment in comments if comment.covers(finding)), None)
        if by is None:
            open_.append(finding)
        else:
            accepted.append(Accepted(finding, by.reason, in_source=True))
    complaints = (each for comment in comments for each in _complaints(comment, findings, runner))
    open_ += marked(complaints)
    order = {migration.name: number for number, migration in enumerate(ladder.migrations)}
    open_.sort(key=lambda finding: (order[finding.migration.name], finding.line, finding.column))
    return tuple(open_), tuple(accepted)


def suppressions(migration: Migration) -> Iterator[Suppression]:
    """Yield the comments of a file that speak to the guard; those in the body of a DO block count as well."""
    if _COMMENT.search(migration.text) is None:
        return
    lines = migration.text.split("\n")
    for number, line in enumerate(lines, start=1):
        found = _COMMENT.search(line)
        if found:
            yield _suppression(migration, found, number, _target(lines, number, migration.statements))


def _target(lines: Sequence[str], number: int, statements: Sequence[Statement]) -> int:
    """Return the line that a comment speaks of: its own, or the first one below it and its fellow comments."""
    while not _on(statements, number) and number < len(lines) and lines[number - 1].lstrip().startswith("--"):
        number += 1
    return number


def _on(statements: Sequence[Statement], line: int) -> tuple[Statement, ...]:
    return tuple(each for each in statements if each.line <= line <= each.end_line)


def _suppression(migration: Migration, found: re.Match[str], line: int, target: int) -> Suppression:
    words, _, reason = found["said"].partition("--")
    word, *codes = re.split(r"[,\s]+", words.strip())
    here = _on(migration.statements, target)
    return Suppression(migration, word.lower(), tuple(codes), reason.strip(), line, found.start() + 1, here)


def _complaints(comment: Suppression, findings: Iterable[Finding], runner: Runner) -> Iterator[Finding]:
    if comment.word != "allow" or not comment.codes:
        yield _about(comment, "LAD901", f"`{comment.word}` is not understood: only `allow CODE -- reason` is")
        return
    unknown = [code for code in comment.codes if code not in RULES]
    for code in unknown:
        said = f"there is no rule {code}: nothing is suppressed{meant(code.upper(), RULES)}"
        yield _about(comment, "LAD901", said)
    if not comment.reason:
        yield _about(comment, "LAD902", "no reason is given: nothing is suppressed")
        return
    here = {finding.code for finding in findings if comment.covers(finding)}
    for code in comment.codes:
        if code not in here and code not in unknown and _is_asked(code, runner):
            yield _about(comment, "LAD903", f"there is no {code} here: the comment suppresses nothing")


def _about(comment: Suppression, code: str, message: str) -> Finding:
    rule, line = RULES[code], comment.line
    return Finding(rule, comment.migration, message, line, comment.column, line, help=rule.help)


def _is_asked(code: str, runner: Runner) -> bool:
    """Whether a rule has a say under a runner: a comment may be there for the other one."""
    rule = RULES[code]
    return rule.is_for_tracked if runner is Runner.TRACKED else rule.is_for_every_boot
