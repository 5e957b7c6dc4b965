"""The parts of a body that have no body of their own: assignments, SQL, RAISE, RETURN, cursors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sql.plpgsql import tree
from harness.sql.plpgsql.reader import Reader, unquote

if TYPE_CHECKING:
    from collections.abc import Callable

_LEVELS = ("debug", "log", "info", "notice", "warning", "exception")


def part(reader: Reader) -> tree.Part:
    """Take one part, up to its semicolon."""
    if is_assignment(reader):
        return assign(reader)
    return READERS.get(reader.peek(), _sql)(reader)


def is_assignment(reader: Reader) -> bool:
    """Whether a variable comes, with its fields and subscripts, and a sign of assignment."""
    ahead = 1
    while (word := reader.peek(ahead)) in (".", "["):
        if word == ".":
            ahead += 2
            continue
        depth = 0
        while reader.peek(ahead):
            depth += (reader.peek(ahead) == "[") - (reader.peek(ahead) == "]")
            ahead += 1
            if depth == 0:
                break
    return word in (":=", "=")


def _target(reader: Reader) -> tree.Target:
    name, path = reader.name(), []
    while reader.peek() in (".", "["):
        if reader.take("."):
            path.append(reader.name())
        else:
            reader.next()
            path.append(f"[{reader.until(']')}]")
            reader.expect("]")
    return tree.Target(name, tuple(path))


def targets(reader: Reader) -> tuple[tree.Target, ...]:
    """Take targets with commas between."""
    found = [_target(reader)]
    while reader.take(","):
        found.append(_target(reader))
    return tuple(found)


def assign(reader: Reader) -> tree.Assign:
    """Take an assignment."""
    target = _target(reader)
    reader.next()
    return tree.Assign(target, reader.until(";"))


def _exit(reader: Reader) -> tree.Part:
    is_continue = reader.next() == "continue"
    label = "" if reader.peek() in ("when", ";") else reader.name()
    condition = reader.until(";") if reader.take("when") else ""
    return tree.Exit(is_continue, label, condition)


def _return(reader: Reader) -> tree.Part:
    reader.expect("return")
    if reader.take("next"):
        return tree.ReturnNext("" if reader.peek() == ";" else reader.until(";"))
    if not reader.take("query"):
        return tree.Return("" if reader.peek() == ";" else reader.until(";"))
    if not reader.take("execute"):
        return tree.ReturnQuery(reader.until(";"))
    query = reader.until("using", ";")
    return tree.ReturnQuery(query, is_dynamic=True, using=using(reader, ";"))


def using(reader: Reader, *ends: str) -> tuple[str, ...]:
    """Take USING and its expressions, if it comes, up to one of some words."""
    return reader.listed(*ends) if reader.take("using") else ()


def _raise(reader: Reader) -> tree.Part:
    reader.expect("raise")
    level = reader.next() if reader.peek() in _LEVELS else "exception"
    if reader.is_string():
        format_ = string(reader.next())
        arguments = reader.listed(",", "using", ";") if reader.take(",") else ()
        return tree.Raise(level, format_, arguments, "", _options(reader))
    condition = ""
    if reader.take("sqlstate"):
        condition = unquote(reader.next())
    elif reader.peek() not in ("using", ";"):
        condition = reader.next()
    return tree.Raise(level, None, (), condition, _options(reader))


def _options(reader: Reader) -> tuple[tuple[str, str], ...]:
    options: list[tuple[str, str]] = []
    while reader.take(",") if options else reader.take("using"):
        name = reader.next()
        if reader.next() not in ("=", ":="):
            reader.fail("expected =")
        options.append((name, reader.until(",", ";")))
    return tuple(options)


def string(word: str) -> str:
    """Return what a string constant stands for: quoted, escaped (E'') or between dollars."""
    if word.startswith("'"):
        return unquote(word)
    if word[:1] == "$":
        size = word.index("$", 1) + 1
        return word[size:-size]
    content = word[2:-1].replace("''", "'")
    if word[:1] in ("E", "e"):
        return content.replace("\\n", "\n").replace("\\t", "\t").replace("\\'", "'").replace("\\\\", "\\")
    return content


def _assert(reader: Reader) -> tree.Part:
    reader.expect("assert")
    condition = reader.until(",", ";")
    return tree.Assert(condition, reader.until(";") if reader.take(",") else "")


def _get(reader: Reader) -> tree.Part:
    reader.expect("get")
    is_stacked = reader.take("stacked")
    reader.take("current")
    reader.expect("diagnostics")
    items: list[tuple[tree.Target, str]] = []
    while not items or reader.take(","):
        target = _target(reader)
        reader.next()
        items.append((target, reader.next()))
    return tree.Diagnostics(is_stacked, tuple(items))


def _into(reader: Reader) -> tree.Into:
    is_strict = reader.take("strict")
    return tree.Into(targets(reader), is_strict)


def _execute(reader: Reader) -> tree.Part:
    reader.expect("execute")
    text = reader.until("into", "using", ";")
    into: tree.Into | None = None
    values: tuple[str, ...] = ()
    while reader.peek() in ("into", "using"):
        if reader.take("into"):
            into = _into(reader)
        else:
            values = using(reader, "into", ";")
    return tree.Execute(text, into, values)


def _perform(reader: Reader) -> tree.Part:
    reader.expect("perform")
    return tree.Sql("SELECT " + reader.until(";"), is_perform=True)


def _sql(reader: Reader) -> tree.Part:
    """Take a SQL statement; its INTO is a target unless it is INSERT's, MERGE's or IMPORT's."""
    start, pieces = reader.at, list[str]()
    into: tree.Into | None = None
    depth = 0
    while (word := reader.peek()) != ";" or depth > 0:
        previous = reader.words[reader.at - 1] if reader.at > start else ""
        if word == "into" and previous not in ("insert", "merge") and reader.words[start] != "import":
            pieces.append(reader.text(start, reader.at))
            reader.next()
            into = _into(reader)
            start = reader.at
            continue
        depth += (word == "(") - (word == ")")
        reader.next()
    pieces.append(reader.text(start, reader.at))
    return tree.Sql("\n".join(piece for piece in pieces if piece), into)


