"""Functions that fit nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.simulator.execute.env import Result
from harness.simulator.execute.functions import builtin
from harness.simulator.values import UNKNOWN, Value

if TYPE_CHECKING:
    from harness.simulator.session import Session


@builtin("num_nonnulls", strict=False)
def _num_nonnulls(_session: Session, *values: Value) -> Value:
    return UNKNOWN if UNKNOWN in values else sum(value is not None for value in values)


@builtin("num_nulls", strict=False)
def _num_nulls(_session: Session, *values: Value) -> Value:
    return UNKNOWN if UNKNOWN in values else sum(value is None for value in values)


@builtin("pg_sleep", "pg_advisory_lock", "pg_advisory_xact_lock", "pg_notify", "pg_advisory_unlock", strict=False)
def _nothing(_session: Session, *_arguments: Value) -> Value:
    return None


@builtin("pg_try_advisory_lock", "pg_try_advisory_xact_lock", strict=False)
def _true(_session: Session, *_arguments: Value) -> Value:
    return True


@builtin("pg_typeof", strict=False)
def _typeof(_session: Session, _value: Value) -> Value:
    return UNKNOWN


@builtin(
    "json_to_recordset", "jsonb_to_recordset", "json_populate_recordset", "jsonb_populate_recordset", strict=False
)
def _recordset(_session: Session, *_arguments: Value) -> Value:
    return Result((), is_complete=False)
