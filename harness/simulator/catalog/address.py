"""The object that COMMENT, GRANT, ALTER ... DEPENDS and their kin name (get_object_address in objectaddress.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from harness.simulator.catalog.assumed import is_taken
from harness.simulator.catalog.objects import (
    Attached,
    Constraint,
    Extension,
    Object,
    Other,
    Ref,
    Relation,
    RelationKind,
    Trigger,
    Type,
    TypeKind,
)
from harness.simulator.catalog.routines import operator_name, routine, type_key
from harness.simulator.errors import Refused
from harness.simulator.session import SYSTEM_SCHEMAS
from harness.sql import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.simulator.session import Session

    Finder = Callable[[Session, str, Any], Ref | None]

_KINDS: Final = {
    "OBJECT_TABLE": ((RelationKind.TABLE, RelationKind.PARTITIONED), "a table"),
    "OBJECT_VIEW": ((RelationKind.VIEW,), "a view"),
    "OBJECT_MATVIEW": ((RelationKind.MATERIALIZED,), "a materialized view"),
    "OBJECT_INDEX": ((RelationKind.INDEX,), "an index"),
    "OBJECT_SEQUENCE": ((RelationKind.SEQUENCE,), "a sequence"),
    "OBJECT_FOREIGN_TABLE": ((RelationKind.FOREIGN,), "a foreign table"),
}
_ON_A_RELATION: Final[dict[str, tuple[type[Object], str, str]]] = {
    "OBJECT_RULE": (Attached, "rule", "relation"),
    "OBJECT_POLICY": (Attached, "policy", "table"),
    "OBJECT_TRIGGER": (Trigger, "trigger", "table"),
    "OBJECT_TABCONSTRAINT": (Constraint, "constraint", "table"),
}
_OTHERS: Final = {
    "OBJECT_EVENT_TRIGGER": "event trigger",
    "OBJECT_PUBLICATION": "publication",
    "OBJECT_SUBSCRIPTION": "subscription",
    "OBJECT_FOREIGN_SERVER": "server",
    "OBJECT_FDW": "foreign-data wrapper",
    "OBJECT_STATISTIC_EXT": "statistics object",
}
"""Kinds of which a new database has none."""
_SNOWBALL: Final = (
    "arabic|armenian|basque|catalan|danish|dutch|english|estonian|finnish|french|german|greek|hindi|hungarian"
    "|indonesian|irish|italian|lithuanian|nepali|norwegian|portuguese|romanian|russian|serbian|spanish|swedish"
    "|tamil|turkish|yiddish"
)
"""The languages that full text search knows (`\\dF` of Postgres 18)."""
_BESIDE_BUILT_IN: Final = {
    "OBJECT_ACCESS_METHOD": ("access method", r"heap|heap2|btree|hash|gist|gin|spgist|brin|bloom"),
    "OBJECT_COLLATION": ("collation", r"C|POSIX|default|ucs_basic|unicode|pg_.*|.*-x-icu|.*[._].*"),
    "OBJECT_CONVERSION": ("conversion", r".*_to_.*"),
    "OBJECT_LANGUAGE": ("language", r"c|sql|internal|plpgsql"),
    "OBJECT_TABLESPACE": ("tablespace", r"pg_default|pg_global"),
    "OBJECT_TSCONFIGURATION": ("text search configuration", rf"simple|{_SNOWBALL}"),
    "OBJECT_TSDICTIONARY": ("text search dictionary", r"simple|.*_stem"),
    "OBJECT_TSPARSER": ("text search parser", r"default"),
    "OBJECT_TSTEMPLATE": ("text search template", r"simple|synonym|ispell|thesaurus|snowball"),
}
"""Kinds of which a database has some of its own, and what those may be called."""


def resolve(session: Session, objtype: str, node: Any) -> Ref | None:
    """Return what a statement names by the kind and the content of its `object`, Refused when it is not there.

    None for what may be there and is not known: objects of the database's own, of an extension, or of the time
    before the ladder; and for transforms and large objects.
    """
    finder = _FINDERS.get(objtype)
    return None if finder is None else finder(session, objtype, node)


def names_of(node: Any) -> list[str]:
    """Return the parts of a name: of a String, a List of them, or a RangeVar."""
    match tree.kind(node):
        case "String":
            return [node.sval]
        case "List":
            return [item.string.sval for item in node.items if item.HasField("string")]
        case "RangeVar":
            return [part for part in (node.schemaname, node.relname) if part]
        case "TypeName":
            return tree.strings(node.names)
    return []


def _relation_of(session: Session, names: list[str]) -> Relation:
    return session.relation(names[-1], names[-2] if len(names) > 1 else "")


def _relation(session: Session, objtype: str, node: Any) -> Ref:
    relation = _relation_of(session, names_of(node))
    kinds, said = _KINDS[objtype]
    if relation.kind not in kinds and not relation.is_assumed:
        raise Refused("42809", f'"{relation.name}" is not {said}', relation.name)
    return Ref(relation.oid)


def _column(session: Session, _objtype: str, node: Any) -> Ref:
    *table, name = names_of(node)
    if not table:
        raise Refused("42601", "column name must be qualified")
    relation = _relation_of(session, table)
    return Ref(relation.oid, session.column(relation, name).number)


def _attached(session: Session, objtype: str, node: Any) -> Ref | None:
    *table, name = names_of(node)
    relation = _relation_of(session, table)
    class_, key, noun = _ON_A_RELATION[objtype]
    found = session.store.one(class_, key, relation.oid, name)
    if found is not None:
        return Ref(found.oid)
    if relation.is_assumed or is_taken(session, key, f"{relation.name}.{name}"):
        return None
    raise Refused("42704", f'{key} "{name}" for {noun} "{relation.name}" does not exist', name, relation.name)


def _domain_constraint(session: Session, _objtype: str, node: Any) -> Ref | None:
    type_name, name = tree.inner(node.items[0]), node.items[1].string.sval
    domain = _type_object(session, type_name)
    if domain is None:
        return None
    found = session.store.one(Constraint, "constraint", domain.oid, name)
    if found is None and not is_taken(session, "constraint", f"{domain.name}.{name}"):
        raise Refused("42704", f'constraint "{name}" for domain "{domain.name}" does not exist', name, domain.name)
    return None if found is None else Ref(found.oid)


def _type_object(session: Session, node: Any) -> Type | Relation | None:
    """Return the type of the ladder's own that a TypeName means (42704); None for another."""
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    found = session.store.get(analyze.type_name(session, node).oid)
    return found if isinstance(found, (Type, Relation)) else None


