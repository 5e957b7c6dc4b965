"""The sub-commands of ALTER TABLE: in which pass each is carried out, and on which kinds of relations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.simulator.catalog.objects import Relation, RelationKind

if TYPE_CHECKING:
    from harness.simulator.session import Session

DROP, ALTER_TYPE, ADD_COLUMN, ADD_CONSTRAINT, ATTRIBUTES, INDEX_CONSTRAINT, ADD_INDEX, OTHER_CONSTRAINT = range(8)
MISC, ROWS = 8, 9
"""AlterTablePass, those that nothing here uses left out; rows are looked at after all of them."""

_TABLE = frozenset((RelationKind.TABLE, RelationKind.PARTITIONED))
_VIEW, _MATERIALIZED, _INDEX = (
    frozenset((kind,)) for kind in (RelationKind.VIEW, RelationKind.MATERIALIZED, RelationKind.INDEX)
)
_FOREIGN, _COMPOSITE = (frozenset((kind,)) for kind in (RelationKind.FOREIGN, RelationKind.COMPOSITE))
_ANY = frozenset(RelationKind)


@dataclass(slots=True)
class Alteration:
    """One ALTER TABLE under way."""

    session: Session
    table: int
    recurses: bool
    """Whether tables that inherit are altered too: no ONLY."""
    queues: defaultdict[int, list[Callable[[], None]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def relation(self) -> Relation:
        """The relation as it is by now."""
        return self.session.store.of(self.table, Relation)

    def later(self, step: int, action: Callable[[], None]) -> None:
        """Do something in one of the passes."""
        self.queues[step].append(action)

    def children(self) -> list[Relation]:
        """Return the tables that inherit directly, if they are altered too."""
        return self.session.store.all(Relation, "children", self.table) if self.recurses else []

    def of(self, child: Relation) -> Alteration:
        """Return the same alteration of a table that inherits."""
        return Alteration(self.session, child.oid, recurses=True)


Command = Callable[[Alteration, Any], None]
Check = Callable[[Alteration, Any], Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a sub-command is carried out; `check` is done before any of them is."""

    step: int
    kinds: frozenset[RelationKind]
    run: Command
    check: Check | None = None


RULES: dict[str, Rule] = {}


def command(
    *names: str, step: int = MISC, kinds: str = "table", check: Check | None = None
) -> Callable[[Command], Command]:
    """Register what carries out a sub-command: its pass, and the kinds of relations that it is for."""
    every = {
        "table": _TABLE,
        "foreign": _FOREIGN,
        "view": _VIEW,
        "materialized": _MATERIALIZED,
        "index": _INDEX,
        "composite": _COMPOSITE,
        "any": _ANY,
    }
    allowed = frozenset[RelationKind]().union(*(every[kind] for kind in kinds.split()))

    def register(run: Command) -> Command:
        RULES.update(dict.fromkeys(names, Rule(step, allowed, run, check)))
        return run

    return register
