"""PL/pgSQL bodies as trees: of DO blocks, functions, and trigger functions.

libpg_query's own parser of the language is not used: what it gives lacks the variables of a block and what RETURN
returns, it knows no trigger functions (libpg_query#337) and ends the process for some texts (libpg_query#362).
This one reads the same scanner's tokens by the same rules (src/pl/plpgsql/src/pl_gram.y).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.sql.plpgsql import parts, tree
from harness.sql.plpgsql.reader import Reader, unquote

if TYPE_CHECKING:
    from collections.abc import Callable

_ENDS = ("end", "elsif", "elseif", "else", "when", "exception", "")


@lru_cache(maxsize=10_000)
def block(body: str) -> tree.Block:
    """Return the outermost block of a body; LadderError where the text is not one."""
    reader = Reader(body)
    options: dict[str, str] = {}
    while reader.take("#"):
        name = reader.next()
        options[name] = reader.next()
    found = _block(reader, _label(reader))
    reader.take(";")
    if reader.peek():
        reader.fail("expected the end of the body")
    return replace(found, conflict=options.get("variable_conflict", "error"))


def _label(reader: Reader) -> str:
    if not reader.take("<<"):
        return ""
    label = reader.name()
    reader.expect(">>")
    return label


def _block(reader: Reader, label: str) -> tree.Block:
    declarations: list[tree.Declaration | tree.Cursor | tree.Alias] = []
    while reader.take("declare"):
        while reader.peek() not in ("begin", "declare"):
            declarations.append(_declaration(reader))
    reader.expect("begin")
    body = _body(reader)
    handlers: list[tree.Handler] = []
    if reader.take("exception"):
        while reader.take("when"):
            handlers.append(_handler(reader))
    reader.expect("end")
    _end_label(reader)
    return tree.Block(tuple(declarations), body, tuple(handlers), label)


def _end_label(reader: Reader) -> None:
    if reader.peek() not in (";", ""):
        reader.next()


def _declaration(reader: Reader) -> tree.Declaration | tree.Cursor | tree.Alias:
    name = reader.name()
    if reader.take("alias", "for"):
        alias = tree.Alias(name, reader.name())
        reader.expect(";")
        return alias
    if "cursor" in (reader.peek(), reader.peek(1), reader.peek(2)) and reader.peek() in ("no", "scroll", "cursor"):
        return _cursor(reader, name)
    is_constant = reader.take("constant")
    type_ = reader.until("not", "collate", ":=", "=", "default", ";")
    if reader.take("collate"):
        reader.until("not", ":=", "=", "default", ";")
    not_null = reader.take("not", "null")
    default = None if reader.peek() == ";" else _after(reader, ":=", "=", "default")
    reader.expect(";")
    return tree.Declaration(name, type_, default, is_constant, not_null)


def _after(reader: Reader, *words: str) -> str:
    if reader.next() not in words:
        reader.at -= 1
        reader.fail(f"expected {' or '.join(words)}")
    return reader.until(";")


def _cursor(reader: Reader, name: str) -> tree.Cursor:
    while reader.next() != "cursor":
        pass
    arguments: list[tuple[str, str]] = []
    if reader.take("("):
        while not arguments or reader.take(","):
            arguments.append((reader.name(), reader.until(",", ")")))
        reader.expect(")")
    if not reader.take("is"):
        reader.expect("for")
    query = reader.until(";")
    reader.expect(";")
    return tree.Cursor(name, tuple(arguments), query)


def _handler(reader: Reader) -> tree.Handler:
    conditions: list[str] = []
    while not conditions or reader.take("or"):
        is_code = reader.take("sqlstate")
        word = reader.next()
        conditions.append(unquote(word) if is_code else word)
    reader.expect("then")
    return tree.Handler(tuple(conditions), _body(reader))


def _body(reader: Reader) -> tree.Body:
    found: list[tree.Part] = []
    while reader.peek() not in _ENDS or parts.is_assignment(reader):
        found.append(_part(reader))
    return tuple(found)


def _part(reader: Reader) -> tree.Part:
    label = _label(reader)
    read = None if parts.is_assignment(reader) else _LABELLED.get(reader.peek())
    if read is not None:
        found = read(reader, label)
        reader.expect(";")
        return found
    if label:
        reader.fail("a label stands on a block or a loop")
    found = (_PARTS.get(reader.peek()) or parts.part)(reader)
    reader.expect(";")
    return found


# what may have a label


def _begin(reader: Reader, label: str) -> tree.Part:
    return _block(reader, label)


def _loop_body(reader: Reader) -> tree.Body:
    reader.expect("loop")
    body = _body(reader)
    reader.expect("end", "loop")
    _end_label(reader)
    return body


def _loop(reader: Reader, label: str) -> tree.Part:
    condition = reader.until("loop") if reader.take("while") else ""
    return tree.Loop(_loop_body(reader), condition, label)


def _for(reader: Reader, label: str) -> tree.Part:
    reader.expect("for")
    targets = parts.targets(reader)
    reader.expect("in")
    if reader.take("execute"):
        query = reader.until("using", "loop")
        values = parts.using(reader, "loop")
        return tree.ForQuery(targets, query, _loop_body(reader), is_dynamic=True, arguments=values, label=label)
    is_reverse = reader.peek() == "reverse" and reader.peek(1) not in ("loop", "(") and reader.take("reverse")
    if reader.words[reader.find("..", "loop")] == "..":
        return _for_integer(reader, targets[0].name, label, is_reverse=is_reverse)
    cursor = _cursor_call(reader)
    if cursor is not None:
        name, arguments = cursor
        return tree.ForQuery(targets, name, _loop_body(reader), is_cursor=True, arguments=arguments, label=label)
    query = reader.until("loop")
    return tree.ForQuery(targets, query, _loop_body(reader), label=label)


def _for_integer(reader: Reader, name: str, label: str, *, is_reverse: bool) -> tree.Part:
    lower = reader.until("..")
    reader.expect("..")
    upper = reader.until("by", "loop")
    step = reader.until("loop") if reader.take("by") else "1"
    return tree.ForInteger(name, lower, upper, step, is_reverse, _loop_body(reader), label)


def _cursor_call(reader: Reader) -> tuple[str, tuple[str, ...]] | None:
    """Take a cursor's name with its arguments, if that is all there is up to LOOP."""
    if reader.peek(1) == "loop":
        return reader.name(), ()
    if reader.peek(1) != "(" or reader.peek() in ("select", "with", "values", "table"):
        return None
    start = reader.at
    name = reader.name()
    reader.expect("(")
    arguments = reader.listed(")") if reader.peek() != ")" else ()
    reader.expect(")")
    if reader.peek() == "loop":
        return name, arguments
    reader.at = start
    return None


