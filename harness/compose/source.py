"""Where something stands in the compose files: line and column of a key, found in the YAML node tree.

An alias is no copy there but the very node of its anchor, so that a few lines make a tree with more paths than
there is time for, or one that contains itself: each node is looked at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from harness import files
from harness.errors import ComposeError, Place

_Found = tuple[int, yaml.Node]
"""How many parts of the path were followed, and the key (or item) that the last of them led to."""


_MOST_NODES = 100_000
_LARGEST = files.MIB
"""Bytes of a compose file in which places are looked for: a second of parsing."""


def locate(sources: Iterable[Path], path: str) -> Place | None:
    """Return where `path` (such as `services.server.ports`) stands; the last file that has it wins.

    Where no file has all of it (it comes from `extends` or `include`), the place of the longest part of it that
    one has. An item of a list is named by its index, or by a value inside it (`services.db.volumes.</data>`).
    None when no file can be read as YAML or none has even the first part.
    """
    best: tuple[int, Path, yaml.Node] | None = None
    for file in sources:
        root = _compose(file)
        found = _follow(root, path.split("."), 0, root) if root else None
        if found and found[0] and (best is None or found[0] >= best[0]):
            best = (found[0], file, found[1])
    if best is None:
        return None
    mark = best[2].start_mark
    return Place(str(best[1]), mark.line + 1, mark.column + 1)


def refuse_bombs(sources: Iterable[Path]) -> None:
    """Raise ComposeError for a file whose aliases contain themselves, or multiply: Compose would not come back."""
    for file in sources:
        try:
            text = _text(file)
            root = yaml.compose(text, Loader=yaml.SafeLoader) if "*" in text else None
            if root is None or _size(root, {}) <= _MOST_NODES:
                continue
            what = f"its aliases make more than {_MOST_NODES} values of it"
        except RecursionError:
            what = "it is nested too deeply, or an alias stands inside of its own anchor"
        except (OSError, UnicodeError, yaml.YAMLError):  # Compose says what is wrong
            continue
        raise ComposeError(what, place=Place(str(file)), help="write out what the aliases stand for")


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """Return how many nodes there are once each alias is a copy; RecursionError for one that contains itself."""
    if id(node) not in known:
        parts = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
        below = 0 if isinstance(node, yaml.ScalarNode) else sum(_size(part, known) for part in parts)
        known[id(node)] = 1 + below
    return known[id(node)]


def syntax_error(sources: Iterable[Path]) -> tuple[str, Place] | None:
    """Return what is wrong, and where, in the first file that is no YAML: Compose often names a wrong line."""
    for file in sources:
        try:
            yaml.compose(_text(file), Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(str(file), mark.line + 1, mark.column + 1) if mark else Place(str(file))
            return str(error.problem or error.context), place
        except yaml.reader.ReaderError as error:
            return _bad_character(file, error)
        except RecursionError:
            return "it is nested too deeply", Place(str(file))
        except (OSError, UnicodeError, yaml.YAMLError):
            continue
    return None


def _bad_character(file: Path, error: yaml.reader.ReaderError) -> tuple[str, Place]:
    before = _text(file)[: error.position]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"the character {error.character!r} is not allowed", Place(str(file), line, column)


def mention(sources: Iterable[Path], text: str) -> Place | None:
    """Return where the first value stands that is `text`, ends with it as a path, or has it between colons."""
    for file in sources:
        root = _compose(file)
        for scalar in _scalars(root, set()) if root else ():
            words = str(scalar.value).split(":")
            if text in words or any(word and Path(text).match(word.removeprefix("./")) for word in words):
                return Place(str(file), scalar.start_mark.line + 1, scalar.start_mark.column + 1)
    return None


def _scalars(node: yaml.Node, seen: set[int]) -> Iterator[yaml.ScalarNode]:
    """Yield the values, not the keys, in the order of the file; `seen` are the nodes that were looked at."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item, seen)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value, seen)


def _compose(file: Path) -> yaml.Node | None:
    try:
        return yaml.compose(_text(file), Loader=yaml.SafeLoader)
    except (OSError, UnicodeError, yaml.YAMLError, RecursionError):
        return None


def _text(file: Path) -> str:
    return files.read(file, _LARGEST).decode("utf-8-sig")


def _follow(node: yaml.Node, parts: list[str], depth: int, at: yaml.Node) -> _Found:
    rest = parts[depth:]
    best: _Found = (depth, at)
    if isinstance(node, yaml.MappingNode):
        # A service's name may hold dots, so that one key may be several parts of the path: try the longest first.
        for length in range(len(rest), 0, -1):
            for key, value in _pairs(node):
                if key.value == ".".join(rest[:length]):
                    best = max(best, _follow(value, parts, depth + length, key), key=lambda found: found[0])
    elif isinstance(node, yaml.SequenceNode) and rest:
        for index, item in enumerate(node.value):
            if _names(rest, index, item):
                return max(best, _follow_item(item, parts, depth), key=lambda found: found[0])
    return best


def _follow_item(item: yaml.Node, parts: list[str], depth: int) -> _Found:
    if parts[depth].startswith("<"):
        return len(parts), item
    return _follow(item, parts, depth + 1, item)


def _names(rest: list[str], index: int, item: yaml.Node) -> bool:
    """Whether the path's next part means this item: by index (`3` or `[3]`), or by a value in it (`<value>`)."""
    text = ".".join(rest)
    if not text.startswith("<"):
        return rest[0].strip("[]") == str(index) or (isinstance(item, yaml.ScalarNode) and item.value == rest[0])
    wanted = text[1:-1]
    nodes = [value for _, value in _pairs(item)] if isinstance(item, yaml.MappingNode) else [item]
    values = [str(node.value) for node in nodes if isinstance(node, yaml.ScalarNode)]
    return any(wanted == value or wanted in value.split(":") for value in values)


def _pairs(node: yaml.MappingNode) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Yield the keys and values of a mapping, and those that a merge key (`<<: *anchor`) brings in."""
    waiting: list[yaml.Node] = [node]
    seen: set[int] = set()
    while waiting:
        mapping = waiting.pop(0)
        if id(mapping) in seen or not isinstance(mapping, yaml.MappingNode):
            continue
        seen.add(id(mapping))
        for key, value in mapping.value:
            if key.value == "<<":
                waiting += value.value if isinstance(value, yaml.SequenceNode) else [value]
            elif isinstance(key, yaml.ScalarNode):
                yield key, value
