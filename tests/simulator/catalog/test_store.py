"""The store of objects."""

from __future__ import annotations

from dataclasses import replace

from harness.simulator.catalog.objects import Bond, Column, Dependency, Fact, Ref, Relation, Schema, TypeName
from harness.simulator.catalog.store import Store


def _table(store: Store, name: str, schema: int = 1) -> Relation:
    columns = (Column(1, "id", TypeName("int4")),)
    return store.put(Relation(oid=store.new_oid(), name=name, schema=schema, columns=columns, next_column=2))


def test_an_object_is_found_under_its_key_and_no_more_under_an_old_one() -> None:
    """A rename moves an object from one key to another."""
    store = Store()
    table = _table(store, "a")
    store.put(replace(table, name="b"))
    assert store.one(Relation, "relation", 1, "a") is None
    found = store.one(Relation, "relation", 1, "b")
    assert found is not None
    assert found.oid == table.oid


def test_a_key_finds_objects_of_the_class_that_is_asked_for() -> None:
    """A table's row type stands under the key of types and is no Schema."""
    store = Store()
    table = _table(store, "a")
    assert store.one(Relation, "type", 1, "a") == table
    assert store.one(Schema, "type", 1, "a") is None


def test_a_rollback_undoes_what_came_after_the_mark() -> None:
    """New objects go, changed ones are as they were, removed ones come back under their keys."""
    store = Store()
    kept, gone = _table(store, "kept"), _table(store, "gone")
    mark = store.mark()
    store.put(replace(kept, name="other"))
    store.remove(gone.oid)
    new = _table(store, "new")
    store.rollback(mark)
    assert store.get(new.oid) is None
    assert store.one(Relation, "relation", 1, "kept") == kept
    assert store.one(Relation, "relation", 1, "gone") == gone
    assert store.one(Relation, "relation", 1, "other") is None


def test_changes_tell_what_was_and_what_is() -> None:
    """An object that is as it was at the mark is no change."""
    store = Store()
    same, changed = _table(store, "same"), _table(store, "changed")
    mark = store.mark()
    store.put(replace(same, name="x"))
    store.put(same)
    now = store.put(replace(changed, name="now"))
    new = _table(store, "new")
    assert store.changes(mark) == {changed.oid: (changed, now), new.oid: (None, new)}


def test_dependents_are_those_of_the_object_or_of_one_column() -> None:
    """A reference to a column finds what depends on that column alone."""
    store = Store()
    table = _table(store, "a")
    on_table = store.put(
        Fact(
            oid=store.new_oid(),
            name="comment",
            about=Ref(table.oid),
            depends=frozenset({Dependency(Ref(table.oid), Bond.AUTO)}),
        )
    )
    on_column = store.put(
        Fact(
            oid=store.new_oid(),
            name="comment",
            about=Ref(table.oid, 1),
            depends=frozenset({Dependency(Ref(table.oid, 1), Bond.AUTO)}),
        )
    )
    assert {each.oid for each, _ in store.dependents(Ref(table.oid))} == {on_table.oid, on_column.oid}
    assert [each.oid for each, _ in store.dependents(Ref(table.oid, 1))] == [on_column.oid]
    store.remove(on_column.oid)
    assert list(store.dependents(Ref(table.oid, 1))) == []