def _foreach(reader: Reader, label: str) -> tree.Part:
    reader.expect("foreach")
    targets = parts.targets(reader)
    slice_ = int(reader.next()) if reader.take("slice") else 0
    reader.expect("in", "array")
    array = reader.until("loop")
    return tree.ForEach(targets, array, slice_, _loop_body(reader), label)


# what has none


def _if(reader: Reader) -> tree.Part:
    reader.expect("if")
    branches: list[tuple[str, tree.Body]] = []
    while not branches or reader.take("elsif") or reader.take("elseif"):
        condition = reader.until("then")
        reader.expect("then")
        branches.append((condition, _body(reader)))
    otherwise = _body(reader) if reader.take("else") else None
    reader.expect("end", "if")
    return tree.If(tuple(branches), otherwise)


def _case(reader: Reader) -> tree.Part:
    reader.expect("case")
    operand = "" if reader.peek() == "when" else reader.until("when")
    branches: list[tuple[str, tree.Body]] = []
    while reader.take("when"):
        condition = reader.until("then")
        reader.expect("then")
        condition = f"({operand}) IN ({condition})" if operand else condition
        branches.append((condition, _body(reader)))
    otherwise = _body(reader) if reader.take("else") else None
    reader.expect("end", "case")
    return tree.If(tuple(branches), otherwise, is_case=True)


_LABELLED: dict[str, Callable[[Reader, str], tree.Part]] = {
    "declare": _begin,
    "begin": _begin,
    "loop": _loop,
    "while": _loop,
    "for": _for,
    "foreach": _foreach,
}
_PARTS: dict[str, Callable[[Reader], tree.Part]] = {
    "if": _if,
    "case": _case,
}
