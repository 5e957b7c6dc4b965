"""Comments, played twice."""

from __future__ import annotations

from collections.abc import Callable

from harness.simulator.model import Verdict

Refusals = Callable[..., list[str]]


def test_a_comment_can_be_set_again(twice: Callable[..., list[Verdict]]) -> None:
    """The same comment is no drift."""
    made = "CREATE TABLE t (a int)"
    verdicts = twice("COMMENT ON TABLE t IS 'x'; COMMENT ON COLUMN t.a IS 'y'", setup=made)
    assert [verdict.kind for verdict in verdicts] == ["passes", "passes"]


def test_a_comment_that_is_set_otherwise_later_is_no_drift_in_the_end(refusals: Refusals) -> None:
    """Setting, changing and taking away pass."""
    text = "COMMENT ON TABLE t IS 'x'"
    assert refusals(text, "COMMENT ON TABLE t IS NULL", setup="CREATE TABLE t (a int)") == ["", ""]


def test_what_a_comment_is_about_has_to_be_there(refusals: Refusals) -> None:
    """What is dropped or renamed later is missed, each kind in Postgres's words."""
    made = "CREATE TABLE t (a int, b int CONSTRAINT c CHECK (b > 0)); CREATE FUNCTION f() RETURNS int RETURN 1"
    later = "ALTER TABLE t DROP COLUMN b; DROP FUNCTION f()"
    texts = {
        "COMMENT ON COLUMN t.b IS 'x'": "42703",
        "COMMENT ON CONSTRAINT c ON t IS 'x'": "42704",
        "COMMENT ON FUNCTION f() IS 'x'": "42883",
        "COMMENT ON TABLE t IS 'x'": "",
    }
    for text, sqlstate in texts.items():
        assert refusals(text, later, setup=made)[0] == sqlstate


def test_a_comment_wants_the_kind_that_it_names(refusals: Refusals) -> None:
    """COMMENT ON TABLE of what became a view is refused."""
    later = "DROP TABLE t; CREATE VIEW t AS SELECT 1 AS a"
    assert refusals("COMMENT ON TABLE t IS 'x'", later, setup="CREATE TABLE t (a int)")[0] == "42809"


def test_what_the_ladder_does_not_make_is_taken_as_given(refusals: Refusals) -> None:
    """Objects of an unknown past, and of the database itself, are not missed."""
    assert (
        refusals(
            "COMMENT ON FUNCTION given(int) IS 'x'; COMMENT ON EXTENSION given IS 'x'; "
            "COMMENT ON SCHEMA public IS 'x';"
            "COMMENT ON DATABASE app IS 'x'; COMMENT ON COLLATION \"C\" IS 'x'; COMMENT ON EXTENSION plpgsql IS 'x'"
        )
        == [""] * 6
    )
