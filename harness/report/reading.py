"""From a journal's records to a `Run`: the one reader that all reports share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.diagnose.model import Cause
from harness.history import Entry, entries, is_flaky
from harness.journal import Record
from harness.outcome import Outcome, Verdict
from harness.report.containers import rows_of
from harness.report.model import Boot, Result, Run, Scenario, Source, Step

_Key = tuple[str, int, str, int]
"""A result: scenario, boot, service and the container's number."""


def read_run(records: Iterable[Record]) -> Run:
    """Return what the records of one journal tell; one that breaks off anywhere is a run, too."""
    told = _with_fixes(list(records))
    start, end = _first(told, "run.started"), _last(told, "run.finished")
    present = {entry.scenario: entry for entry in entries(told)}
    names = [*start.get("scenarios", ()), *(str(name) for r in told if (name := r.data.get("scenario")))]
    seconds = told[-1].elapsed if told else 0.0
    return Run(
        id=start.get("id", ""),
        folder=start.get("folder", ""),
        directory=start.get("directory", ""),
        engine=start.get("engine", {}),
        compose=start.get("compose", ""),
        outcome=Outcome(end.get("outcome", Outcome.INCONCLUSIVE)),
        at=told[0].at - told[0].elapsed if told else 0.0,
        seconds=seconds,
        scenarios=tuple(_scenario(name, told, seconds, present.get(name)) for name in dict.fromkeys(names)),
        cancelled=_last(told, "cancelled").get("signal", ""),
        warnings=tuple(one.data["text"] for one in told if one.kind == "warning" and "scenario" not in one.data),
    )


def _with_fixes(records: Sequence[Record]) -> list[Record]:
    """Put each fix, which is proved only when all is over, into the cause of the result that it is for."""
    fixes = {_key(one.data, one.data): one.data["diff"] for one in records if one.kind == "fix.proved"}
    return [_mended(one, fixes) if one.kind == "boot.finished" else one for one in records]


def _mended(record: Record, fixes: Mapping[_Key, str]) -> Record:
    results = [
        one | {"cause": one["cause"] | {"fix": fixes[key]}} if one["cause"] and key in fixes else one
        for one in record.data["results"]
        for key in [_key(record.data, one)]
    ]
    return replace(record, data={**record.data, "results": results})


def _key(boot: Mapping[str, Any], result: Mapping[str, Any]) -> _Key:
    return boot.get("scenario", ""), boot["boot"], result["service"], result["number"]


def result_of(document: Mapping[str, Any]) -> Result:
    """Return a result of a boot as it was recorded."""
    cause = document["cause"]
    return Result(
        kind=document["kind"],
        service=document["service"],
        number=document["number"],
        verdict=Verdict(document["verdict"]),
        reason=document["reason"],
        seconds=document["seconds"],
        crashes=document["crashes"],
        cause=Cause.of(cause) if cause else None,
        latency_ms=cause["latency_ms"] if cause else None,
        source=_source(cause.get("source")) if cause else None,
        document=document,
    )


def _source(document: Mapping[str, Any] | None) -> Source | None:
    if document is None:
        return None
    return Source(document["start"], tuple(document["lines"]), document["first"], document["last"])


def _scenario(name: str, all_records: Sequence[Record], until: float, present: Entry | None) -> Scenario:
    records = [record for record in all_records if record.data.get("scenario") == name]
    start, end = _first(records, "scenario.started"), _last(records, "scenario.finished")
    ended = next((one.elapsed for one in records if one.kind == "scenario.finished"), until)
    outcome = Outcome(end.get("outcome", Outcome.INCONCLUSIVE if start else Outcome.SKIPPED))
    drifts = [record.data for record in records if record.kind == "drift"]
    past = tuple(Entry.of(told) for told in _last(records, "history").get("entries", ()))
    return Scenario(
        name=name,
        outcome=outcome,
        message=end.get("message", ""),
        began=records[0].elapsed if records else until,
        ended=ended,
        seconds=end.get("seconds", 0.0),
        about=start.get("about", ""),
        project=start.get("project", ""),
        services=tuple(start.get("services", ())),
        ladder=start.get("ladder"),
        notes=tuple(notes_of(start)),
        steps=tuple(_steps(records, ended)),
        boots=tuple(_boots(records)),
        rows=rows_of(records),
        blamed=None if outcome is Outcome.PASSED else _blamed(records),
        warnings=tuple(record.data["text"] for record in records if record.kind == "warning"),
        advice=tuple(record.data["text"] for record in records if record.kind == "advice"),
        checked=tuple(data["since"] for data in drifts),
        drift=tuple(item for data in drifts for item in data["items"]),
        drift_lines=tuple(line for data in drifts for line in data["lines"]),
        kept=_last(records, "kept").get("project", ""),
        left_behind=tuple(end.get("left_behind", ())),
        past=past,
        flaky=is_flaky([*past, present] if present else past),
    )


def notes_of(start: Mapping[str, Any]) -> Iterator[str]:
    """Yield what to know of a scenario beforehand; first where the migrations are, and how they were recognised."""
    if start.get("ladder"):
        yield f"migrations in {start['ladder']}, {start['style']}"
    yield from start.get("notes", ())


def _steps(records: Sequence[Record], until: float) -> Iterator[Step]:
    started = [record for record in records if record.kind == "step.started"]
    ends = [*(record.elapsed for record in started[1:]), until]
    for record, ended in zip(started, ends, strict=False):
        yield Step(record.data["number"], record.data["text"], record.elapsed, ended)


def _boots(records: Sequence[Record]) -> Iterator[Boot]:
    for start in records:
        if start.kind != "boot.started":
            continue
        number = start.data["boot"]
        ends = [one for one in records if one.kind == "boot.finished" and one.data["boot"] == number]
        # A container that fails after its boot was over is told by a second record of that boot.
        results = {(one["service"], one["number"]): one for end in ends for one in end.data["results"]}
        last = ends[-1] if ends else None
        yield Boot(
            number=number,
            kind=start.data["of"],
            services=tuple(start.data["services"]),
            began=start.elapsed,
            ended=last.elapsed if last else None,
            seconds=last.data["seconds"] if last else None,
            verdict=Verdict(last.data["verdict"]) if last and results else None,
            results=tuple(map(result_of, results.values())),
        )


def _blamed(records: Sequence[Record]) -> Result | None:
    """Return the first failure that the last step, or the waiting after it, has met."""
    found: Result | None = None
    for record in records:
        if record.kind == "step.started":
            found = None
        if record.kind == "boot.finished":
            failed = [one for one in record.data["results"] if one["verdict"] != Verdict.READY]
            found = result_of(failed[0]) if failed else None
    return found


def _first(records: Iterable[Record], kind: str) -> Mapping[str, Any]:
    return next((record.data for record in records if record.kind == kind), {})


def _last(records: Sequence[Record], kind: str) -> Mapping[str, Any]:
    return _first(reversed(records), kind)
