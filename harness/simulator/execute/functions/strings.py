"""Functions of texts."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from harness.simulator.execute import logic, patterns
from harness.simulator.execute.coerce import to_text
from harness.simulator.execute.env import Result
from harness.simulator.execute.functions import builtin
from harness.simulator.values import UNKNOWN, Fresh, Range, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session

_SPACE = " "


def text_of(value: Value) -> str:
    """Return a known value's text; TypeError where it has none that is known."""
    text = to_text(value)
    if not isinstance(text, str):
        raise TypeError(value)
    return text


@builtin("lower")
def _lower(_session: Session, text: Value) -> Value:
    if isinstance(text, Range):
        return None if text.is_empty else text.lower
    return text_of(text).lower()


@builtin("upper")
def _upper(_session: Session, text: Value) -> Value:
    if isinstance(text, Range):
        return None if text.is_empty else text.upper
    return text_of(text).upper()


@builtin("initcap")
def _initcap(_session: Session, text: Value) -> Value:
    return re.sub(r"[^\W_]+", lambda word: word[0][:1].upper() + word[0][1:].lower(), text_of(text))


@builtin("length", "char_length", "character_length")
def _length(_session: Session, text: Value) -> Value:
    return len(text) if isinstance(text, bytes) else len(text_of(text))


@builtin("octet_length")
def _octet_length(_session: Session, text: Value) -> Value:
    return len(text) if isinstance(text, bytes) else len(text_of(text).encode())


@builtin("reverse")
def _reverse(_session: Session, text: Value) -> Value:
    return text_of(text)[::-1]


@builtin("repeat")
def _repeat(_session: Session, text: Value, count: int) -> Value:
    return text_of(text) * count if len(text_of(text)) * count < 100_000 else UNKNOWN


@builtin("replace")
def _replace(_session: Session, text: Value, old: Value, new: Value) -> Value:
    return text_of(text).replace(text_of(old), text_of(new)) if old else text


@builtin("translate")
def _translate(_session: Session, text: Value, old: str, new: str) -> Value:
    table = {ord(c): (new[n] if n < len(new) else None) for n, c in reversed(list(enumerate(old)))}
    return text_of(text).translate(table)


@builtin("btrim", "trim")
def _btrim(_session: Session, text: Value, characters: str = _SPACE) -> Value:
    return text_of(text).strip(characters)


@builtin("ltrim")
def _ltrim(_session: Session, text: Value, characters: str = _SPACE) -> Value:
    return text_of(text).lstrip(characters)


@builtin("rtrim")
def _rtrim(_session: Session, text: Value, characters: str = _SPACE) -> Value:
    return text_of(text).rstrip(characters)


@builtin("lpad")
def _lpad(_session: Session, text: Value, size: int, fill: str = _SPACE) -> Value:
    text = text_of(text)
    return (fill * size)[: max(0, size - len(text))] + text[:size]


@builtin("rpad")
def _rpad(_session: Session, text: Value, size: int, fill: str = _SPACE) -> Value:
    text = text_of(text)
    return text[:size] + (fill * size)[: max(0, size - len(text))]


@builtin("left")
def _left(_session: Session, text: Value, count: int) -> Value:
    return text_of(text)[:count]


@builtin("right")
def _right(_session: Session, text: Value, count: int) -> Value:
    text = text_of(text)
    return text[-count:] if count else ""


@builtin("substring", "substr")
def _substring(_session: Session, text: Value, start: Value, count: int | None = None) -> Value:
    if isinstance(start, str):
        return _first_match(text_of(text), start)
    text = text_of(text)
    end = None if count is None else max(0, start - 1 + count)
    return text[max(0, start - 1) : end]


def _first_match(text: str, pattern: str) -> Value:
    compiled = patterns.pieces(pattern)
    if compiled is None:
        return UNKNOWN
    found = compiled.search(text)
    return None if found is None else found[1 if compiled.groups else 0]


@builtin("position", "strpos")
def _position(_session: Session, text: Value, part: Value) -> Value:
    return text_of(text).find(text_of(part)) + 1


@builtin("starts_with")
def _starts_with(_session: Session, text: str, part: str) -> Value:
    return text.startswith(part)


@builtin("split_part")
def _split_part(_session: Session, text: Value, mark: str, place: int) -> Value:
    parts = text_of(text).split(mark) if mark else [text]
    at = place - 1 if place > 0 else len(parts) + place
    return parts[at] if 0 <= at < len(parts) else ""


@builtin("string_to_array", strict=False)
def _string_to_array(_session: Session, text: Value, mark: Value, null: Value = None) -> Value:
    if not isinstance(text, str) or not isinstance(mark, str):
        return None if text is None else UNKNOWN
    return [None if part == null else part for part in (text.split(mark) if mark else [text])] if text else []


@builtin("array_to_string", strict=False)
def _array_to_string(_session: Session, array: Value, mark: Value, null: Value = None) -> Value:
    if array is None or mark is None:
        return None
    if not isinstance(array, list) or not isinstance(mark, str):
        return UNKNOWN
    texts = [null if value is None else to_text(value) for value in array]
    known = [text for text in texts if text is not None]
    return mark.join(known) if all(isinstance(text, str) for text in known) else UNKNOWN


@builtin("concat", strict=False)
def _concat(_session: Session, *values: Value) -> Value:
    return _joined("", values)


