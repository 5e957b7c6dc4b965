"""Names that Postgres chooses."""

from __future__ import annotations

import pytest

from harness.simulator.catalog import names
from harness.simulator.catalog.objects import Relation
from harness.simulator.session import Session
from harness.simulator.simulate import empty
from harness.sql import parse


@pytest.mark.parametrize(
    ("parts", "label", "expected"),
    [
        (("t",), "pkey", "t_pkey"),
        (("t", "a_b"), "key", "t_a_b_key"),
        (("t" * 40, "c" * 40), "idx", "t" * 29 + "_" + "c" * 29 + "_idx"),
        (("t" * 70,), "pkey", "t" * 58 + "_pkey"),
        (("t", "c" * 70), "fkey", "t_" + "c" * 56 + "_fkey"),
        (("é" * 40,), "pkey", "é" * 29 + "_pkey"),
    ],
)
def test_the_longer_part_is_cut(parts: tuple[str, ...], label: str, expected: str) -> None:
    """A name has no more than 63 bytes, and whole characters."""
    assert names.make_name(*parts, label=label) == expected


def test_a_number_is_added_to_a_name_that_is_taken() -> None:
    """The second index of its kind has a 1 at its end, the third a 2."""
    session = Session(empty(), is_cold=False)
    public = session.schema("public").oid
    chosen = []
    for _ in range(3):
        name = names.choose_name(session, public, "t", "a", label="idx")
        session.store.put(Relation(oid=session.store.new_oid(), name=name, schema=public))
        chosen.append(name)
    assert chosen == ["t_a_idx", "t_a_idx1", "t_a_idx2"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("lower(b)", "lower"),
        ("a + 1", "expr"),
        ("(j ->> 'x')::int", "int4"),
        ("b::text", "b"),
        ("coalesce(a, 1)", "coalesce"),
        ("CASE WHEN a THEN b ELSE c END", "c"),
        ("CASE WHEN a THEN b ELSE 1 END", "case"),
        ("CURRENT_DATE", "current_date"),
        ("greatest(a, b)", "greatest"),
        ("ARRAY[a]", "array"),
        ("(c).field", "field"),
        ("pg_catalog.upper(b) COLLATE \"C\"", "upper"),
    ],
)  # fmt: skip
def test_an_expression_suggests_a_name(expression: str, expected: str) -> None:
    """An index's column that is computed is called after its function, column or type."""
    node = parse.nodes(f"SELECT {expression}")[0].target_list[0].res_target.val
    assert names.expression_name(node) == expected


def test_columns_that_are_there_twice_are_numbered() -> None:
    """Two expressions of one name do not give the same part of an index's name."""
    assert names.key_names(["expr", "a", "expr", "expr"]) == ["expr", "a", "expr1", "expr2"]


def test_no_further_columns_go_into_a_name_that_is_full() -> None:
    """The columns' part of a name ends after 63 bytes."""
    assert names.addition(["a" * 60, "b" * 10, "c"]) == "a" * 60 + "_bb"
