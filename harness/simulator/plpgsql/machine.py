"""Runs a PL/pgSQL body: blocks, branches, loops, and the errors that handlers catch (pl_exec.c)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from harness.simulator.catalog.objects import TypeName
from harness.simulator.errors import Refused, Unsure
from harness.simulator.execute.coerce import coerce
from harness.simulator.plpgsql import conditions, declare, doubt, expressions
from harness.simulator.plpgsql.variables import Frame, Variable
from harness.simulator.values import UNKNOWN, Value
from harness.sql.plpgsql import tree

if TYPE_CHECKING:
    from harness.simulator.execute.env import Result
    from harness.simulator.session import Session

MAX_STEPS = 50_000
"""How many parts one call may run before it is given up."""
_MAX_ROUNDS = 2_000
"""How often one loop may turn."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Why a body is left early: `return`, or `exit` or `continue` of the loop with a label.

    `perhaps` is an exit of which it is not known whether it was taken.
    """

    kind: str
    label: str = ""


RETURN: Final = Signal("return")
_OUTPUT: Final = Signal("output")


@dataclass(slots=True)
class Machine:
    """One call: what it returns, and how far it may go."""

    session: Session
    frame: Frame
    returns_set: bool = False
    returned: Value = None
    outputs: Mapping[str, Variable] = field(default_factory=dict)
    """The OUT arguments, and the columns of TABLE."""
    shape: tuple[TypeName, ...] | None = None
    """The types of the columns that it gives."""
    output: list[tuple[Value, ...]] = field(default_factory=list)
    """The rows that RETURN NEXT and RETURN QUERY have given."""
    is_exact: bool = True
    """No row of the output is missing or surplus."""
    errors: list[Refused] = field(default_factory=list)
    """Those that handlers around are at work on."""
    row_count: Value = 0
    steps: int = 0

    # values

    def value(self, text: str) -> Value:
        """Return an expression's value."""
        return expressions.value_of(self.session, text, self.frame.env)

    def set(self, variable: Variable, value: Value) -> None:
        """Assign to a variable, as its type (22004 for NULL where that is forbidden)."""
        if not variable.is_record:
            value = coerce(self.session, value, variable.type)
        if value is None and variable.not_null:
            raise Refused("22004", "null value cannot be assigned to a variable declared NOT NULL")
        variable.value = value

    def found(self, value: Value) -> None:
        """Set FOUND."""
        self.frame.require("found").value = value

    def count(self, result: Result) -> None:
        """Write down how many rows a statement gave or changed, for GET DIAGNOSTICS."""
        given = len(result.rows) if result.is_exact else UNKNOWN
        self.row_count = given if result.changed is None else result.changed

    # bodies

    def body(self, parts: tree.Body) -> Signal | None:
        """Run parts in order, up to one that leaves the body."""
        for part in parts:
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise Unsure("it runs too long to be followed")
            signal = _RUNNERS[type(part)](self, part)
            if signal is not None:
                return signal
        return None

    def inside(self, frame: Frame, parts: tree.Body) -> Signal | None:
        """Run parts with variables of their own."""
        outer, self.frame = self.frame, frame
        try:
            return self.body(parts)
        finally:
            self.frame = outer

    def block(self, block: tree.Block) -> Signal | None:
        """Run a block, with its handlers."""
        frame = Frame(parent=self.frame, label=block.label, conflict=self.frame.conflict)
        outer, self.frame = self.frame, frame
        try:
            for each in block.declarations:
                declare.declare(self, each)
            signal = self._guarded(block) if block.handlers else self.body(block.body)
        finally:
            self.frame = outer
        if signal is None or not block.label or signal.label != block.label:
            return signal
        if signal.kind == "perhaps":
            raise Unsure(f"it is not known whether block {block.label} is left")
        return None if signal.kind == "exit" else signal

    def _guarded(self, block: tree.Block) -> Signal | None:
        """Run a body whose errors are caught; what it did is undone then, but for what the variables hold."""
        mark = self.session.store.mark()
        restore = self.session.keep()
        try:
            with self.session.handler():
                return self.body(block.body)
        except Refused as error:
            self.session.store.rollback(mark)
            restore()
            handler = _handler(block, error)
            if handler is not None:
                return self._handle(handler, error)
            if not self.session.may_assume:
                raise
        return self.body(block.body)  # nothing catches what is missing: it was there before the first boot

    def _handle(self, handler: tree.Handler, error: Refused) -> Signal | None:
        text = TypeName("text")
        about = {"sqlstate": Variable(text, error.sqlstate), "sqlerrm": Variable(text, error.message)}
        self.errors.append(error)
        try:
            return self.inside(Frame(about, self.frame, conflict=self.frame.conflict), handler.body)
        finally:
            self.errors.pop()

    # what is not known

    def attempt(self, parts: tree.Body, prepare: Callable[[], None] | None = None) -> Callable[[], Signal | None]:
        """Return a way that a doubt may go."""

        def way() -> Signal | None:
            size = len(self.output)
            if prepare is not None:
                prepare()
            signal = self.body(parts)
            grown = len(self.output) > size
            del self.output[size:]
            return _OUTPUT if grown and signal is None else signal

        return way

    def either(self, ways: Sequence[doubt.Way], reason: str) -> Signal | None:
        """Go one of some ways, it is not known which."""
        self.row_count = UNKNOWN
        return doubt.either(self.session, self.frame, ways, reason)

    def perhaps(self, body: tree.Body, label: str, reason: str, prepare: Callable[[], None] | None = None) -> None:
        """Run a loop's body any number of times, it is not known how often."""
        way = self.attempt(body, prepare)

        def once() -> Signal | None:
            is_over, signal = turn(label, way())
            return signal if is_over else None

        self.either([self.attempt(()), once], reason)

    def give_up(self, mark: int) -> None:
        """Leave a loop that turns too often: what it has written since the mark is not all that it writes.

        Unsure where it changes more than rows.
        """
        changes = self.session.store.changes(mark)
        if not changes or not doubt.are_of_rows(changes):
            raise Unsure("a loop turns too often to be followed")
        doubt.blur(self.session, [changes, {}])
        for variable in self.frame.everything():
            variable.value = UNKNOWN


