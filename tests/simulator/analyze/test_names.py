"""What names in expressions mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.simulator import analyze
from harness.simulator.catalog.objects import Ref, Relation, TypeName
from harness.simulator.errors import Refused
from harness.simulator.session import Session
from harness.sql import parse
from tests.simulator.analyze.conftest import Analyzed, told


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT id FROM a", "id integer"),
        ("SELECT a.id, public.a.name FROM a", "id integer, name character varying(20)"),
        ("SELECT x.id FROM a AS x", "id integer"),
        ("SELECT x.p FROM a AS x (p)", "p integer"),
        ("SELECT a FROM a", "a a"),
        ("SELECT (a).name, (pair).x, (a.pair).y FROM a", "name character varying(20), x integer, y text"),
        ("SELECT tags[1], tags[1:2], data['x'] FROM a", "tags text, tags text[], data jsonb"),
        ("SELECT ctid, a.tableoid FROM a", "ctid tid, tableoid oid"),
        ("SELECT n FROM generate_series(1, 2) AS n", "n integer"),
        ("SELECT (SELECT note FROM b WHERE a_id = a.id) FROM a", "note text"),
        ("SELECT nope FROM a", "42703"),
        ("SELECT a.nope FROM a", "42703"),
        ("SELECT (pair).z FROM a", "42703"),
        ("SELECT ctid FROM v", "42703"),
        ("SELECT b.id FROM a", "42P01"),
        ("SELECT a.id FROM a AS x", "42P01"),
        ("SELECT other.a.id FROM a", "42P01"),
        ("SELECT id FROM a, b", "42702"),
        ("SELECT q.id FROM (SELECT a.id, b.id FROM a, b) AS q", "42702"),
    ],
)
def test_a_name_is_a_column_a_row_or_a_field(sql: str, said: str, analyzed: Analyzed) -> None:
    """It is looked up from the inside out; none, and two of them, are refused."""
    assert analyzed(sql) == said


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT nope FROM a", 'column "nope" does not exist'),
        ("SELECT a.nope FROM a", "column a.nope does not exist"),
        ("SELECT c.id FROM a", 'missing FROM-clause entry for table "c"'),
        ("SELECT id FROM a, b", 'column reference "id" is ambiguous'),
        ("SELECT (pair).z FROM a", 'column "z" not found in data type pair'),
    ],
)
def test_a_refusal_has_the_words_of_postgres(sql: str, said: str, words: Analyzed) -> None:
    """A reader can look them up."""
    assert words(sql) == said


def test_what_is_named_is_depended_on(session: Session) -> None:
    """Each table, and each column that is named or stands behind a `*`."""
    a, b = session.relation("a"), session.relation("b")
    found = analyze.query(session, parse.nodes("SELECT note FROM a JOIN b ON a.id = a_id")[0])
    assert found.depends == {Ref(a.oid), Ref(b.oid), Ref(a.oid, 1), Ref(b.oid, 2), Ref(b.oid, 3)}
    found = analyze.query(session, parse.nodes("SELECT * FROM b")[0])
    assert found.depends == {Ref(b.oid), *(Ref(b.oid, number) for number in (1, 2, 3))}


def test_a_table_that_was_not_made_may_have_any_column(session: Session) -> None:
    """Its columns have no known type, and a name beside it may be one of its."""
    a = session.relation("a")
    session.store.put(replace(a, columns=a.columns[:1], is_assumed=True))
    assert told(session, "SELECT nope, id, a.other FROM a") == "nope unknown, id integer, other unknown"
    assert told(session, "SELECT q.nope FROM (SELECT * FROM a) AS q") == "nope unknown"


def test_a_variable_and_a_column_of_one_name_are_ambiguous(session: Session) -> None:
    """As in PL/pgSQL; in functions in SQL the column comes first."""
    node = parse.nodes("SELECT name FROM a")[0]
    text = {"name": TypeName("text")}
    with pytest.raises(Refused, match="ambiguous"):
        analyze.query(session, node, analyze.Scope.with_variables(text))
    scope = analyze.Scope.with_variables(text, conflict="use_column")
    assert analyze.query(session, node, scope).columns[0].type == TypeName("varchar", modifiers=(20,))
    scope = analyze.Scope.with_variables(text, conflict="use_variable")
    assert analyze.query(session, node, scope).columns[0].type == TypeName("text")


def test_a_record_variable_has_the_fields_of_its_table(session: Session) -> None:
    """NEW.name is one; NEW.nope is refused (42703)."""
    a = session.relation("a")
    scope = analyze.Scope.with_variables({"new": TypeName("a", a.oid), "$1": TypeName("int4")})
    found = analyze.expression(session, _value("new.name"), scope)
    assert found.type == TypeName("varchar", modifiers=(20,))
    assert analyze.expression(session, _value("$1"), scope).type == TypeName("int4")
    with pytest.raises(Refused, match='record "new" has no field "nope"'):
        analyze.expression(session, _value("new.nope"), scope)


def test_old_and_new_are_both_there_in_a_condition(session: Session) -> None:
    """Of a trigger: a bare name is one of either."""
    relation: Relation = session.relation("a")
    scope = analyze.Scope.of_relation(relation, "old", "new")
    assert analyze.expression(session, _value("old.name IS DISTINCT FROM new.name"), scope).type.name == "bool"
    with pytest.raises(Refused, match="ambiguous"):
        analyze.expression(session, _value("name"), scope)


def _value(text: str) -> object:
    return parse.nodes(f"SELECT {text}")[0].target_list[0].res_target.val
