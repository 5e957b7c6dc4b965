"""Evaluates SQL in an empty database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.simulator import execute, play
from harness.simulator.execute import Env, Result
from harness.simulator.session import Session
from harness.simulator.simulate import empty
from harness.sql import parse

Run = Callable[..., Result]


class Database:
    """An empty database with one session."""

    def __init__(self) -> None:
        self.session = Session(empty(), is_cold=False)

    def run(self, text: str, **variables: Any) -> Result:
        """Run statements; the rows of the last one."""
        result = Result()
        for node in parse.nodes(text):
            if node.DESCRIPTOR.name in ("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"):
                result = execute.run_statement(self.session, node, Env(variables=variables))
            else:
                play.execute(self.session, node)
        return result

    def value(self, expression: str, **variables: Any) -> Any:
        """Return the value of an expression, in which some variables have values."""
        return self.run(f"SELECT {expression}", **variables).rows[0][0]

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query that gives just these."""
        result = self.run(text)
        assert result.is_exact
        return list(result.rows)

    def fill(self, table: str, count: int) -> None:
        """Put rows into a table, with 0, 1, 2, ... in its first column."""
        values = ", ".join(f"({number})" for number in range(count))
        self.run(f"INSERT INTO {table} VALUES {values}")  # noqa: S608 - a table of the test's own

    def forget_rows(self, table: str) -> None:
        """Let rows be in a table that are not known."""
        from harness.simulator.execute.writing import blur  # noqa: PLC0415 - used by few tests

        blur(self.session, self.session.relation(table).oid)


@pytest.fixture
def database() -> Database:
    """Return an empty database."""
    return Database()