def _handler(block: tree.Block, error: Refused) -> tree.Handler | None:
    for handler in block.handlers:
        if any(conditions.catches(condition, error.sqlstate) for condition in handler.conditions):
            return handler
    return None


Runner = Callable[[Machine, Any], Signal | None]
_RUNNERS: dict[type, Runner] = {}


def runs(kind: type) -> Callable[[Runner], Runner]:
    """Register what runs a kind of part."""

    def register(runner: Runner) -> Runner:
        _RUNNERS[kind] = runner
        return runner

    return register


@runs(tree.Block)
def _block(machine: Machine, part: tree.Block) -> Signal | None:
    return machine.block(part)


@runs(tree.If)
def _if(machine: Machine, part: tree.If) -> Signal | None:
    ways: list[Callable[[], Signal | None]] = []
    doubted = ""
    for condition, body in part.branches:
        truth = expressions.truth(machine.session, condition, machine.frame.env)
        if truth is True and not ways:
            return machine.body(body)
        if truth is not False:
            ways.append(machine.attempt(body))
        if truth is UNKNOWN:
            doubted = doubted or condition
        if truth is True:
            break
    else:
        if not ways:
            return _else(machine, part)
        ways.append(machine.attempt(part.otherwise or ()))
    return machine.either(ways, f"it depends on {_short(doubted)}")


def _else(machine: Machine, part: tree.If) -> Signal | None:
    if part.otherwise is None and part.is_case:
        raise Refused("20000", "case not found")
    return machine.body(part.otherwise or ())


def _short(text: str) -> str:
    """Return SQL in one line, cut where it is long."""
    words = " ".join(text.split())
    return words if len(words) <= 80 else words[:77] + "..."


@runs(tree.Exit)
def _exit(machine: Machine, part: tree.Exit) -> Signal | None:
    signal = Signal("continue" if part.is_continue else "exit", part.label)
    truth = expressions.truth(machine.session, part.condition, machine.frame.env) if part.condition else True
    if truth is UNKNOWN:
        return Signal("perhaps", part.label) if not part.is_continue else _unsure(part.condition)
    return signal if truth else None


def _unsure(condition: str) -> Signal | None:
    raise Unsure(f"it depends on {_short(condition)}")


@runs(tree.Loop)
def _loop(machine: Machine, part: tree.Loop) -> Signal | None:
    mark = machine.session.store.mark()
    for _ in range(_MAX_ROUNDS):
        if machine.session.is_tired:
            break
        truth = expressions.truth(machine.session, part.condition, machine.frame.env) if part.condition else True
        if truth is UNKNOWN:
            machine.perhaps(part.body, part.label, f"it depends on {_short(part.condition)}")
        if truth is not True:
            return None
        is_over, signal = turned(machine, part.label, part.body)
        if is_over:
            return signal
    machine.give_up(mark)
    return None


def turned(machine: Machine, label: str, body: tree.Body) -> tuple[bool, Signal | None]:
    """Run a loop's body once; return as `turn`. Where it may have left the loop, or not, it ends here."""
    signal = machine.body(body)
    if signal is not None and signal.kind == "perhaps" and signal.label in ("", label):
        machine.perhaps(body, label, "it is not known when a loop ends")
        return True, None
    return turn(label, signal)


def turn(label: str, signal: Signal | None) -> tuple[bool, Signal | None]:
    """Return whether a loop ends with what its body came to, and what is left of that."""
    if signal is None:
        return False, None
    is_mine = signal.label in ("", label)
    if signal.kind == "continue" and is_mine:
        return False, None
    return True, None if signal.kind in ("exit", "perhaps") and is_mine else signal


def rounds(machine: Machine, label: str, body: tree.Body, steps: Iterable[Callable[[], None]]) -> Signal | None:
    """Run a loop's body once after each of some steps, which set its variable."""
    mark = machine.session.store.mark()
    for number, step in enumerate(steps):
        if number >= _MAX_ROUNDS or machine.session.is_tired:
            machine.give_up(mark)
            return None
        step()
        is_over, signal = turned(machine, label, body)
        if is_over:
            return signal
    return None


@runs(tree.Nothing)
def _nothing(_machine: Machine, _part: tree.Nothing) -> Signal | None:
    return None
