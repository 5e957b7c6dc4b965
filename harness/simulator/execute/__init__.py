"""What a query gives and what INSERT, UPDATE and DELETE do to the rows, with UNKNOWN where that cannot be told."""

from harness.simulator.execute.checks import check_not_null, check_rows, check_unique
from harness.simulator.execute.coerce import coerce, to_text
from harness.simulator.execute.env import EMPTY, Env, Result
from harness.simulator.execute.evaluate import evaluate
from harness.simulator.execute.query import run_query
from harness.simulator.execute.statement import run_statement, scope_in

__all__ = [
    "EMPTY",
    "Env",
    "Result",
    "check_not_null",
    "check_rows",
    "check_unique",
    "coerce",
    "evaluate",
    "run_query",
    "run_statement",
    "scope_in",
    "to_text",
]