def own_type(session: Session, names: list[str]) -> Type | Relation:
    """Return the type of the ladder's own that a name means (42704, 3F000).

    One that is taken to be there, or to be an extension's, has no kind but BASE.
    """
    schema, name = (names[-2] if len(names) > 1 else ""), names[-1]
    found = session.find_type(name, schema)
    if found is not None:
        return found
    where = session.schema(schema) if schema else session.creation_schema()
    if not is_taken(session, "type", name):
        raise Refused("42704", f'type "{".".join(names)}" does not exist', name)
    return session.store.put(Type(oid=session.store.new_oid(), name=name, schema=where.oid, kind=TypeKind.BASE))


def _type(session: Session, objtype: str, node: Any) -> Ref | None:
    is_list = tree.kind(node) == "List"
    found = own_type(session, names_of(node)) if is_list else _type_object(session, node)
    if found is None:
        return None
    is_domain = isinstance(found, Type) and found.kind in (TypeKind.DOMAIN, TypeKind.BASE)
    if objtype == "OBJECT_DOMAIN" and not is_domain:
        raise Refused("42809", f'"{found.name}" is not a domain', found.name)
    return Ref(found.oid)


def _routine(session: Session, objtype: str, node: Any) -> Ref | None:
    return _ref(routine(session, objtype, node))


def _schema(session: Session, _objtype: str, node: Any) -> Ref:
    return Ref(session.schema(names_of(node)[-1]).oid)


def _role(session: Session, _objtype: str, node: Any) -> Ref:
    return Ref(session.require_role(names_of(node)[-1]).oid)


