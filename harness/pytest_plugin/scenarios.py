"""Scenario files as pytest items: each a run of its own, told as the command line tells it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest._code.code import ExceptionInfo, ReprFileLocation, TerminalRepr
from _pytest._io import TerminalWriter

from harness.errors import BootsmokeError, UsageError
from harness.outcome import Outcome
from harness.report.text import clean
from harness.scenario.load import load

if TYPE_CHECKING:
    from harness.engine.protocol import Engine
    from harness.journal import Record
    from harness.scenario.model import Scenario
    from harness.scenario.prepare import Prepared
    from harness.scenario.run import Options

_LOG_LINES = 60
"""Lines of a failing service's log that a report shows; all of it is in the run's folder."""
_ENGINE = pytest.StashKey["Engine"]()


class NotPassedError(Exception):
    """A scenario ended otherwise than passed; `text` is the run's last lines, `headline` the cause in one line."""

    def __init__(self, headline: str, text: str) -> None:
        super().__init__(headline)
        self.headline = headline
        self.text = text


class ScenarioFile(pytest.File):
    """One `scenario.yaml`."""

    def collect(self) -> Iterator[ScenarioItem]:
        """Yield its one scenario; a mistake in the file is an error of the collection, with line and column."""
        try:
            scenario = load(self.path)
        except UsageError as error:
            raise self.CollectError(str(error)) from error
        yield ScenarioItem.from_parent(self, name=scenario.name, scenario=scenario)


class ScenarioItem(pytest.Item):
    """One scenario, on containers of its own that are gone afterwards."""

    def __init__(self, *, scenario: Scenario, **others: Any) -> None:
        super().__init__(**others)
        self.scenario = scenario
        self.add_marker(pytest.mark.bootsmoke)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where it stands, and its name."""
        return self.path, 0, self.name

    def setup(self) -> None:
        """Resolve the compose files and find the engine: what is wrong there is an error, not a failure."""
        from harness.scenario.prepare import prepare  # noqa: PLC0415 - only for what is run

        problem = ""
        try:
            self._prepared = prepare(self.scenario)
            self._engine = engine_of(self.config)
        except BootsmokeError as error:
            problem = str(error)
        if problem:  # outside of the handler: pytest would tell it twice
            pytest.fail(problem, pytrace=False)

    def runtest(self) -> None:
        """Carry the scenario out; anything but passed is a failure with the cause."""
        from harness.report.document import document  # noqa: PLC0415
        from harness.report.summary import summary  # noqa: PLC0415

        outcome, records = _carry_out(self._prepared, self._engine, self.config)
        told = document(records)
        self.user_properties += _properties(told)
        if outcome is Outcome.CANCELLED:
            raise KeyboardInterrupt
        if outcome is not Outcome.PASSED:
            for name, text in _logs(told):
                self.add_report_section("call", f"log of {name}", text)
            raise NotPassedError(_headline(told), summary(records, base=Path.cwd()))

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        """Tell what bootsmoke says itself without a traceback."""
        if isinstance(excinfo.value, NotPassedError):
            return _Told(excinfo.value.headline, excinfo.value.text, self.path)
        if isinstance(excinfo.value, BootsmokeError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


class _Told(TerminalRepr):
    """A text, with what pytest's short summary and JUnit file take for its message."""

    def __init__(self, headline: str, text: str, path: Path) -> None:
        self.text = text
        self.reprcrash = ReprFileLocation(str(path), 1, headline)

    def __str__(self) -> str:
        return self.text

    def toterminal(self, tw: TerminalWriter) -> None:
        """Write it as it is."""
        tw.line(self.text)


def engine_of(config: pytest.Config) -> Engine:
    """Return the session's engine, connected at the first call; EngineUnavailableError when none answers."""
    if _ENGINE not in config.stash:
        from harness.cli.connect import address  # noqa: PLC0415
        from harness.engine.docker import DockerEngine  # noqa: PLC0415 - Docker's SDK

        engine = DockerEngine(address().url)
        config.add_cleanup(engine.close)
        engine.info()
        config.stash[_ENGINE] = engine
    return config.stash[_ENGINE]


def options_of(config: pytest.Config) -> Options:
    """Return how runs are carried out: what is kept, and where they leave their folders."""
    from harness.scenario.run import Options  # noqa: PLC0415

    return Options(keep=config.getoption("bootsmoke_keep"), runs=config.invocation_params.dir / ".bootsmoke")


def _carry_out(prepared: Prepared, engine: Engine, config: pytest.Config) -> tuple[Outcome, Sequence[Record]]:
    from harness.journal import read  # noqa: PLC0415
    from harness.report.lines import Lines  # noqa: PLC0415
    from harness.scenario.run import Run  # noqa: PLC0415

    run = Run(engine, options_of(config))
    progress = Lines(lambda line: print(line, file=sys.stderr))  # noqa: T201 - pytest captures and shows it
    outcome = run.carry_out([prepared], [progress])
    return outcome, list(read(run.folder / "journal.jsonl"))


def _boots(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [boot for scenario in told["scenarios"] for boot in scenario["boots"]]


def _headline(told: Mapping[str, Any]) -> str:
    """Return the cause in one line; without one, what the outcome is."""
    for boot in _boots(told):
        if cause := boot["cause"]:
            where = f"{Path(cause['path']).name}:{cause['line']}: " if cause["path"] else ""
            return clean(f"{cause['code']} {where}{cause['message']}")
    return f"the scenario {told['outcome']}"


def _properties(told: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Return what a JUnit file keeps of a run: where its evidence is, and the codes of the causes."""
    causes = [boot["cause"] for boot in _boots(told) if boot["cause"]]
    run = ("bootsmoke.run", Path(told["run_dir"]).name)
    return [run, *(("bootsmoke.cause", cause["code"]) for cause in causes)]


def _logs(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and end of the last log of each service that was not ready."""
    failing = {boot["service"] for boot in _boots(told) if boot["verdict"] != "ready"}
    for service in sorted(failing):
        files = Path(told["run_dir"]).glob(f"*/{escape(service)}-*.log")
        for file in sorted(files, key=lambda file: file.stat().st_mtime)[-1:]:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            yield file.stem, "\n".join(clean(line) for line in lines[-_LOG_LINES:])
