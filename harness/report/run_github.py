"""A run for GitHub Actions: an annotation for each cause, and the job's summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.journal import Record
from harness.outcome import Outcome
from harness.report.model import Run, Scenario
from harness.report.reading import read_run
from harness.report.summary import WORST_FIRST, as_expected, headline, told_in_full
from harness.report.text import clean, shown, visible
from harness.report.workflow import MOST_COMMANDS, cell, command

_SIGNS = {Outcome.PASSED: "✅", Outcome.FAILED: "❌", Outcome.SKIPPED: "⚪"}
_FENCE = "````"


def commands(records: Iterable[Record]) -> Iterator[str]:
    """Yield at most ten workflow commands: one for each cause, and for each scenario that has none, worst first."""
    run = read_run(records)
    told: set[str] = set()
    for scenario in _worst_first(run):
        text = _annotation(run, scenario)
        if scenario.outcome is Outcome.PASSED or text in told or len(told) == MOST_COMMANDS:
            continue
        told.add(text)
        yield text


def job_summary(records: Iterable[Record]) -> str:
    """Return the run as Markdown, for the file that GITHUB_STEP_SUMMARY names."""
    run = read_run(records)
    return "\n".join(_summary(run)) + "\n"


def _worst_first(run: Run) -> list[Scenario]:
    return sorted(run.scenarios, key=lambda scenario: WORST_FIRST.index(scenario.outcome))


def _annotation(run: Run, scenario: Scenario) -> str:
    cause = scenario.blamed.cause if scenario.blamed else None
    if cause is None:
        title = f"{scenario.name}: {scenario.outcome}"
        return command("error", {"title": clean(title)}, clean(scenario.message) or scenario.outcome.value)
    properties = {"title": clean(f"{cause.code} {cause.title}")}
    if cause.path:
        properties = {"file": clean(_path(run, cause.path)), "line": str(cause.line or 1), **properties}
    return command("error", properties, f"{clean(cause.message)}\n{clean(cause.advice)}")


def _summary(run: Run) -> Iterator[str]:
    yield f"### bootsmoke: {run.outcome}"
    yield ""
    yield "| | scenario | outcome | seconds | why |"
    yield "|---|---|---|---:|---|"
    for scenario in _worst_first(run):
        sign = _SIGNS.get(scenario.outcome, "⚠️")
        cells = (scenario.name, scenario.outcome, f"{scenario.seconds:.1f}", _why(scenario))
        yield f"| {sign} | {' | '.join(map(cell, cells))} |"
    for scenario in _worst_first(run):
        if scenario.outcome is not Outcome.PASSED:
            yield from _details(run, scenario)


def _why(scenario: Scenario) -> str:
    if scenario.outcome is Outcome.PASSED:
        return "; ".join(map(as_expected, scenario.expected_failures))
    return headline(scenario)


def _details(run: Run, scenario: Scenario) -> Iterator[str]:
    """Yield what the terminal says of a scenario, in a block that nothing in it can end."""
    text = visible(told_in_full(run, scenario, base=run.base))
    yield ""
    yield f"<details open><summary>{cell(scenario.name)}</summary>"
    yield ""
    yield f"{_FENCE}text"
    yield text.replace("`" * 4, "'" * 4)
    yield _FENCE
    yield ""
    yield "</details>"


def _path(run: Run, path: str) -> str:
    return shown(path, run.base)