@builtin("concat_ws", strict=False)
def _concat_ws(_session: Session, mark: Value, *values: Value) -> Value:
    return _joined(mark, values) if isinstance(mark, str) else mark


def _joined(mark: str, values: tuple[Value, ...]) -> Value:
    texts = [to_text(value) for value in values if value is not None]
    fresh = next((text for text in texts if isinstance(text, Fresh)), None)
    if any(text is UNKNOWN for text in texts):
        return UNKNOWN
    if fresh is not None:
        return logic.derived(fresh)
    return mark.join({"true": "t", "false": "f"}[t] if isinstance(v, bool) else t
                     for v, t in zip((v for v in values if v is not None), texts, strict=True))  # fmt: skip


@builtin("chr")
def _chr(_session: Session, code: int) -> Value:
    return chr(code)


@builtin("ascii")
def _ascii(_session: Session, text: str) -> Value:
    return ord(text[0]) if text else 0


@builtin("md5")
def _md5(_session: Session, text: Value) -> Value:
    return hashlib.md5(_bytes(text)).hexdigest()  # noqa: S324 - it is what SQL's md5() does


@builtin("sha256")
def _sha256(_session: Session, data: Value) -> Value:
    return hashlib.sha256(_bytes(data)).digest()


@builtin("sha512")
def _sha512(_session: Session, data: Value) -> Value:
    return hashlib.sha512(_bytes(data)).digest()


@builtin("digest")
def _digest(_session: Session, text: Value, kind: str) -> Value:
    return hashlib.new(kind, _bytes(text)).digest()


def _bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else text_of(value).encode()


@builtin("encode")
def _encode(_session: Session, data: Value, form: str) -> Value:
    if form == "hex":
        return _bytes(data).hex()
    return base64.b64encode(_bytes(data)).decode() if form == "base64" and len(data) < 57 else UNKNOWN


@builtin("decode")
def _decode(_session: Session, text: str, form: str) -> Value:
    if form == "hex":
        return bytes.fromhex(text)
    return base64.b64decode(text) if form == "base64" else UNKNOWN


@builtin("regexp_replace")
def _regexp_replace(_session: Session, text: Value, pattern: str, new: str, flags: Any = "") -> Value:
    compiled = patterns.pieces(pattern, fold="i" in str(flags)) if isinstance(flags, str) else None
    if compiled is None:
        return UNKNOWN
    new = re.sub(r"\\&", r"\\g<0>", new)
    return compiled.sub(new, text_of(text), count=0 if "g" in flags else 1)


@builtin("regexp_match")
def _regexp_match(_session: Session, text: Value, pattern: str, flags: str = "") -> Value:
    compiled = patterns.pieces(pattern, fold="i" in flags)
    if compiled is None:
        return UNKNOWN
    found = compiled.search(text_of(text))
    return None if found is None else list(found.groups()) or [found[0]]


@builtin("regexp_matches")
def _regexp_matches(_session: Session, text: Value, pattern: str, flags: str = "") -> Value:
    compiled = patterns.pieces(pattern, fold="i" in flags)
    if compiled is None:
        return Result(("regexp_matches",), is_complete=False)
    found = [(list(each.groups()) or [each[0]],) for each in compiled.finditer(text_of(text))]
    return Result(("regexp_matches",), found if "g" in flags else found[:1])


@builtin("regexp_split_to_array")
def _regexp_split(_session: Session, text: Value, pattern: str) -> Value:
    compiled = patterns.pieces(pattern)
    return UNKNOWN if compiled is None or compiled.groups else compiled.split(text_of(text))


@builtin("regexp_split_to_table", "string_to_table")
def _split_to_table(_session: Session, text: Value, pattern: str) -> Value:
    parts = re.split(pattern, text_of(text)) if re.fullmatch(r"[\w,;\s]+", pattern) else None
    if parts is None:
        return Result(("regexp_split_to_table",), is_complete=False)
    return Result(("regexp_split_to_table",), [(part,) for part in parts])


@builtin("to_hex")
def _to_hex(_session: Session, number: int) -> Value:
    return format(number, "x") if number >= 0 else UNKNOWN


@builtin("uuid_generate_v4", "gen_random_uuid", "uuidv4", "uuidv7", "uuid_generate_v1", "uuid_generate_v1mc")
def _new_uuid(_session: Session) -> Value:
    return Fresh("uuid")


@builtin("gen_random_bytes", "gen_salt", strict=False)
def _random_bytes(_session: Session, *_arguments: Value) -> Value:
    return Fresh("bytes")


@builtin("crypt", strict=False)
def _crypt(_session: Session, password: Value, salt: Value) -> Value:
    return Fresh("bytes") if isinstance(salt, Fresh) and password is not None else UNKNOWN


@builtin("uuid_nil")
def _uuid_nil(_session: Session) -> Value:
    return UUID(int=0)


@builtin("uuid_generate_v5")
def _uuid_of_name(_session: Session, space: Value, name: str) -> Value:
    space = space if isinstance(space, UUID) else UUID(str(space))
    return UUID(bytes=hashlib.sha1(space.bytes + name.encode()).digest()[:16], version=5)  # noqa: S324


@builtin("parse_ident")
def _parse_ident(_session: Session, text: str) -> Value:
    parts = text.split(".")
    if not all(re.fullmatch(r"[a-z_][a-z0-9_]*", part) for part in parts):
        return UNKNOWN
    return parts
