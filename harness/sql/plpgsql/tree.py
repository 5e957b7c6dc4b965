"""The parts of a PL/pgSQL body, after the language's grammar (src/pl/plpgsql/src/pl_gram.y).

Expressions, queries and types are kept as SQL text: what they are is for the reader of that text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Declaration:
    """A variable; `type` is as written, such as `users.id%TYPE`."""

    name: str
    type: str
    default: str | None = None
    is_constant: bool = False
    not_null: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """A cursor that is bound to its query; `arguments` are names with types."""

    name: str
    arguments: tuple[tuple[str, str], ...]
    query: str


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name for a variable, or for an argument such as $1."""

    name: str
    of: str


@dataclass(frozen=True, slots=True)
class Handler:
    """WHEN of an EXCEPTION part; a condition is a name in lower case, or a SQLSTATE."""

    conditions: tuple[str, ...]
    body: Body


@dataclass(frozen=True, slots=True)
class Block:
    """DECLARE ... BEGIN ... EXCEPTION ... END."""

    declarations: tuple[Declaration | Cursor | Alias, ...]
    body: Body
    handlers: tuple[Handler, ...] = ()
    label: str = ""
    conflict: str = "error"
    """Of the outermost one: what a name means that is a variable and a column (`#variable_conflict`)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a value goes: a variable, and the fields or subscripts (`[1]`, as written) below it."""

    name: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Into:
    """INTO of a statement."""

    targets: tuple[Target, ...]
    is_strict: bool = False


@dataclass(frozen=True, slots=True)
class Assign:
    """Target := expression."""

    target: Target
    value: str


@dataclass(frozen=True, slots=True)
class If:
    """IF, its ELSIFs and its ELSE; also a CASE without an operand."""

    branches: tuple[tuple[str, Body], ...]
    otherwise: Body | None = None
    is_case: bool = False
    """Without an ELSE, no branch taken is an error (20000)."""


@dataclass(frozen=True, slots=True)
class Loop:
    """LOOP, and WHILE when there is a condition."""

    body: Body
    condition: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class ForInteger:
    """FOR name IN [REVERSE] lower .. upper [BY step]."""

    name: str
    lower: str
    upper: str
    step: str
    is_reverse: bool
    body: Body
    label: str = ""


@dataclass(frozen=True, slots=True)
class ForQuery:
    """FOR targets IN a query; or EXECUTE of a text; or a cursor's name (`arguments` are its)."""

    targets: tuple[Target, ...]
    query: str
    body: Body
    is_dynamic: bool = False
    is_cursor: bool = False
    arguments: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class ForEach:
    """FOREACH target [SLICE n] IN ARRAY expression."""

    targets: tuple[Target, ...]
    array: str
    slice: int
    body: Body
    label: str = ""


@dataclass(frozen=True, slots=True)
class Exit:
    """EXIT, or CONTINUE."""

    is_continue: bool
    label: str
    condition: str


@dataclass(frozen=True, slots=True)
class Return:
    """RETURN; `value` is empty without one."""

    value: str


@dataclass(frozen=True, slots=True)
class ReturnNext:
    """RETURN NEXT; `value` is empty without one."""

    value: str


@dataclass(frozen=True, slots=True)
class ReturnQuery:
    """RETURN QUERY, of a text when it is dynamic."""

    query: str
    is_dynamic: bool = False
    using: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sql:
    """A SQL statement without its INTO."""

    text: str
    into: Into | None = None
    is_perform: bool = False
    """PERFORM: the text is the SELECT that it stands for."""


@dataclass(frozen=True, slots=True)
class Execute:
    """EXECUTE of a text."""

    text: str
    into: Into | None = None
    using: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Raise:
    """RAISE; `level` in lower case, `condition` a name or a SQLSTATE; all empty for a bare RAISE."""

    level: str = "exception"
    format: str | None = None
    arguments: tuple[str, ...] = ()
    condition: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @property
    def is_again(self) -> bool:
        """Whether it raises the error again that a handler has caught."""
        return self.format is None and not self.condition and not self.options


@dataclass(frozen=True, slots=True)
class Assert:
    """ASSERT; `message` may be empty."""

    condition: str
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """GET [STACKED] DIAGNOSTICS: targets with the names of items in lower case."""

    is_stacked: bool
    items: tuple[tuple[Target, str], ...]


@dataclass(frozen=True, slots=True)
class Open:
    """OPEN of a cursor: bound (`arguments`), for a query, or for a text."""

    name: str
    arguments: tuple[str, ...] = ()
    query: str = ""
    is_dynamic: bool = False
    using: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetch:
    """FETCH or MOVE (no targets); `direction` is what stands before the cursor's name, in lower case."""

    name: str
    direction: str
    into: Into | None


@dataclass(frozen=True, slots=True)
class Close:
    """CLOSE of a cursor."""

    name: str


@dataclass(frozen=True, slots=True)
class EndTransaction:
    """COMMIT or ROLLBACK."""

    is_commit: bool


@dataclass(frozen=True, slots=True)
class Nothing:
    """NULL."""


Part: TypeAlias = (
    Block | Assign | If | Loop | ForInteger | ForQuery | ForEach | Exit | Return | ReturnNext | ReturnQuery
    | Sql | Execute | Raise | Assert | Diagnostics | Open | Fetch | Close | EndTransaction | Nothing
)  # fmt: skip
Body: TypeAlias = tuple[Part, ...]
