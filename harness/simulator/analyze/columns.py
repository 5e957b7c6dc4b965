"""What a query gives."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.simulator.analyze.coercion import common_type
from harness.simulator.analyze.model import TEXT, UNTYPED, Node, Output, Work
from harness.simulator.analyze.scope import RECORD, Field, Item
from harness.simulator.catalog.objects import NO_TYPE, TypeName
from harness.simulator.errors import Refused


@dataclass(frozen=True, slots=True)
class Columns:
    """What a query gives; `nodes` are its expressions where it is one plain SELECT or one row of VALUES."""

    outputs: tuple[Output, ...]
    is_open: bool = False
    nodes: tuple[Node, ...] = ()

    def item(self, name: str) -> Item:
        """Return the query as an item of FROM."""
        fields = tuple(Field(output.name, output.type) for output in self.outputs)
        return Item(name, fields, RECORD, is_open=self.is_open)

    def resolved(self) -> Columns:
        """Return the columns with literals that nothing has given a type as text."""
        if all(output.type != UNTYPED for output in self.outputs):
            return self
        outputs = (replace(each, type=TEXT) if each.type == UNTYPED else each for each in self.outputs)
        return replace(self, outputs=tuple(outputs))


def united(work: Work, left: Columns, right: Columns, word: str) -> Columns:
    """Return the columns of a set operation (42601 for another number of columns, 42804 for types)."""
    if left.is_open or right.is_open:
        return Columns(tuple(Output(each.name, NO_TYPE) for each in left.outputs), is_open=True)
    if len(left.outputs) != len(right.outputs):
        raise Refused("42601", f"each {word} query must have the same number of columns")
    outputs = []
    for place, (one, other) in enumerate(zip(left.outputs, right.outputs, strict=True)):
        sides = [(_node(side, place), each.type) for side, each in ((left, one), (right, other))]
        outputs.append(Output(one.name, common_type(work, sides, word)))
    return Columns(tuple(outputs))


def _node(columns: Columns, place: int) -> Node:
    return columns.nodes[place] if columns.nodes else None


def single(columns: Columns) -> TypeName:
    """Return the type of a sub-select that is a value (42601 for more than one column)."""
    if columns.is_open:
        return NO_TYPE
    if len(columns.outputs) != 1:
        raise Refused("42601", "subquery must return only one column")
    return columns.outputs[0].type
