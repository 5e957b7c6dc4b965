"""A run: some scenarios, one journal, one folder of evidence, one outcome."""

from __future__ import annotations

import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from harness.boot import Settings
from harness.cancellation import Cancellation
from harness.clock import Clock, SystemClock
from harness.compose.build import build_images
from harness.compose.model import Service
from harness.compose.needs import check_engine
from harness.engine.labels import RUN
from harness.engine.protocol import Engine
from harness.engine.sweep import dead_runs, remove_all
from harness.errors import UsageError
from harness.journal import Journal, Listener
from harness.outcome import Outcome, worst
from harness.redact import Redactor
from harness.scenario.prepare import Prepared
from harness.scenario.session import REMOVAL_DEADLINE, Session, Surroundings

RUNS = Path(".bootsmoke")
"""Where runs leave their folders, below the working directory."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is carried out."""

    settings: Settings = Settings()
    jobs: int = 1
    keep: str = "never"
    keep_ports: bool = False
    runs: Path = RUNS


@dataclass
class Run:
    """One run under way."""

    engine: Engine
    options: Options
    clock: Clock = field(default_factory=SystemClock)
    cancellation: Cancellation = field(default_factory=Cancellation)
    _built: dict[str, Future[None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(self.clock.wall()))
        self.id = f"{stamp}-{secrets.token_hex(2)}"
        self.folder = _make_folder(self.options.runs, self.id)

    def carry_out(self, prepared: Sequence[Prepared], listeners: Sequence[Listener]) -> Outcome:
        """Carry out the scenarios, `jobs` at once, and return the worst of their outcomes."""
        known = frozenset[str]().union(*(one.secrets for one in prepared))
        with Journal(self.folder / "journal.jsonl", self.clock, Redactor(known)) as journal:
            for listener in listeners:
                journal.listen(listener)
            info = self.engine.info()
            for one in prepared:
                check_engine(one.project, info.api_version)
            journal.record(
                "run.started",
                id=self.id,
                folder=str(self.folder),
                directory=str(Path.cwd()),
                engine={"address": info.address, "version": info.version, "os": info.os},
                compose=prepared[0].project.compose_version if prepared else "",
                scenarios=[one.scenario.name for one in prepared],
            )
            self._sweep(journal)
            outcome = worst(self._all(prepared, journal))
            journal.record("run.finished", outcome=outcome)
        return outcome

    def _sweep(self, journal: Journal) -> None:
        """Remove what runs have left whose process is dead."""
        for dead in dead_runs(self.engine, kept=False):
            removal = remove_all(self.engine, {RUN: dead.id}, deadline=REMOVAL_DEADLINE, clock=self.clock)
            journal.record("swept", run=dead.id, removed=len(removal.removed), left=len(removal.left))

    def _all(self, prepared: Sequence[Prepared], journal: Journal) -> list[Outcome]:
        with (
            ThreadPoolExecutor(self.options.jobs, thread_name_prefix="scenario") as pool,
            _signals(self._cancelled_by(journal)),
        ):
            futures = [pool.submit(self._one, one, number, journal) for number, one in enumerate(prepared, 1)]
            pending = set(futures)
            while pending:
                # In slices, because a wait without end would keep a signal's handler waiting, too.
                _, pending = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
        return [future.result() for future in futures]

    def _cancelled_by(self, journal: Journal) -> Callable[[int], None]:
        def cancel(number: int) -> None:
            journal.record("cancelled", signal=signal.Signals(number).name)
            self.cancellation.cancel()

        return cancel

    def _one(self, prepared: Prepared, number: int, journal: Journal) -> Outcome:
        name = prepared.scenario.name
        folder = self.folder / name
        folder.mkdir()
        scenario = prepared.scenario
        settings = self.options.settings
        around = Surroundings(
            engine=self.engine,
            clock=self.clock,
            journal=journal.scoped(scenario=name),
            run_id=self.id,
            folder=folder,
            settings=settings.otherwise(stability=scenario.stability, patience=scenario.timeout),
            cancellation=self.cancellation,
            build=self._build,
            keep=self.options.keep,
            keep_ports=self.options.keep_ports,
        )
        return Session(prepared, around, f"bootsmoke-{self.id}-{number}").run()

    def _build(self, prepared: Prepared, service: Service) -> None:
        """Build a service's image, once a run for each tag."""
        with self._lock:
            mine = service.image not in self._built
            building = self._built.setdefault(service.image, Future())
        if mine:
            log = self.folder / f"build-{service.name}.log"
            environment = {**os.environ, "DOCKER_HOST": self.engine.info().address}
            try:
                build_images(
                    prepared.project,
                    log=log,
                    services=[service.name],
                    environment=environment,
                    redact=Redactor(prepared.secrets).text,
                    cancellation=self.cancellation,
                )
            except BaseException as error:
                building.set_exception(error)
                raise
            building.set_result(None)
        building.result()


def _make_folder(runs: Path, run_id: str) -> Path:
    folder = (runs / run_id).absolute()
    try:
        folder.mkdir(parents=True)
        ignore = runs / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
    except OSError as error:
        message = f"cannot make the run's folder {folder}: {error.strerror}"
        raise UsageError(message, help="name another place with --runs DIR") from error
    return folder


@contextmanager
def _signals(cancel: Callable[[int], None]) -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM and SIGHUP into a cancellation while the body runs."""

    def handle(number: int, _: FrameType | None) -> None:
        cancel(number)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, handle) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
