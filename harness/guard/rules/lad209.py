"""A guard looks at another table's constraint, so that its own is never added."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.guard.rules.rule import Rule, Severity, elsewhere
from harness.simulator.catalog.objects import Constraint, Relation
from harness.simulator.model import Simulation, Verdict, VerdictKind

if TYPE_CHECKING:
    from harness.simulator.catalog.objects import Object

_NAME = r'"?(?P<{}>\w+)"?'
_LOOKUP = re.compile(r"\bconname\s*=\s*'(?P<name>\w+)'", re.IGNORECASE)
_ADDS = re.compile(
    rf"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?:\"?\w+\"?\.)?{_NAME.format('table')}"
    rf"\s+ADD\s+CONSTRAINT\s+{_NAME.format('name')}",
    re.IGNORECASE,
)


def find(simulation: Simulation) -> Iterator[tuple[Verdict, str]]:
    """Yield the DO blocks that add nothing, at either boot, because of another table's constraint."""
    blocks = [verdict for verdict in simulation.verdicts if _looks_by_name_alone(verdict)]
    if not blocks:
        return
    there = set(_constraints(simulation))
    for verdict in blocks:
        looked_up = {found["name"].lower() for found in _LOOKUP.finditer(verdict.statement.text)}
        for added in _ADDS.finditer(verdict.statement.text):
            table, name = added["table"].lower(), added["name"].lower()
            others = sorted(other for other, each in there if each == name and other != table)
            if name in looked_up and others and (table, name) not in there:
                yield verdict, _tell(name, table, others[0])


def _tell(name: str, table: str, other: str) -> str:
    return f'the guard finds "{name}" on table "{other}", so that no boot ever adds it to "{table}"'


def _looks_by_name_alone(verdict: Verdict) -> bool:
    """Whether it is a DO block that changed nothing, and asks pg_constraint for no table."""
    if verdict.node is None or verdict.node.DESCRIPTOR.name != "DoStmt" or verdict.cold:
        return False
    text = verdict.statement.text.lower()
    is_quiet = verdict.kind is VerdictKind.PASSES
    return is_quiet and "pg_constraint" in text and "conrelid" not in text and _LOOKUP.search(text) is not None


def _constraints(simulation: Simulation) -> Iterator[tuple[str, str]]:
    """Yield table and name of each constraint that the first boot makes."""
    made: list[Object] = [
        after for verdict in simulation.verdicts for _, after in verdict.cold if after is not None
    ]
    tables = {each.oid: each.name for each in made if isinstance(each, Relation)}
    for each in made:
        if isinstance(each, Constraint) and each.owner in tables:
            yield tables[each.owner].lower(), each.name.lower()


RULE = Rule(
    code="LAD209",
    title="a guard finds another table's constraint, and its own is never added",
    severity=Severity.WARNING,
    help="Look up conrelid as well as conname: AND conrelid = 'schema.table'::regclass.",
    why=(
        "Names of constraints are unique within their table only. A lookup by conname alone finds a "
        "constraint of that name on another table, and the one that the block is there for is not added, at "
        "any boot. Nothing fails, and the rows are not checked."
    ),
    before="IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'kind_check') THEN ...",
    after="""\
IF NOT EXISTS (SELECT FROM pg_constraint
               WHERE conname = 'kind_check' AND conrelid = 'robots'::regclass) THEN ...
""",
    source="postgresql.org/docs/current/catalog-pg-constraint.html",
    says=elsewhere,
)
