"""Runs PL/pgSQL on the symbolic database: DO blocks, functions, trigger functions."""

from harness.simulator.plpgsql import cursors, loops, reports
from harness.simulator.plpgsql.functions import call, fire, run_block

__all__ = ["call", "cursors", "fire", "loops", "reports", "run_block"]
