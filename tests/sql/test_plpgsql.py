"""PL/pgSQL bodies are read as trees."""

from __future__ import annotations

import pytest

from harness.errors import LadderError
from harness.sql.plpgsql import block, tree


def body(text: str) -> tree.Body:
    """Read the parts of a block without declarations."""
    return block(f"BEGIN {text} END").body


def test_declarations_have_their_types_as_written() -> None:
    """A declaration keeps its type's text, whatever the type."""
    found = block("DECLARE a users.id%TYPE; b CONSTANT numeric(10, 2)[] NOT NULL := 1; c text = 'x'; BEGIN END")
    assert found.declarations == (
        tree.Declaration("a", "users.id%TYPE"),
        tree.Declaration("b", "numeric(10, 2)[]", "1", is_constant=True, not_null=True),
        tree.Declaration("c", "text", "'x'"),
    )


def test_cursors_and_aliases_are_declared() -> None:
    """Cursors have arguments and a query, aliases the name they stand for."""
    found = block("DECLARE c CURSOR (a int, b text) FOR SELECT 1; x ALIAS FOR $1; BEGIN END").declarations
    assert found == (tree.Cursor("c", (("a", "int"), ("b", "text")), "SELECT 1"), tree.Alias("x", "$1"))


def test_a_statement_may_begin_with_a_word_that_is_a_variable() -> None:
    """An assignment is one by its sign, whatever its first word."""
    assert body("result := 1; new.x = 2; a[1].b := 3;") == (
        tree.Assign(tree.Target("result"), "1"),
        tree.Assign(tree.Target("new", ("x",)), "2"),
        tree.Assign(tree.Target("a", ("[1]", "b")), "3"),
    )


@pytest.mark.parametrize(
    ("text", "sql", "names"),
    [
        ("SELECT a, b INTO x, y.z FROM t;", "SELECT a, b\nFROM t", ["x", "y"]),
        ("SELECT a FROM t INTO STRICT x;", "SELECT a FROM t", ["x"]),
        ("INSERT INTO t VALUES (1) RETURNING id INTO x;", "INSERT INTO t VALUES (1) RETURNING id", ["x"]),
    ],
)
def test_into_is_taken_out_of_a_statement(text: str, sql: str, names: list[str]) -> None:
    """The targets of INTO are no part of the SQL; the INTO of INSERT is."""
    (found,) = body(text)
    assert isinstance(found, tree.Sql)
    assert found.into is not None
    assert (found.text, [target.name for target in found.into.targets]) == (sql, names)


def test_branches_and_loops_nest() -> None:
    """IF, CASE, and the loops hold bodies of their own."""
    branches = "IF a THEN EXIT l; ELSIF b THEN NULL; ELSE c := 1; END IF;"
    (loop,) = body(f"<<l>> FOR i IN REVERSE 1..3 BY 2 LOOP {branches} END LOOP l;")
    assert isinstance(loop, tree.ForInteger)
    assert (loop.lower, loop.upper, loop.step, loop.is_reverse, loop.label) == ("1", "3", "2", True, "l")
    (branch,) = loop.body
    assert isinstance(branch, tree.If)
    assert [condition for condition, _ in branch.branches] == ["a", "b"]
    assert branch.otherwise == (tree.Assign(tree.Target("c"), "1"),)


def test_a_case_with_an_operand_compares_it() -> None:
    """CASE x WHEN 1, 2 is a branch whose condition is a membership."""
    (found,) = body("CASE x WHEN 1, 2 THEN NULL; END CASE;")
    assert isinstance(found, tree.If)
    assert found.is_case
    assert found.branches[0][0] == "(x) IN (1, 2)"


@pytest.mark.parametrize(
    ("text", "dynamic", "cursor"),
    [
        ("SELECT 1", False, False),
        ("EXECUTE 'x' USING 1", True, False),
        ("c(1, 2)", False, True),
        ("c", False, True),
    ],
)
def test_loops_over_rows_know_what_they_are_over(text: str, dynamic: bool, cursor: bool) -> None:
    """A loop is over a query, the text of one, or a cursor."""
    (found,) = body(f"FOR r IN {text} LOOP NULL; END LOOP;")
    assert isinstance(found, tree.ForQuery)
    assert (found.is_dynamic, found.is_cursor) == (dynamic, cursor)


def test_raise_has_a_level_a_message_and_options() -> None:
    """RAISE tells a format from a condition."""
    found = body("RAISE NOTICE 'a % b', x; RAISE 'e' USING ERRCODE = '22012'; RAISE unique_violation; RAISE;")
    assert found == (
        tree.Raise("notice", "a % b", ("x",)),
        tree.Raise("exception", "e", (), "", (("errcode", "'22012'"),)),
        tree.Raise("exception", None, (), "unique_violation"),
        tree.Raise(),
    )
    last = found[-1]
    assert isinstance(last, tree.Raise)
    assert last.is_again


def test_handlers_have_names_and_codes() -> None:
    """WHEN lists conditions by name or by SQLSTATE."""
    found = block("BEGIN NULL; EXCEPTION WHEN duplicate_object OR SQLSTATE '42P07' THEN NULL; WHEN OTHERS THEN END")
    assert [handler.conditions for handler in found.handlers] == [("duplicate_object", "42P07"), ("others",)]


def test_a_trigger_function_is_read_as_any_other() -> None:
    """RETURN NEW keeps what it returns."""
    assert body("NEW.updated_at := now(); RETURN NEW;")[1] == tree.Return("NEW")


def test_an_option_says_what_an_ambiguous_name_means() -> None:
    """#variable_conflict stands before the block."""
    assert block("#variable_conflict use_column\nBEGIN NULL; END;").conflict == "use_column"


@pytest.mark.parametrize(
    "text", ["", "BEGIN", "BEGIN x; ", "BEGIN IF a THEN END", "BEGIN END; more", "DECLARE x BEGIN"]
)
def test_what_is_no_body_is_refused(text: str) -> None:
    """A text that is not a block ends in one error."""
    with pytest.raises(LadderError):
        block(text)
