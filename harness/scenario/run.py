"""A run: some scenarios, one journal, one folder of evidence, one outcome."""

from __future__ import annotations

import os
import platform
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from harness import __version__
from harness.boot import Settings
from harness.cancellation import Cancellation
from harness.clock import Clock, SystemClock
from harness.compose.build import build_images
from harness.compose.model import Service
from harness.compose.needs import check_engine
from harness.engine.labels import RUN, run_labels
from harness.engine.model import EngineInfo
from harness.engine.protocol import Engine
from harness.engine.sweep import dead_runs, remove_all
from harness.engine.watchdog import Watchdog
from harness.errors import BootsmokeError, CancelledError, UsageError
from harness.evidence import seal
from harness.git import Repository
from harness.history import History, entries
from harness.journal import Journal, Listener, Record
from harness.outcome import Outcome, worst
from harness.redact import Redactor
from harness.scenario.prepare import Prepared
from harness.scenario.session import REMOVAL_DEADLINE, Session, Surroundings
from harness.writing import writing

RUNS = Path(".bootsmoke")
"""Where runs leave their folders, below the working directory."""

LONGEST = 24 * 3600.0
"""Seconds after which a run cancels itself."""
_NIGHTS = 30
"""Earlier ends of each scenario that a journal holds."""
_MARGIN = 3600.0
"""Seconds that cleaning up and the differences between the clocks of two machines take at most."""


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
        self._end = self.clock.monotonic() + LONGEST
        self._deadline = self.clock.wall() + LONGEST + _MARGIN
        self.unredacted: list[str] = []
        """Files that held a secret when the run was over; it is not in them any more."""

    def carry_out(self, prepared: Sequence[Prepared], listeners: Sequence[Listener]) -> Outcome:
        """Carry out the scenarios, `jobs` at once, and return the worst of their outcomes."""
        with self._recorded(prepared, listeners) as (journal, sessions), _signals(self._cancelled_by(journal)):
            self._sweep(journal)
            sessions.extend(self._all(prepared, journal))
        return self._outcome(sessions)

    def _outcome(self, sessions: Iterable[Session]) -> Outcome:
        """Return the worst of all; a run that was cancelled has not passed, though its last scenario may have."""
        late = [Outcome.CANCELLED] if self.cancellation.is_set else []
        return worst([*(session.outcome for session in sessions), *late])

    @contextmanager
    def live(self, prepared: Prepared, listeners: Sequence[Listener]) -> Iterator[Session]:
        """Give the session of one scenario, to carry out steps with; the end of the block cleans up.

        Signals are left to whoever calls; the watchdog cleans up after a process that is killed.
        """
        with self._recorded([prepared], listeners) as (journal, sessions):
            self._sweep(journal)
            sessions.append(self._session(prepared, 1, journal))
            with sessions[0]:
                yield sessions[0]

    @contextmanager
    def _recorded(
        self, prepared: Sequence[Prepared], listeners: Sequence[Listener]
    ) -> Iterator[tuple[Journal, list[Session]]]:
        """Give a journal, and a list to put the sessions into: their outcome is the run's."""
        known = frozenset[str]().union(*(one.secrets for one in prepared))
        sessions: list[Session] = []
        info = self.engine.info()
        # The journal is closed before the watchdog learns of the end: it may have something to add.
        with Watchdog(info.address, self.id, self.folder) as watchdog:
            with Journal(self.folder / "journal.jsonl", self.clock, Redactor(known)) as journal:
                told: list[Record] = []
                for listener in (told.append, *listeners):
                    journal.listen(listener)
                for one in prepared:
                    check_engine(one.project, info.api_version)
                self._begin(journal, info, prepared)
                yield journal, sessions
                journal.record("run.finished", outcome=self._outcome(sessions))
                self._remember(journal, told)
            with suppress(OSError):  # a disk that is full has been told; what is not sealed is never packed
                self.unredacted = seal(self.folder, journal.redactor)
            watchdog.is_done = not any(session.left_behind for session in sessions)

    def _begin(self, journal: Journal, info: EngineInfo, prepared: Sequence[Prepared]) -> None:
        """Tell what runs, where, and what is known of it from before."""
        names = [one.scenario.name for one in prepared]
        journal.record(
            "run.started",
            id=self.id,
            folder=str(self.folder),
            directory=str(Path.cwd()),
            engine={"address": info.address, "version": info.version, "os": info.os},
            compose=prepared[0].project.compose_version if prepared else "",
            versions={"bootsmoke": __version__, "python": platform.python_version(), "os": platform.platform()},
            commit=_commit(),
            scenarios=names,
        )
        self._recall(journal, names)

    def _recall(self, journal: Journal, names: Iterable[str]) -> None:
        """Put what the scenarios ended with before into the journal: a report needs nothing else."""
        with _warning(journal):
            for name, past in History(self.options.runs).last(_NIGHTS, names).items():
                journal.record("history", scenario=name, entries=[entry.document() for entry in past])

    def _remember(self, journal: Journal, told: Iterable[Record]) -> None:
        with _warning(journal):
            History(self.options.runs).add(entries(told))

    def _sweep(self, journal: Journal) -> None:
        """Remove what runs have left that are over."""
        for dead in dead_runs(self.engine, now=self.clock.wall(), kept=False):
            if self.cancellation.is_set:
                return
            removal = remove_all(
                self.engine, {RUN: dead.id}, deadline=REMOVAL_DEADLINE, clock=self.clock, kept=False
            )
            if removal.removed or removal.left:  # its own watchdog may have been first
                journal.record("swept", run=dead.id, removed=len(removal.removed), left=removal.reasons())

    def _all(self, prepared: Sequence[Prepared], journal: Journal) -> list[Session]:
        with ThreadPoolExecutor(self.options.jobs, thread_name_prefix="scenario") as pool:
            futures = [pool.submit(self._one, one, number, journal) for number, one in enumerate(prepared, 1)]
            pending = set(futures)
            while pending:
                # In slices, because a wait without end would keep a signal's handler waiting, too.
                _, pending = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
                if self.clock.monotonic() >= self._end and not self.cancellation.is_set:
                    self._cancel(journal, f"its deadline of {LONGEST / 3600:g} h")
        return [future.result() for future in futures]

    def _cancelled_by(self, journal: Journal) -> Callable[[int], None]:
        def cancel(number: int) -> None:
            if self.cancellation.is_set:
                _leave_at_once(number)
            self._cancel(journal, signal.Signals(number).name)

        return cancel

    def _cancel(self, journal: Journal, by: str) -> None:
        journal.record("cancelled", signal=by)
        self.cancellation.cancel()

    def _one(self, prepared: Prepared, number: int, journal: Journal) -> Session:
        session = self._session(prepared, number, journal)
        session.run()
        return session

    def _session(self, prepared: Prepared, number: int, journal: Journal) -> Session:
        name = prepared.scenario.name
        folder = self.folder / name
        with writing(folder):
            folder.mkdir()
        scenario = prepared.scenario
        settings = self.options.settings
        around = Surroundings(
            engine=self.engine,
            clock=self.clock,
            journal=journal.scoped(scenario=name),
            labels=run_labels(self.id, name, self._deadline),
            folder=folder,
            settings=settings.otherwise(stability=scenario.stability, patience=scenario.timeout),
            cancellation=self.cancellation,
            build=self._build,
            keep=self.options.keep,
            keep_ports=self.options.keep_ports,
        )
        return Session(prepared, around, f"bootsmoke-{self.id}-{number}")

    def _build(self, prepared: Prepared, service: Service) -> None:
        """Build a service's image, once a run for each tag."""
        with self._lock:
            mine = service.image not in self._built
            building = self._built.setdefault(service.image, Future())
        if mine:
            log = self.folder / f"build-{service.name}.log"
            environment = {**os.environ, "DOCKER_HOST": self.engine.info().address, **Watchdog.mark(self.id)}
            try:
                with writing(log):
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


@contextmanager
def _warning(journal: Journal) -> Iterator[None]:
    """Tell that the history could not be read or written; a verdict does not hang on it."""
    try:
        yield
    except BootsmokeError as error:
        journal.record("warning", text=error.message)


def _commit() -> dict[str, Any] | None:
    """Return what is checked out here; None outside of a repository, and where git is missing."""
    try:
        return asdict(Repository(Path.cwd()).head())
    except BootsmokeError:
        return None


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


def _leave_at_once(number: int) -> NoReturn:
    """End this process, because somebody has asked for the second time: the watchdog cleans up.

    Nothing is written but to the terminal itself: whoever holds a lock just now may never give it back.
    """
    signal.signal(number, signal.SIG_DFL)
    shown = b"\x1b[?25h\n" if os.isatty(2) else b""  # the cursor, which a live display has hidden
    with suppress(OSError):  # nobody reads it any more
        os.write(2, shown + b"bootsmoke: stopped at once: the watchdog removes what is left, within seconds\n")
    os._exit(CancelledError.exit_code)


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
