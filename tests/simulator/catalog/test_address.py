"""Objects by the names that statements give them."""

from __future__ import annotations

import pytest

from harness.simulator.catalog import assumed
from harness.simulator.catalog.address import find_other, own_type, resolve
from harness.simulator.catalog.objects import Other, Ref, Relation, Schema, Type, TypeKind
from harness.simulator.catalog.store import Store
from harness.simulator.errors import Refused
from harness.simulator.session import Session
from harness.sql import parse, tree


@pytest.fixture
def session() -> Session:
    """Return a connection of the second boot to a database with one table."""
    store = Store()
    for name in ("pg_catalog", "public"):
        store.put(Schema(oid=store.new_oid(), name=name))
    public = store.one(Schema, "schema", "public")
    assert public
    store.put(Relation(oid=store.new_oid(), name="t", schema=public.oid))
    return Session(store, is_cold=False)


def named(session: Session, comment: str) -> Ref | None:
    """Return what a COMMENT ON is about."""
    (node,) = parse.nodes(f"COMMENT ON {comment} IS 'x'")
    return resolve(session, tree.enum(node, "objtype"), tree.inner(node.object))


def test_a_relation_is_found_by_kind(session: Session) -> None:
    """A table is no view (42809); one of another name is missed (42P01)."""
    table = session.find_relation("t")
    assert table
    assert named(session, "TABLE public.t") == Ref(table.oid)
    for comment, sqlstate in (("VIEW t", "42809"), ("TABLE u", "42P01"), ("COLUMN t.a", "42703")):
        with pytest.raises(Refused) as refused:
            named(session, comment)
        assert refused.value.sqlstate == sqlstate


def test_what_may_be_the_database_s_own_is_none_of_ours(session: Session) -> None:
    """Collations, operators and casts that the ladder has not made are not missed."""
    for comment in ('COLLATION "C"', "OPERATOR + (int, int)", "CAST (int AS text)", "OPERATOR CLASS o USING btree"):
        assert named(session, comment) is None


def test_what_the_cold_boot_assumed_stays(session: Session) -> None:
    """A publication that was taken to be there is, at the second boot too."""
    with pytest.raises(Refused):
        named(session, "PUBLICATION p")
    session.is_cold = True
    assert named(session, "PUBLICATION p") is None
    session.is_cold = False
    assert named(session, "PUBLICATION p") is None
    assert session.assumed == ["publication p"]
    assert not assumed.is_taken(session, "publication", "q")


def test_a_type_from_before_the_ladder_is_put_in_its_place(session: Session) -> None:
    """It has no kind but BASE, and is found from then on."""
    session.is_cold = True
    made = own_type(session, ["public", "e"])
    assert isinstance(made, Type)
    assert made.kind == TypeKind.BASE
    assert own_type(session, ["e"]) == made


def test_others_are_found_along_the_search_path(session: Session) -> None:
    """A collation of a schema, with and without the schema's name."""
    public = session.schema("public")
    made = session.store.put(Other(oid=session.store.new_oid(), name="c", kind="collation", scope=public.oid))
    assert find_other(session, "collation", ["c"]) == made
    assert find_other(session, "collation", ["public", "c"]) == made
    assert find_other(session, "conversion", ["c"]) is None
