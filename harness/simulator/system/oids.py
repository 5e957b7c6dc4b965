"""Oids: of Postgres's own types, and those that show themselves by the name of what they are."""

from __future__ import annotations

from functools import lru_cache

from harness.simulator.analyze import builtin
from harness.simulator.catalog.objects import TypeName

_TYPES = {
    "bool": 16, "bytea": 17, "char": 18, "name": 19, "int8": 20, "int2": 21, "int2vector": 22, "int4": 23,
    "regproc": 24, "text": 25, "oid": 26, "tid": 27, "xid": 28, "cid": 29, "oidvector": 30, "json": 114, "xml": 142,
    "point": 600, "lseg": 601, "path": 602, "box": 603, "polygon": 604, "line": 628, "cidr": 650, "float4": 700,
    "float8": 701, "unknown": 705, "circle": 718, "macaddr8": 774, "money": 790, "macaddr": 829, "inet": 869,
    "aclitem": 1033, "bpchar": 1042, "varchar": 1043, "date": 1082, "time": 1083, "timestamp": 1114,
    "timestamptz": 1184, "interval": 1186, "timetz": 1266, "bit": 1560, "varbit": 1562, "numeric": 1700,
    "refcursor": 1790, "record": 2249, "trigger": 2279, "void": 2278, "uuid": 2950, "tsvector": 3614, "jsonb": 3802,
    "int4range": 3904, "numrange": 3906, "tsrange": 3908, "tstzrange": 3910, "daterange": 3912, "int8range": 3926,
    "jsonpath": 4072,
}  # fmt: skip
"""Of the types that people look up by number (src/include/catalog/pg_type.dat); the others get numbers of ours."""
_ARRAYS = {
    "bool": 1000, "bytea": 1001, "int8": 1016, "int2": 1005, "int4": 1007, "text": 1009, "varchar": 1015,
    "bpchar": 1014, "uuid": 2951, "jsonb": 3807, "json": 199, "numeric": 1231, "timestamptz": 1185,
    "timestamp": 1115, "date": 1182, "float8": 1022,
}  # fmt: skip
_OURS, _OUR_ARRAYS = 8000, 9000
"""Below FirstGenbkiObjectId, where Postgres has none of these types."""


class Named(int):
    """An oid that prints as what it is: a value of regclass and its kin."""

    text: str

    def __new__(cls, oid: int, text: str) -> Named:
        """Make an oid with the text it prints as."""
        made = super().__new__(cls, oid)
        made.text = text
        return made

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text


@lru_cache(maxsize=1)
def _numbers() -> dict[str, int]:
    return {name: _TYPES.get(name, _OURS + place) for place, name in enumerate(builtin.type_names())}


def of_type(type_: TypeName) -> int:
    """Return the oid of a type; 0 for one that is not known."""
    if type_.oid:
        return -type_.oid if type_.is_array else type_.oid
    if type_.name == "?":
        return 0
    number = _TYPES.get(type_.name) or _numbers().get(type_.name, 0)
    if not type_.is_array:
        return number
    return _ARRAYS.get(type_.name) or _OUR_ARRAYS + number % 1000


@lru_cache(maxsize=1)
def built_in_types() -> dict[int, TypeName]:
    """Return Postgres's own types by oid."""
    names = builtin.type_names()
    found = {of_type(TypeName(name, is_array=True)): TypeName(name, is_array=True) for name in names}
    return found | {of_type(TypeName(name)): TypeName(name) for name in names}
