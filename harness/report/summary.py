"""The last lines of a run, always in one order: verdict, cause, place, what to do, where the evidence is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.journal import Record
from harness.outcome import Outcome, Verdict
from harness.report.cause import MARGIN, Page, after, known, to_do, what
from harness.report.model import Result, Run, Scenario
from harness.report.reading import read_run
from harness.report.text import UNICODE, Paint, Signs, clean, plain, plural, shorten, shown, wrap
from harness.report.timeline import COLUMNS, Axis, scale, strip

_LABEL = len(MARGIN) - 4
WORST_FIRST = (
    Outcome.FAILED,
    Outcome.ERRORED,
    Outcome.INCONCLUSIVE,
    Outcome.CANCELLED,
    Outcome.SKIPPED,
    Outcome.PASSED,
)
_COLOURS = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.ERRORED: "red"}


def summary(
    records: Iterable[Record],
    *,
    base: Path,
    width: int = 80,
    paint: Paint = plain,
    signs: Signs = UNICODE,
) -> str:
    """Return the last lines of a run; paths below `base` are written relative to it."""
    return "\n".join(_Summary(read_run(records), Page(base, width, paint), signs).lines())


def told_in_full(run: Run, scenario: Scenario, *, base: Path) -> str:
    """Return all that the last lines say of one scenario."""
    return "\n".join(_Summary(run, Page(base), UNICODE).in_full(scenario))


def headline(scenario: Scenario) -> str:
    """Return in one line why a scenario did not pass: its cause, else what it says itself, else its outcome."""
    cause = scenario.blamed.cause if scenario.blamed else None
    if cause is None:
        return clean(scenario.message.partition("\n")[0]) or scenario.outcome.value
    line = f":{cause.line}" if cause.line else ""
    place = f"{Path(cause.path).name}{line}: " if cause.path else f"{cause.service}: "
    return clean(f"{cause.code} {place}{cause.message}")


@dataclass(frozen=True, slots=True)
class _Summary:
    run: Run
    page: Page
    signs: Signs

    def lines(self) -> Iterator[str]:
        scenarios = self.run.scenarios
        if len(scenarios) == 1:
            yield from self.in_full(scenarios[0])
            yield from self._of_the_run()
            return
        yield from self._table(scenarios)
        for scenario in scenarios:
            if scenario.outcome in (Outcome.FAILED, Outcome.ERRORED, Outcome.INCONCLUSIVE):
                yield ""
                yield from self.in_full(scenario)
        yield ""
        yield from self.page.field("evidence", shown(self.run.folder, self.page.base))
        yield from self._of_the_run()
        yield self._closing(scenarios)

    def _of_the_run(self) -> Iterator[str]:
        for text in self.run.warnings:
            yield from self.page.field("warning", text, colour="yellow")

    # Several scenarios.

    def _table(self, scenarios: Sequence[Scenario]) -> Iterator[str]:
        names = max((len(scenario.name) for scenario in scenarios), default=0)
        for scenario in scenarios:
            word = self.page.paint(f"{scenario.outcome.upper():<12}", _colour(scenario.outcome))
            yield f"{word}  {clean(scenario.name):<{names}}  {scenario.seconds:6.1f} s".rstrip()
            if scenario.outcome is Outcome.PASSED:
                for result in scenario.expected_failures:
                    yield from self.page.field("", as_expected(result))
                yield from self._warnings(scenario)

    def _closing(self, scenarios: Sequence[Scenario]) -> str:
        counts = Counter(scenario.outcome for scenario in scenarios)
        told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in WORST_FIRST if counts[outcome])
        worst = next((outcome for outcome in WORST_FIRST if counts[outcome]), Outcome.SKIPPED)
        return self.page.paint(f"{told} in {self.run.seconds:.1f} s", _colour(worst))

    # One scenario.

    def in_full(self, scenario: Scenario) -> Iterator[str]:
        """Yield all lines about one scenario."""
        yield from self._verdict(scenario)
        if scenario.outcome is Outcome.PASSED:
            yield from self._what_passed(scenario)
        elif scenario.blamed:
            yield from self._cause(scenario, scenario.blamed)
        yield from self._changes(scenario)
        yield from self._warnings(scenario)
        yield from self._timeline(scenario)
        yield from self._remains(scenario)
        if scenario.project:
            yield from self.page.field("evidence", shown(f"{self.run.folder}/{scenario.name}", self.page.base))

    def _verdict(self, scenario: Scenario) -> Iterator[str]:
        outcome = scenario.outcome
        message, _, advice = scenario.message.partition("\n  help: ")
        said = f": {clean(message)}" if message not in ("", outcome) else ""
        word = outcome.upper()
        text = f"{word} {clean(scenario.name)} in {scenario.seconds:.1f} s{said}"
        head, *rest = wrap(text, self.page.width, later=MARGIN)
        yield self.page.paint(word, _colour(outcome)) + head.removeprefix(word)
        yield from rest
        if advice:
            yield from self.page.field("do", advice)

    def _what_passed(self, scenario: Scenario) -> Iterator[str]:
        for boot in scenario.boots:
            if boot.seconds is not None and boot.verdict is Verdict.READY:
                each = (f"{result.label} {result.seconds:.1f} s" for result in boot.results)
                yield from self.page.field(f"{boot.kind} boot", f"ready in {boot.seconds:.1f} s: {', '.join(each)}")
        for result in scenario.expected_failures:
            yield from self.page.field("expected", as_expected(result))

    def _cause(self, scenario: Scenario, result: Result) -> Iterator[str]:
        cause = result.document["cause"]
        reason = result.reason.replace(f": {cause['message']}", "", 1) if cause else result.reason
        yield from self.page.field(result.label, f"{result.verdict}: {reason}")
        if cause is None:
            return
        yield from what(cause, self.page)
        yield from self.page.field("known", known(cause))
        if result.verdict in (Verdict.TIMEOUT, Verdict.UNHEALTHY):
            yield from self.page.field("deadline", _deadline(scenario, result))
        yield from to_do(cause, self.page)

    def _changes(self, scenario: Scenario) -> Iterator[str]:
        if scenario.drift_lines:
            yield from self.page.many("changed", scenario.drift_lines)
            advice = "make the migrations safe to replay, or allow rows to change (--allow-drift, `allow`)"
            yield from self.page.field("do", advice, colour="bold")
        elif scenario.checked:
            yield from self.page.field("drift", f"none since snapshot {', '.join(scenario.checked)}")

    def _warnings(self, scenario: Scenario) -> Iterator[str]:
        for text in warnings_of(scenario):
            yield from self.page.field("warning", text, colour="yellow")
        for text in scenario.advice:
            yield from self.page.field("advice", text)

    def _timeline(self, scenario: Scenario) -> Iterator[str]:
        """Yield a strip for each service; nothing where no container was made."""
        axis, columns = Axis.of(scenario), min(COLUMNS, self.page.width - len(MARGIN))
        for number, row in enumerate(scenario.rows):
            if number == 0:
                yield f"  {'timeline':<10}  {scale(axis, columns)}"
            label = shorten(clean(row.label), _LABEL)
            yield f"  {label:<{_LABEL}}  {strip(row, axis, columns, self.signs)}".rstrip()
        if scenario.rows:
            yield f"{MARGIN}{self.signs.key}"

    def _remains(self, scenario: Scenario) -> Iterator[str]:
        if scenario.kept:
            yield from self.page.field("kept", f"docker compose -p {scenario.kept} ps")
            yield from self.page.field("", "until `bootsmoke sweep`")
        yield from self.page.many("left", scenario.left_behind)


def _colour(outcome: Outcome) -> str:
    return _COLOURS.get(outcome, "yellow")


def warnings_of(scenario: Scenario) -> Iterator[str]:
    """Yield what a reader has to know of a scenario, whatever it ended with."""
    if scenario.flaky:
        yield "flaky: at one and the same commit it has passed and failed; `bootsmoke history` shows when"
    for result in scenario.results:
        if result.verdict is Verdict.READY and result.crashes:
            crashed = plural(result.crashes, "crash")
            yield f"{result.label} was ready only after {crashed} in the {result.kind} boot"
    yield from scenario.warnings


def as_expected(result: Result) -> str:
    """Return `server failed as expected: 000043_x.up.sql:31 42710, known 212 ms after the crash`."""
    cause = result.document["cause"]
    told = f"{result.label} {result.verdict} as expected: "
    if cause is None:
        return told + result.reason
    line = f":{cause['line']}" if cause["line"] else ""
    place = [f"{Path(cause['path']).name}{line}"] if cause["path"] else []
    return told + " ".join([*place, cause["sqlstate"] or cause["code"]]) + after(cause)


def _deadline(scenario: Scenario, result: Result) -> str:
    rows = [row for row in scenario.rows if (row.service, row.number) == (result.service, result.number)]
    return rows[0].containers[-1].deadline if rows else ""