def _extension(session: Session, _objtype: str, node: Any) -> Ref | None:
    name = names_of(node)[-1]
    found = session.store.one(Extension, "extension", name)
    if found is None and name != "plpgsql" and not is_taken(session, "extension", name):
        raise Refused("42704", f'extension "{name}" does not exist', name)
    return _ref(found)


def _other(session: Session, objtype: str, node: Any) -> Ref | None:
    return _ref(require_other(session, _OTHERS[objtype], names_of(node)))


def _beside_built_in(session: Session, objtype: str, node: Any) -> Ref | None:
    kind, own = _BESIDE_BUILT_IN[objtype]
    names = names_of(node)
    found = find_other(session, kind, names)
    is_own = "pg_catalog" in names or re.fullmatch(own, names[-1])
    if found is None and not is_own and not is_taken(session, kind, names[-1]):
        raise Refused("42704", f'{kind} "{".".join(names)}" does not exist', names[-1])
    return _ref(found)


def _of_method(session: Session, objtype: str, node: Any) -> Ref | None:
    """Return an operator class or family, which has its name for an access method: that comes first."""
    kind = "operator class" if objtype == "OBJECT_OPCLASS" else "operator family"
    method, *names = names_of(node)
    return _ref(find_other(session, kind, [*names[:-1], f"{names[-1]} {method}"]))


def _cast(session: Session, _objtype: str, node: Any) -> Ref | None:
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    types = [analyze.type_name(session, item.type_name) for item in node.items]
    name = " AS ".join(type_key(session, type_) for type_ in types)
    return _ref(session.store.one(Other, "other", "cast", 0, name))


def _operator(session: Session, _objtype: str, node: Any) -> Ref | None:
    from harness.simulator import analyze  # noqa: PLC0415 - the rooms call each other

    *schema, symbol = tree.strings(node.objname)
    sides = [tree.inner(item) for item in node.objargs]
    types = [analyze.type_name(session, side) for side in sides if side is not None]
    name = operator_name(session, symbol, types, has_left=len(types) > 1)
    return _ref(find_other(session, "operator", [*schema, name]))


def require_other(session: Session, kind: str, names: list[str]) -> Other | None:
    """Return the object of some other kind that has to be there (42704); None for one that is taken to be."""
    found = find_other(session, kind, names)
    if found is None and not is_taken(session, kind, names[-1]):
        raise Refused("42704", f'{kind} "{".".join(names)}" does not exist', names[-1])
    return found


def find_other(session: Session, kind: str, names: list[str]) -> Other | None:
    """Return the object of some other kind that a name means: of the database, or of a schema on the path."""
    found = session.store.one(Other, "other", kind, 0, names[-1]) if len(names) == 1 else None
    if found is not None:
        return found
    schemas = [session.find_schema(names[-2])] if len(names) > 1 else list(session.path())
    kept = (schema for schema in schemas if schema is not None and schema.name not in SYSTEM_SCHEMAS)
    every = (session.store.one(Other, "other", kind, schema.oid, names[-1]) for schema in kept)
    return next((each for each in every if each is not None), None)


def _ref(found: Object | None) -> Ref | None:
    return None if found is None else Ref(found.oid)


_FINDERS: Final[dict[str, Finder]] = {
    **dict.fromkeys(_KINDS, _relation),
    **dict.fromkeys(_ON_A_RELATION, _attached),
    **dict.fromkeys(_OTHERS, _other),
    **dict.fromkeys(_BESIDE_BUILT_IN, _beside_built_in),
    **dict.fromkeys(("OBJECT_TYPE", "OBJECT_DOMAIN"), _type),
    **dict.fromkeys(("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE"), _routine),
    **dict.fromkeys(("OBJECT_OPCLASS", "OBJECT_OPFAMILY"), _of_method),
    "OBJECT_CAST": _cast,
    "OBJECT_OPERATOR": _operator,
    "OBJECT_COLUMN": _column,
    "OBJECT_DOMCONSTRAINT": _domain_constraint,
    "OBJECT_SCHEMA": _schema,
    "OBJECT_ROLE": _role,
    "OBJECT_EXTENSION": _extension,
}
