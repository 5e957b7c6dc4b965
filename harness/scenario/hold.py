"""A lock on a table, held by a session of ours inside of the Postgres container."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.boot.database import Database
from harness.clock import Clock
from harness.errors import BootsmokeError, ScenarioError
from harness.scenario.model import Hold

_PATIENCE = 10.0
"""Seconds in which the lock has to be had."""
_LONGEST = 3600
"""Seconds after which the session lets go by itself."""
_numbers = count(1)


@contextmanager
def held(step: Hold, database: Database, clock: Clock) -> Iterator[None]:
    """Hold the lock for the block; ScenarioError when it cannot be had.

    The session is a psql of its own, found again by its name among the server's sessions, and ended there.
    """
    name = f"bootsmoke hold {next(_numbers)}"
    said: list[str] = []

    def hold() -> None:
        script = (
            f"SET application_name = '{name}';\nBEGIN;\nLOCK TABLE {step.table} IN {step.mode} MODE;\n"
            f"SELECT pg_sleep({_LONGEST});\n"
        )
        try:
            said.append(database.psql_lenient(script, timeout=_LONGEST))
        except BootsmokeError as error:  # the container may have gone in the meantime, and the lock with it
            said.append(error.message)

    holder = threading.Thread(target=hold, name=name, daemon=True)
    holder.start()
    try:
        _wait_for_lock(step, database, clock, name, said)
        yield
    finally:
        database.psql_lenient(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}';\n"
        )
        holder.join(timeout=_PATIENCE)


def _wait_for_lock(step: Hold, database: Database, clock: Clock, name: str, said: list[str]) -> None:
    query = (
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        f" WHERE application_name = '{name}' AND granted AND locktype = 'relation' AND wait_event = 'PgSleep';\n"
    )
    retrying = Retrying(
        retry=retry_if_result(lambda found: not found),
        wait=wait_fixed(0.05),
        stop=stop_after_delay(_PATIENCE),
        sleep=clock.sleep,
        retry_error_callback=lambda _: False,
    )
    if not retrying(lambda: bool(said) or database.psql(query).strip() not in ("", "0")) or said:
        why = " ".join(said).strip() or f"not within {_PATIENCE:g} s"
        raise ScenarioError(f"no lock on {step.table}: {why}", place=step.place)
