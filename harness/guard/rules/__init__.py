"""The rules, one file each: code, title, severity, what it says, what to do, why, an example, a source."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harness.guard.rules import (
    lad101,
    lad102,
    lad103,
    lad104,
    lad105,
    lad106,
    lad107,
    lad108,
    lad109,
    lad110,
    lad111,
    lad112,
    lad113,
    lad114,
    lad115,
    lad116,
    lad117,
    lad118,
    lad119,
    lad120,
    lad121,
    lad122,
    lad199,
    lad201,
    lad202,
    lad203,
    lad204,
    lad205,
    lad206,
    lad207,
    lad208,
    lad209,
    lad301,
    lad302,
    lad303,
    lad901,
    lad902,
    lad903,
    lad904,
    lad905,
    lad906,
)  # fmt: skip
from harness.guard.rules.rule import Case, Rule, Severity
from harness.simulator.model import Simulation, Verdict

__all__ = ["ALWAYS", "CHANGES", "EVERY_BOOT", "FAILURES", "OTHERS", "RULES", "TRACKED", "Case", "Rule", "Severity"]

FAILURES: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        # What the statement is tells more than what Postgres says of it, so these go first.
        lad121, lad113, lad115, lad111, lad101, lad109, lad112, lad107, lad110, lad103, lad102,
        lad104, lad108, lad118, lad114, lad119, lad116, lad122, lad106, lad105, lad120, lad117, lad199,
    )
)  # fmt: skip
"""Those on statements that fail: the first one that has something to say has it."""

CHANGES: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (lad202, lad201, lad203, lad204, lad205, lad206, lad207, lad208)
)  # fmt: skip
"""Those on statements that change the database; LAD202 says what LAD201 would, and more."""

OTHERS: tuple[Rule, ...] = (lad301.RULE, lad904.RULE)
"""Those on any statement."""

Find = Callable[[Simulation], Iterator[tuple[Verdict, str]]]

ALWAYS: tuple[tuple[Rule, Find], ...] = ((lad905.RULE, lad905.find), (lad906.RULE, lad906.find))
EVERY_BOOT: tuple[tuple[Rule, Find], ...] = ((lad209.RULE, lad209.find),)
TRACKED: tuple[tuple[Rule, Find], ...] = ((lad302.RULE, lad302.find), (lad303.RULE, lad303.find))
"""Those that look at the ladder as a whole, under either runner or under one."""

_OF_COMMENTS = (lad901, lad902, lad903)

RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in sorted(
        (
            *FAILURES,
            *CHANGES,
            *OTHERS,
            *(rule for rule, _ in (*ALWAYS, *EVERY_BOOT, *TRACKED)),
            *(module.RULE for module in _OF_COMMENTS),
        ),
        key=lambda rule: rule.code,
    )
}
"""All rules, by code, in the order of their codes."""
