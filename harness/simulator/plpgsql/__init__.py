"""Runs PL/pgSQL on the symbolic database: DO blocks, functions, trigger functions."""

from harness.simulator.plpgsql import cursors, loops, reports
from harness.simulator.plpgsql.functions import call, fire, run_block
from harness.simulator.plpgsql.procedures import call as call_procedure

__all__ = ["call", "call_procedure", "cursors", "fire", "loops", "reports", "run_block"]
