"""Functions of json and jsonb."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from harness.simulator.execute import operators
from harness.simulator.execute.coerce import to_text
from harness.simulator.execute.env import Result
from harness.simulator.execute.functions import builtin
from harness.simulator.execute.literals import document
from harness.simulator.values import UNKNOWN, Fresh, Json, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session


def plain(value: Value) -> Any:
    """Return a value as a part of a document; TypeError where it is not known."""
    if value is UNKNOWN or isinstance(value, Fresh):
        raise TypeError(value)
    if isinstance(value, Json):
        return value.value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value if value is None or isinstance(value, bool | int | float) else str(to_text(value))


def _read(value: Value) -> Any:
    """Return a document's content; a literal is read as one."""
    found = document(value) if isinstance(value, str) else value
    if not isinstance(found, Json):
        raise TypeError(value)
    return found.value


@builtin("json_build_object", "jsonb_build_object", "json_object", strict=False)
def _build_object(_session: Session, *arguments: Value) -> Value:
    try:
        pairs = zip(arguments[::2], arguments[1::2], strict=True)
        return Json({str(plain(key)): plain(value) for key, value in pairs})
    except (TypeError, ValueError):
        return UNKNOWN


@builtin("json_build_array", "jsonb_build_array", strict=False)
def _build_array(_session: Session, *arguments: Value) -> Value:
    try:
        return Json([plain(each) for each in arguments])
    except TypeError:
        return UNKNOWN


@builtin("to_json", "to_jsonb", "row_to_json", "array_to_json")
def _to_json(_session: Session, value: Value) -> Value:
    return Json(plain(value))


@builtin("jsonb_set", "jsonb_set_lax")
def _jsonb_set(_session: Session, target: Value, path: Value, new: Value, create: bool = True) -> Value:
    names = path if isinstance(path, list) else str(path).strip("{}").split(",")
    return Json(_set(_read(target), [str(name).strip() for name in names], _read(new), create=create))


def _set(target: Any, path: list[str], new: Any, *, create: bool) -> Any:
    if not path or not isinstance(target, dict | list):
        return target
    if isinstance(target, list):
        place = int(path[0])
        if not -len(target) <= place < len(target):
            return [*target, new] if create and len(path) == 1 else target
        changed = new if len(path) == 1 else _set(target[place], path[1:], new, create=create)
        return [*target[:place], changed, *target[place + 1 :]] if place >= 0 else target
    if path[0] not in target and not (create and len(path) == 1):
        return target
    changed = new if len(path) == 1 else _set(target[path[0]], path[1:], new, create=create)
    return {**target, path[0]: changed}


@builtin("json_array_length", "jsonb_array_length")
def _array_length(_session: Session, value: Value) -> Value:
    return len(_read(value)) if isinstance(_read(value), list) else UNKNOWN


@builtin("json_typeof", "jsonb_typeof")
def _typeof(_session: Session, value: Value) -> Value:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
    found = _read(value)
    return "null" if found is None else names[type(found)]


@builtin("json_array_elements", "jsonb_array_elements", strict=False)
def _elements(_session: Session, value: Value) -> Value:
    return _unfolded(value, lambda each: (Json(each),), ("value",))


@builtin("json_array_elements_text", "jsonb_array_elements_text", strict=False)
def _elements_text(_session: Session, value: Value) -> Value:
    return _unfolded(value, lambda each: (operators.json_text(Json(each)),), ("value",))


@builtin("json_each", "jsonb_each", strict=False)
def _each(_session: Session, value: Value) -> Value:
    return _unfolded(value, lambda pair: (pair[0], Json(pair[1])), ("key", "value"))


@builtin("json_each_text", "jsonb_each_text", strict=False)
def _each_text(_session: Session, value: Value) -> Value:
    return _unfolded(value, lambda pair: (pair[0], operators.json_text(Json(pair[1]))), ("key", "value"))


@builtin("json_object_keys", "jsonb_object_keys", strict=False)
def _keys(_session: Session, value: Value) -> Value:
    return _unfolded(value, lambda pair: (pair[0],), ("json_object_keys",))


def _unfolded(value: Value, row: Any, columns: tuple[str, ...]) -> Result:
    try:
        found = [] if value is None else _read(value)
    except (TypeError, ValueError):
        return Result(columns, is_complete=False)
    items = found.items() if isinstance(found, dict) else found
    if not isinstance(found, list | dict):
        return Result(columns, is_complete=False)
    return Result(columns, [row(each) for each in items])


@builtin("json_extract_path", "jsonb_extract_path")
def _extract_path(_session: Session, value: Value, *path: str) -> Value:
    found: Value = Json(_read(value))
    for name in path:
        found = None if found is None else operators.arrow(found, name)
    return found


@builtin("json_extract_path_text", "jsonb_extract_path_text")
def _extract_path_text(session: Session, value: Value, *path: str) -> Value:
    return operators.json_text(_extract_path(session, value, *path))


@builtin("json_strip_nulls", "jsonb_strip_nulls")
def _strip_nulls(_session: Session, value: Value) -> Value:
    return Json(_stripped(_read(value)))


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(each) for key, each in value.items() if each is not None}
    return [_stripped(each) for each in value] if isinstance(value, list) else value
