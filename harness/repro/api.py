"""`repro` for programs: replays a ladder, compares the failure with a cause, and shrinks the ladder to it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.ladder.model import load
from harness.replay.api import open_server
from harness.replay.extensions import extensions_of
from harness.repro.bench import Bench
from harness.repro.compare import differences, find
from harness.repro.model import Boot, Repro
from harness.repro.search import Search

if TYPE_CHECKING:
    from harness.diagnose.model import Cause
    from harness.ladder.model import Ladder, Migration
    from harness.replay.server import Server
    from harness.repro.model import Failure


def repro(
    ladder: Ladder,
    cause: Cause | None = None,
    *,
    postgres: str | None = None,
    pg: int | None = None,
    setup: Path | str | None = None,
) -> Repro:
    """Make a cause happen again on a real Postgres, or without one whatever stops the ladder's two boots.

    The other arguments are those of `harness.replay.api.replay`, and so are the errors. Nothing is written.
    """
    before = load(Path(setup)) if setup is not None else None
    ladder.check()
    with open_server(postgres, pg, extensions_of([*ladder.migrations, *([before] if before else [])])) as server:
        return repro_on(server, ladder, cause, before)


def repro_on(server: Server, ladder: Ladder, cause: Cause | None = None, setup: Migration | None = None) -> Repro:
    """Do the same on a server that runs."""
    began = time.monotonic()
    bench, failure, differs = _failure(server, ladder, cause, setup)
    found = Repro(ladder, server.version, cause, failure, differs)
    if failure is None or differs:
        more = (*differs, *_later(bench, failure, ladder, cause))
        return replace(found, differs=more, trials=bench.trials, seconds=time.monotonic() - began)
    part = Search(ladder, failure, bench).run()
    alone = Bench(server, None, bench.rows)
    if setup is not None and alone.stop(part.ladder()) == bench.stop(part.ladder()):
        bench.setup = None
    return replace(
        found,
        part=part,
        setup=bench.setup,
        rows=bench.made_rows(part.ladder()),
        trials=bench.trials + alone.trials,
        seconds=time.monotonic() - began,
    )


def _failure(
    server: Server, ladder: Ladder, cause: Cause | None, setup: Migration | None
) -> tuple[Bench, Failure | None, tuple[str, ...]]:
    """Boot the whole ladder, with rows in its tables only where it fails otherwise without."""
    bench = Bench(server, setup)
    failure = bench.stop(ladder)
    differs = differences(cause, failure, ladder)
    if (failure is None or differs) and not (failure and failure.boot is Boot.COLD):
        filled = Bench(server, setup, rows=True)
        found = filled.stop(ladder)
        otherwise = differences(cause, found, ladder)
        if found is not None and not otherwise:
            return filled, found, ()
    return bench, failure, differs


def _later(bench: Bench, failure: Failure | None, ladder: Ladder, cause: Cause | None) -> list[str]:
    """Say whether the statement of the cause fails too, once those before it are mended."""
    wanted = find(ladder, cause.path) if cause and cause.path else None
    if failure is None or failure.boot is Boot.COLD or cause is None or wanted is None:
        return []
    for error in bench.failures(ladder):
        if (error.path, error.line, error.sqlstate) == (str(wanted.path), cause.line, cause.sqlstate):
            return [f"{error.path}:{error.line} fails as well, but no boot comes to it before the other is mended"]
    return []
