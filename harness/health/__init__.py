"""Tells ready from crashloop: a pure judgement over observations, and the one driver that feeds it."""

from harness.health.fold import State, fold
from harness.health.follow import Instance, Life
from harness.health.model import (
    CRASH_BUDGET,
    HEALTH,
    STABILITY,
    TCP,
    Exited,
    Patience,
    Policy,
    Probed,
    Reconciled,
    Refused,
    Started,
    Ticked,
)
from harness.health.policy import is_postgres, policy_for, postgres_port
from harness.health.probes import Command
from harness.health.watch import Watch

__all__ = [
    "CRASH_BUDGET",
    "HEALTH",
    "STABILITY",
    "TCP",
    "Command",
    "Exited",
    "Instance",
    "Life",
    "Patience",
    "Policy",
    "Probed",
    "Reconciled",
    "Refused",
    "Started",
    "State",
    "Ticked",
    "Watch",
    "fold",
    "is_postgres",
    "policy_for",
    "postgres_port",
]
