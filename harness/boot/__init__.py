"""Boots a stack: what is there, what has to be done, and the doing."""

from harness.boot.database import Database
from harness.boot.model import Failure, Settings
from harness.boot.plan import Observed, Plan, plan_boot
from harness.boot.stack import Stack

__all__ = ["Database", "Failure", "Observed", "Plan", "Settings", "Stack", "plan_boot"]
