"""The variables of PL/pgSQL: found by name from the innermost block outwards, assigned to as a whole or in part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.simulator.analyze.scope import Scope
from harness.simulator.catalog.objects import NO_TYPE, TypeName
from harness.simulator.errors import Refused
from harness.simulator.execute.env import Env, Result
from harness.simulator.values import UNKNOWN, Value
from harness.sql.plpgsql import tree

RECORD = TypeName("record")


@dataclass(slots=True)
class Opened:
    """An open cursor: its rows, and the place of the next one."""

    result: Result
    at: int = 0


@dataclass(slots=True)
class Variable:
    """A variable; a record's value is a dict of its fields, None before anything was assigned to it."""

    type: TypeName
    value: Value = None
    is_record: bool = False
    fields: tuple[str, ...] = ()
    """Of a record that is a table's row: all of them are there from the first assignment to one of them."""
    is_constant: bool = False
    not_null: bool = False
    cursor: tree.Cursor | None = None
    opened: Opened | None = None


class _Values(Mapping[str, Any]):
    """The values of variables, as they are when they are asked for."""

    __slots__ = ("_variables",)

    def __init__(self, variables: Mapping[str, Variable]) -> None:
        self._variables = variables

    def __getitem__(self, name: str) -> Value:
        return self._variables[name].value

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def __contains__(self, name: object) -> bool:
        return name in self._variables


@dataclass(slots=True)
class Frame:
    """The variables of a block, with those around it; `conflict` as in analyze.Scope."""

    variables: dict[str, Variable] = field(default_factory=dict)
    parent: Frame | None = None
    label: str = ""
    conflict: str = "error"
    _env: Env | None = None

    def add(self, name: str, variable: Variable) -> Variable:
        """Declare a variable."""
        self.variables[name] = variable
        self._env = None
        return variable

    def find(self, name: str, field_: str = "") -> Variable | None:
        """Return a variable; with a second name, the one in the block with the first one for its label."""
        frame: Frame | None = self
        while frame is not None:
            if field_ and frame.label == name and field_ in frame.variables:
                return frame.variables[field_]
            if not field_ and name in frame.variables:
                return frame.variables[name]
            frame = frame.parent
        return None

    def require(self, name: str) -> Variable:
        """Return a variable that has to be there (42601)."""
        found = self.find(name)
        if found is None:
            raise Refused("42601", f'"{name}" is not a known variable', name)
        return found

    def everything(self) -> Iterator[Variable]:
        """Yield all variables that can be seen or are hidden, the innermost first."""
        frame: Frame | None = self
        while frame is not None:
            yield from frame.variables.values()
            frame = frame.parent

    def visible(self) -> dict[str, Variable]:
        """Return the variables by name that can be seen from here."""
        around = {} if self.parent is None else self.parent.visible()
        return {**around, **self.variables}

    @property
    def env(self) -> Env:
        """The environment of an expression here; it follows the variables' values."""
        if self._env is None:
            visible = self.visible()
            types = {name: NO_TYPE if each.type == RECORD else each.type for name, each in visible.items()}
            scope = Scope.with_variables(types, conflict=self.conflict)
            labels = self._labelled()
            self._env = Env(variables=_Values(visible), scope=scope, parent=Env(rows=labels) if labels else None)
        return self._env

    def _labelled(self) -> Mapping[str, Mapping[str, Value]]:
        found = {} if self.parent is None else dict(self.parent._labelled())
        return {**found, self.label: _Values(self.variables)} if self.label else found


def assign(frame: Frame, target: tree.Target, value: Value) -> tuple[Variable, Value]:
    """Return the variable that a target names, and what it holds after the assignment; nothing is changed."""
    path: Sequence[str] = target.path
    variable = frame.find(target.name)
    if path and (labelled := frame.find(target.name, path[0])) is not None and variable is None:
        variable, path = labelled, path[1:]
    variable = variable or frame.require(target.name)
    if variable.is_constant:
        raise Refused("22005", f'variable "{target.name}" is declared CONSTANT', target.name)
    if not path:
        return variable, value
    whole = dict.fromkeys(variable.fields) if variable.value is None and variable.fields else variable.value
    return variable, _with(whole, path, value)


def _with(whole: Value, path: Sequence[str], value: Value) -> Value:
    """Return a value with one of its parts replaced; UNKNOWN where that part cannot be told."""
    step, rest = path[0], path[1:]
    if whole is UNKNOWN:
        return UNKNOWN
    if step.startswith("["):
        return _with_element(whole, step[1:-1].strip(), rest, value)
    fields = whole if isinstance(whole, dict) else {}
    inner = _with(fields.get(step), rest, value) if rest else value
    return {**fields, step: inner}


def _with_element(whole: Value, subscript: str, rest: Sequence[str], value: Value) -> Value:
    items = [] if whole is None else whole
    if not isinstance(items, list) or rest or not subscript.isdigit() or int(subscript) not in range(1, 10_000):
        return UNKNOWN
    place = int(subscript) - 1
    padded = items + [None] * (place + 1 - len(items))
    return [*padded[:place], value, *padded[place + 1 :]]
