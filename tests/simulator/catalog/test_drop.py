"""What goes along when something is dropped."""

from __future__ import annotations

import pytest

from harness.simulator.catalog.drop import drop
from harness.simulator.catalog.objects import Constraint, Default, Fact, Index, Ref, Relation, Sequence
from harness.simulator.errors import Refused
from harness.simulator.play import execute
from harness.simulator.session import Session
from harness.simulator.simulate import empty
from harness.sql import parse

TABLES = """
CREATE TABLE t (id serial PRIMARY KEY, a int, b int, UNIQUE (a, b));
CREATE TABLE r (t_id int REFERENCES t);
CREATE VIEW v AS SELECT a FROM t;
INSERT INTO r VALUES (NULL);
"""


@pytest.fixture
def session() -> Session:
    """Return a database with a table that others need."""
    made = Session(empty(), is_cold=False)
    for node in parse.nodes(TABLES):
        execute(made, node)
    return made


def names(session: Session, kind: type[Relation | Constraint]) -> set[str]:
    """Return the names of all objects of a class."""
    return {each.name for each in session.store.each(kind)}


def test_a_table_that_others_need_is_not_dropped(session: Session) -> None:
    """Without CASCADE the drop is refused, and nothing is gone."""
    before = names(session, Relation)
    with pytest.raises(Refused, match="cannot drop table t because other objects depend on it") as refused:
        drop(session, [Ref(session.relation("t").oid)])
    assert refused.value.sqlstate == "2BP01"
    assert refused.value.about >= {"t", "v"}
    assert names(session, Relation) == before


def test_cascade_takes_along_what_needs_the_table(session: Session) -> None:
    """A view goes, of another table only the foreign key does; sequence, default and indexes were the table's."""
    drop(session, [Ref(session.relation("t").oid)], cascade=True)
    assert names(session, Relation) == {"r"}
    assert not list(session.store.each(Constraint))
    assert not list(session.store.each(Default))
    assert not list(session.store.each(Sequence))


def test_what_is_dropped_together_does_not_hold_itself_back(session: Session) -> None:
    """Table, view and referencing table at once need no CASCADE."""
    drop(session, [Ref(session.relation(name).oid) for name in ("t", "v", "r")])
    assert names(session, Relation) == set()


def test_a_column_takes_its_keys_along(session: Session) -> None:
    """A UNIQUE over two columns goes with one of them; the primary key stays."""
    drop(session, [Ref(session.relation("t").oid, 3)])
    assert names(session, Constraint) == {"t_pkey", "r_t_id_fkey"}
    assert {index.name for index in session.store.each(Index)} == {"t_pkey"}
    assert [column.name for column in session.relation("t").columns] == ["id", "a"]


def test_a_column_that_a_view_shows_is_held(session: Session) -> None:
    """The message names column and table."""
    with pytest.raises(Refused, match="cannot drop column a of table t because other objects depend on it"):
        drop(session, [Ref(session.relation("t").oid, 2)])


def test_a_part_is_not_dropped_alone(session: Session) -> None:
    """The index of a constraint goes with the constraint only."""
    said = "cannot drop index t_pkey because constraint t_pkey on table t requires it"
    with pytest.raises(Refused, match=said):
        drop(session, [Ref(session.relation("t_pkey").oid)], cascade=True)


def test_rows_and_comments_go_along(session: Session) -> None:
    """Nothing is left of what was in a table, or was said of its columns."""
    table = session.relation("r")
    session.store.put(Fact(oid=session.store.new_oid(), name="comment", about=Ref(table.oid, 1), value="x"))
    drop(session, [Ref(table.oid)])
    assert session.store.rows(table.oid) == []
    assert list(session.store.each(Fact)) == []
