"""What a query gives and what INSERT, UPDATE and DELETE do to the rows, with UNKNOWN where that cannot be told."""

from harness.simulator.execute.env import EMPTY, Env, Result

__all__ = ["EMPTY", "Env", "Result"]
