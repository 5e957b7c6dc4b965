"""The last lines of a run, always in one order: verdict, cause, place, what to do, where the evidence is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.journal import Record
from harness.outcome import Outcome
from harness.report.cause import MARGIN, Page, after, known, to_do, what
from harness.report.document import outcome_of
from harness.report.story import Story, Tale, label_of
from harness.report.text import Paint, clean, plain, plural, shown, wrap

_ORDER = (
    Outcome.FAILED,
    Outcome.ERRORED,
    Outcome.INCONCLUSIVE,
    Outcome.CANCELLED,
    Outcome.SKIPPED,
    Outcome.PASSED,
)
_COLOURS = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.ERRORED: "red"}


def summary(records: Iterable[Record], *, base: Path, width: int = 80, paint: Paint = plain) -> str:
    """Return the last lines of a run; paths below `base` are written relative to it."""
    story = Story.of(records)
    return "\n".join(_Summary(story, base, width, paint).lines())


@dataclass(frozen=True, slots=True)
class _Summary:
    story: Story
    base: Path
    width: int
    paint: Paint

    def lines(self) -> Iterator[str]:
        tales = list(self.story.tales.values())
        if len(tales) == 1:
            yield from self._in_full(tales[0])
            return
        yield from self._table(tales)
        for tale in tales:
            if outcome_of(tale) in (Outcome.FAILED, Outcome.ERRORED, Outcome.INCONCLUSIVE):
                yield ""
                yield from self._in_full(tale)
        yield ""
        yield from self._field("evidence", shown(self.story.folder, self.base))
        yield self._closing(tales)

    # Several scenarios.

    def _table(self, tales: list[Tale]) -> Iterator[str]:
        names = max(len(tale.name) for tale in tales)
        for tale in tales:
            outcome = outcome_of(tale)
            word = self.paint(f"{outcome.upper():<12}", _colour(outcome))
            yield f"{word}  {clean(tale.name):<{names}}  {tale.seconds:6.1f} s".rstrip()
            if outcome is Outcome.PASSED:
                for result in tale.expected_failures:
                    yield from self._field("", as_expected(result))
                yield from self._warnings(tale)

    def _closing(self, tales: list[Tale]) -> str:
        counts = Counter(outcome_of(tale) for tale in tales)
        told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in _ORDER if counts[outcome])
        worst = next((outcome for outcome in _ORDER if counts[outcome]), Outcome.SKIPPED)
        return self.paint(f"{told} in {self.story.seconds:.1f} s", _colour(worst))

    # One scenario.

    def _in_full(self, tale: Tale) -> Iterator[str]:
        yield from self._verdict(tale)
        if outcome_of(tale) is Outcome.PASSED:
            yield from self._what_passed(tale)
        elif tale.broken:
            yield from self._cause(tale, tale.broken)
        yield from self._changes(tale)
        yield from self._warnings(tale)
        yield from self._remains(tale)
        if tale.project:
            yield from self._field("evidence", shown(f"{self.story.folder}/{tale.name}", self.base))

    def _verdict(self, tale: Tale) -> Iterator[str]:
        outcome = outcome_of(tale)
        message, _, advice = tale.message.partition("\n  help: ")
        said = f": {clean(message)}" if message not in ("", outcome) else ""
        word = outcome.upper()
        text = f"{word} {clean(tale.name)} in {tale.seconds:.1f} s{said}"
        head, *rest = wrap(text, self.width, later=MARGIN)
        yield self.paint(word, _colour(outcome)) + head.removeprefix(word)
        yield from rest
        if advice:
            yield from self._field("do", advice)

    def _what_passed(self, tale: Tale) -> Iterator[str]:
        for boot in tale.boots.values():
            results = boot.results.values()
            if boot.seconds is not None and results and all(r["verdict"] == "ready" for r in results):
                each = (f"{_label(r)} {r['seconds']:.1f} s" for r in results)
                yield from self._field(f"{boot.kind} boot", f"ready in {boot.seconds:.1f} s: {', '.join(each)}")
        for result in tale.expected_failures:
            yield from self._field("expected", as_expected(result))

    def _cause(self, tale: Tale, result: Mapping[str, Any]) -> Iterator[str]:
        cause = result["cause"]
        reason = result["reason"] if cause is None else result["reason"].replace(f": {cause['message']}", "", 1)
        yield from self._field(_label(result), f"{result['verdict']}: {reason}")
        if cause is None:
            return
        yield from what(cause, self._page)
        yield from self._field("known", known(cause))
        if result["verdict"] in ("timeout", "unhealthy"):
            container = tale.containers.get((result["service"], result["number"]))
            yield from self._field("deadline", container.deadline if container else "")
        yield from to_do(cause, self._page)

    def _changes(self, tale: Tale) -> Iterator[str]:
        if tale.drift_lines:
            yield from self._many("changed", tale.drift_lines)
            advice = "make the migrations safe to replay, or allow rows to change (--allow-drift, `allow`)"
            yield from self._field("do", advice, colour="bold")
        elif tale.checked:
            yield from self._field("drift", f"none since snapshot {', '.join(tale.checked)}")

    def _warnings(self, tale: Tale) -> Iterator[str]:
        for result in tale.results:
            if result["verdict"] == "ready" and result["crashes"]:
                crashed = plural(result["crashes"], "crash")
                text = f"{_label(result)} was ready only after {crashed} in the {result['kind']} boot"
                yield from self._field("warning", text, colour="yellow")
        for text in tale.warnings:
            yield from self._field("warning", text, colour="yellow")

    def _remains(self, tale: Tale) -> Iterator[str]:
        if tale.kept:
            yield from self._field("kept", f"docker compose -p {tale.kept} ps")
            yield from self._field("", "until `bootsmoke sweep`")
        yield from self._many("left", tale.left_behind)

    @property
    def _page(self) -> Page:
        return Page(self.base, self.width, self.paint)

    def _many(self, label: str, texts: Sequence[str]) -> Iterator[str]:
        return self._page.many(label, texts)

    def _field(self, label: str, text: str, colour: str = "") -> Iterator[str]:
        return self._page.field(label, text, colour)


def _colour(outcome: Outcome) -> str:
    return _COLOURS.get(outcome, "yellow")


def _label(result: Mapping[str, Any]) -> str:
    return label_of(result["service"], result["number"])


def as_expected(result: Mapping[str, Any]) -> str:
    """Return `server failed as expected: 000043_x.up.sql:31 42710, known 212 ms after the crash`."""
    cause = result["cause"]
    told = f"{_label(result)} {result['verdict']} as expected: "
    if cause is None:
        return told + str(result["reason"])
    line = f":{cause['line']}" if cause["line"] else ""
    place = [f"{Path(cause['path']).name}{line}"] if cause["path"] else []
    return told + " ".join([*place, cause["sqlstate"] or cause["code"]]) + after(cause)
