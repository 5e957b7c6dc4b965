"""Plays a ladder twice on a symbolic Postgres, and says what the second boot makes of each statement.

No database is needed: the catalog starts empty, as a database does, so that what the ladder makes is known. What is
not known is said (`unknown`, with the reason), never guessed.
"""

from harness.simulator.model import Simulation, Verdict, VerdictKind
from harness.simulator.simulate import simulate

__all__ = ["Simulation", "Verdict", "VerdictKind", "simulate"]