def _open(reader: Reader) -> tree.Part:
    reader.expect("open")
    name = reader.name()
    while reader.take("no") or reader.take("scroll"):
        pass
    if reader.take("for"):
        if not reader.take("execute"):
            return tree.Open(name, query=reader.until(";"))
        query = reader.until("using", ";")
        return tree.Open(name, query=query, is_dynamic=True, using=using(reader, ";"))
    arguments: tuple[str, ...] = ()
    if reader.take("("):
        arguments = reader.listed(")")
        reader.expect(")")
    return tree.Open(name, arguments)


def _fetch(reader: Reader) -> tree.Part:
    reader.next()
    words = []
    while reader.peek(1) not in ("into", ";"):
        words.append(reader.next())
    name = reader.name()
    into = _into(reader) if reader.take("into") else None
    return tree.Fetch(name, " ".join(word for word in words if word not in ("from", "in")), into)


def _close(reader: Reader) -> tree.Part:
    reader.expect("close")
    return tree.Close(reader.name())


def _end_transaction(reader: Reader) -> tree.Part:
    is_commit = reader.next() == "commit"
    while reader.peek() != ";":
        reader.next()
    return tree.EndTransaction(is_commit)


def _nothing(reader: Reader) -> tree.Part:
    if reader.peek(1) != ";":
        return _sql(reader)
    reader.expect("null")
    return tree.Nothing()


READERS: dict[str, Callable[[Reader], tree.Part]] = {
    "exit": _exit,
    "continue": _exit,
    "return": _return,
    "raise": _raise,
    "assert": _assert,
    "get": _get,
    "execute": _execute,
    "perform": _perform,
    "open": _open,
    "fetch": _fetch,
    "move": _fetch,
    "close": _close,
    "commit": _end_transaction,
    "rollback": _end_transaction,
    "null": _nothing,
}
"""By the word that a part begins with; whatever else is SQL."""
