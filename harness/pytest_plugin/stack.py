"""A Compose stack in the hands of a test: booted cold, booted warm, asked, and gone at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import Place, UsageError
from harness.journal import read
from harness.outcome import Outcome
from harness.pytest_plugin.scenarios import engine_of, options_of
from harness.report.lines import Lines
from harness.report.summary import summary
from harness.scenario.booting import Mismatch
from harness.scenario.checks import rows_of
from harness.scenario.http import address
from harness.scenario.model import Boot, ComposeSource, Recreate, Scenario, Snapshot, Step, Unchanged
from harness.scenario.prepare import prepare
from harness.scenario.run import Run
from harness.scenario.value import did_you_mean

if TYPE_CHECKING:
    import pytest

    from harness.scenario.session import Session

_HERE = Place("boot_stack")
_LAST = "the last look"


class BootedStack:
    """A stack that has booted cold.

    Its methods raise AssertionError, with the cause as the command line tells it, where the stack fails; and
    BootsmokeError where it cannot be told: the engine is lost, a service is unknown.
    """

    def __init__(self, session: Session, journal: Path) -> None:
        self._session = session
        self._journal = journal

    def cold_boot(self) -> None:
        """Wipe everything and boot on an empty database."""
        self._step(Boot(_HERE))

    def warm_boot(self, *services: str, environment: Mapping[str, str] | None = None) -> None:
        """Force-recreate services on the volumes as they are, those that depend on Postgres when none is named."""
        known = self._session.stack.project.services
        for service in services:
            if service not in known:
                help_ = f"the compose files have: {', '.join(sorted(known))}"
                raise UsageError(f"unknown service `{service}`{did_you_mean(service, known)}", help=help_)
        self._step(Recreate(_HERE, services=services, environment=environment or {}))

    def settle(self) -> None:
        """Wait until every container has lived through its stability window."""
        self._telling(self._session.settle)

    def look(self) -> None:
        """Fail if a container has failed meanwhile, without waiting; done for every stack at its end."""
        self._telling(self._session.look)

    def remember(self) -> None:
        """Remember the database's schema and rows for `assert_unchanged`."""
        self._step(Snapshot(_HERE, _LAST))

    def assert_unchanged(self, *, allow: Sequence[str] = ()) -> None:
        """Compare with what was remembered; `allow` holds patterns of tables whose rows may change."""
        self._step(Unchanged(_HERE, _LAST, allow=tuple(allow)))

    def address(self, service: str, port: int | None = None) -> str:
        """Return host:port at which a service's port is published now, its only one when none is named."""
        return address(self._session.stack.inspect(service), service, port, _HERE)

    def sql(self, query: str) -> list[tuple[str | None, ...]]:
        """Return the rows of a query on the stack's Postgres, as psql writes them; None for SQL NULL."""
        database = self._session.stack.database()
        if database is None:
            raise UsageError("the project has no Postgres to ask")
        return rows_of(database, query)

    def log(self, service: str) -> str:
        """Return the log of a service's present containers."""
        return "\n".join(line.text for line in self._session.stack.log_of(service))

    def _step(self, step: Step) -> None:
        __tracebackhide__ = True
        self._telling(lambda: self._session.step(step))

    def _telling(self, act: Callable[[], None]) -> None:
        __tracebackhide__ = True
        try:
            act()
        except Mismatch as mismatch:
            told = summary(read(self._journal), base=Path.cwd())
            raise AssertionError(f"{mismatch}\n{told}") from None


@contextmanager
def booted(
    config: pytest.Config, name: str, files: Sequence[Path | str], environment: Mapping[str, str]
) -> Iterator[BootedStack]:
    """Boot a Compose project cold and give it; everything of it is removed at the end of the block.

    UsageError where the compose files are wrong, EngineError when no engine answers, AssertionError when the cold
    boot fails or something has failed by the end.
    """
    paths = tuple(config.rootpath / file for file in files)
    source = ComposeSource(directory=config.rootpath, files=paths, environment=environment)
    prepared = prepare(Scenario(name=name, compose=source, steps=(), place=_HERE))
    run = Run(engine_of(config), options_of(config))
    with run.live(prepared, [Lines(lambda line: print(line, file=sys.stderr))]) as session:  # noqa: T201
        stack = BootedStack(session, run.folder / "journal.jsonl")
        stack.cold_boot()
        yield stack
        if session.outcome is Outcome.PASSED:  # what failed in a test has been told there
            stack.look()
