"""Types, played twice."""

from __future__ import annotations

from collections.abc import Callable

Refusals = Callable[..., list[str]]


def test_types_of_all_kinds_are_there_already(refusals: Refusals) -> None:
    """CREATE TYPE has no IF NOT EXISTS, and the row of a table is a type as well."""
    assert refusals(
        "CREATE TYPE a AS ENUM ('x'); CREATE TYPE b AS (x int); CREATE TYPE c AS RANGE (subtype = int4)",
        "CREATE TYPE d; CREATE TABLE e (x int); DROP TABLE e; CREATE TYPE e AS (x int)",
    ) == ["42710", "42710", "42710", "42710", "42P07", "42809", "42710"]


def test_a_label_is_added_once(refusals: Refusals) -> None:
    """ADD VALUE meets its own label, ADD VALUE IF NOT EXISTS does not mind."""
    assert refusals(
        "CREATE TYPE a AS ENUM ('x'); ALTER TYPE a ADD VALUE 'y'; "
        "ALTER TYPE a ADD VALUE IF NOT EXISTS 'z' BEFORE 'x'"
    ) == ["42710", "42710", ""]


def test_a_label_is_renamed_once(refusals: Refusals) -> None:
    """RENAME VALUE does not find the old label again; nor does BEFORE a label that has another name now."""
    assert refusals(
        "CREATE TYPE a AS ENUM ('x'); ALTER TYPE a RENAME VALUE 'x' TO 'y'; ALTER TYPE a ADD VALUE 'z' AFTER 'y'"
    ) == ["42710", "22023", "42710"]


def test_labels_of_a_type_from_before_the_ladder_are_remembered(refusals: Refusals) -> None:
    """A type that the ladder does not make has a label at the second boot that the first one added."""
    assert refusals("ALTER TYPE given ADD VALUE 'x'; ALTER TYPE given ADD VALUE IF NOT EXISTS 'y'") == ["42710", ""]


def test_what_is_no_enum_has_no_labels(refusals: Refusals) -> None:
    """A type that has become a composite one takes no label."""
    second = "DROP TYPE a; CREATE TYPE a AS (x int)"
    assert refusals("CREATE TYPE a AS ENUM ('x'); ALTER TYPE a ADD VALUE 'y'", second)[1] == "42809"


def test_a_range_brings_its_multirange_and_constructors(refusals: Refusals) -> None:
    """The multirange's name is taken with the range's, and both go together."""
    assert refusals(
        "CREATE TYPE span AS RANGE (subtype = float8); CREATE VIEW v AS SELECT span(1, 2) AS s",
        "CREATE TYPE span_multirange AS ENUM ('x')",
    )[2].startswith("? it would fail on an empty database already")


def test_a_shell_can_be_filled_once(refusals: Refusals) -> None:
    """A base type takes the place of its shell; at the second boot both are there."""
    made = "CREATE TYPE b; CREATE TYPE b (INPUT = b_in, OUTPUT = b_out)"
    assert refusals(made) == ["42710", "42710"]
