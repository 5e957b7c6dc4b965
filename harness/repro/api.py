"""`repro` for programs: replays a ladder, compares the failure with a cause, and shrinks the ladder to it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.ladder.model import load
from harness.replay.api import open_server
from harness.replay.extensions import extensions_of
from harness.repro.bench import Bench
from harness.repro.compare import differences, find
from harness.repro.model import Boot, Repro
from harness.repro.search import Search
from harness.repro.write import refuse_taken, write

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from harness.diagnose.model import Cause
    from harness.ladder.model import Ladder, Migration
    from harness.replay.server import Server
    from harness.repro.model import Failure, Part

CODE = "{code}"
"""In the name of a folder to write to, this becomes the failure's SQLSTATE, or `drift`."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a ladder: SQL before it, and rows of the owner's between its boots."""

    setup: Migration | None = None
    seed: Migration | None = None


def repro(
    ladder: Ladder,
    cause: Cause | None = None,
    *,
    postgres: str | None = None,
    pg: int | None = None,
    setup: Path | str | None = None,
    seed: Path | str | None = None,
    output: Path | None = None,
    secrets: Collection[str] = (),
) -> Repro:
    """Make a cause happen again on a real Postgres; without one, whatever stops a boot or changes the database.

    `postgres`, `pg`, `setup` and `seed` are those of `harness.replay.api.replay`, and so are the errors. What was
    reproduced is written to the folder `output`, if there is one to be; see `harness.repro.write.write`.
    """
    around = Around(load(Path(setup)) if setup else None, load(Path(seed)) if seed else None)
    ladder.check()
    if output is not None and CODE not in output.name:
        refuse_taken(output)
    extensions = extensions_of([*ladder.migrations, *([around.setup] if around.setup else [])])
    with open_server(postgres, pg, extensions) as server:
        found = repro_on(server, ladder, cause, around)
        if output is None or found.failure is None or found.part is None:
            return found
        folder = output.with_name(output.name.replace(CODE, found.failure.error.sqlstate or "drift"))
        write(found, folder, server, secrets)
        return replace(found, folder=folder)


def repro_on(
    server: Server,
    ladder: Ladder,
    cause: Cause | None = None,
    around: Around = Around(),
) -> Repro:
    """Do the same on a server that runs; nothing is written."""
    began = time.monotonic()
    bench, failure, differs = _failure(server, ladder, cause, around)
    found = Repro(ladder, server.version, cause, failure, differs)
    if failure is None or differs:
        more = (*differs, *_later(bench, failure, ladder, cause))
        return replace(found, differs=more, seconds=time.monotonic() - began)
    part = Search(ladder, failure, bench).run()
    trials = bench.trials
    bench = _without_setup(bench, part)
    return replace(
        found,
        part=part,
        setup=bench.setup,
        seed=bench.seed,
        rows=bench.made_rows(part.ladder()),
        piecewise=bench.piecewise(part.ladder()),
        trials=trials,
        seconds=time.monotonic() - began,
    )


def _without_setup(bench: Bench, part: Part) -> Bench:
    """Return a bench without the setup, if the part fails alike without."""
    if bench.setup is None:
        return bench
    alone = replace(bench, setup=None)
    return alone if alone.symptoms(part.ladder()) == bench.symptoms(part.ladder()) else bench


def _failure(
    server: Server, ladder: Ladder, cause: Cause | None, around: Around
) -> tuple[Bench, Failure | None, tuple[str, ...]]:
    """Boot the whole ladder on harder and harder terms until it fails as it should; else tell its first failure."""
    other = None
    for bench in _benches(server, cause, around):
        found = bench.symptoms(ladder)
        told = [(bench, each, differences(cause, each, ladder)) for each in found]
        same = next((one for one in told if not one[2]), None)
        if same:
            return same
        other = other or next(iter(told), None)
        if found and found[0].boot is Boot.COLD:
            break
    return other or (bench, None, differences(cause, None, ladder))


def _benches(server: Server, cause: Cause | None, around: Around) -> Iterator[Bench]:
    """Yield what may show a failure: two boots, with rows in the tables, and then a look at what they change.

    What Postgres refused is no change, and needs no look for one.
    """
    refused = cause is not None and cause.sqlstate is not None
    for changes in (False,) if refused else (False, True):
        for rows in (False, True) if around.seed is None else (False,):
            yield Bench(server, around.setup, rows, around.seed, changes)


def _later(bench: Bench, failure: Failure | None, ladder: Ladder, cause: Cause | None) -> list[str]:
    """Say whether the statement of the cause fails too, once those before it are mended."""
    wanted = find(ladder, cause.path) if cause and cause.path else None
    if failure is None or failure.boot is Boot.COLD or failure.is_change or cause is None or wanted is None:
        return []
    for error in bench.failures(ladder):
        if (error.path, error.line, error.sqlstate) == (str(wanted.path), cause.line, cause.sqlstate):
            return [f"{error.path}:{error.line} fails as well, but no boot comes to it before the other is mended"]
    return []
