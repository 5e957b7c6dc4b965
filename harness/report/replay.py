"""What a replay found: for a person in lines, and as the document of `replay --json`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.report import stress
from harness.report.text import Paint, clean, plain, plural, shorten, shown, wrap

if TYPE_CHECKING:
    from harness.replay.apply import StatementError
    from harness.replay.model import DataDrift, Place, Replay, SchemaDrift

SCHEMA = 1
_MARGIN = " " * 14
_MOST_DRIFTS = 40
_MOST_NAMES = 5
_LONGEST = 80
"""Characters of a definition: a view's can be pages."""


def document(replay: Replay) -> dict[str, Any]:
    """Return the document that `replay --json` prints, schema 1: keys are added, never renamed or removed."""
    cold, warm = replay.cold, replay.warm
    return {
        "schema": SCHEMA,
        "outcome": "passed" if replay.ok else "failed",
        "postgres": replay.postgres,
        "ladder": {"root": str(replay.ladder.root), "style": replay.ladder.style, "why": replay.ladder.why},
        "notes": _notes(replay),
        "cold": {"ok": cold.ok, "seconds": round(cold.seconds, 3), "failure": _failure(cold.failure)},
        "warm": {
            "ok": bool(warm and warm.ok),
            "seconds": round(warm.seconds, 3) if warm else None,
            "failures": [_failure(failure) for failure in warm.failures] if warm else [],
            "wal_bytes": warm.wal_bytes if warm else None,
        },
        "first_failure": _failure(warm.first_failure) if warm else None,
        "schema_drift": [_schema_drift(drift) for drift in replay.schema_drift],
        "data_drift": [_data_drift(drift) for drift in replay.data_drift],
        "rewrites": [
            {"table": each.table, "rows": each.rows, "wal_bytes": each.wal_bytes, **_place(each.place)}
            for each in replay.rewrites
        ],
        "canary": _canary(replay),
        "race": stress.race_document(replay.race),
        "interruptions": stress.interruptions_document(replay.interruptions),
    }


def _failure(error: StatementError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {
        "path": error.path,
        "line": error.line,
        "statement": error.statement,
        "sqlstate": error.sqlstate,
        "message": error.message,
    }


def _place(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"path": None, "line": None, "statement": None}
    return {"path": place.path, "line": place.line, "statement": place.statement}


def _schema_drift(drift: SchemaDrift) -> dict[str, Any]:
    definitions = {"before": drift.before, "after": drift.after}
    return {"kind": drift.kind, "object": drift.object, **definitions, "again": drift.again, **_place(drift.place)}


def _data_drift(drift: DataDrift) -> dict[str, Any]:
    return {
        "table": drift.table,
        "before": drift.before,
        "after": drift.after,
        "kind": drift.kind.value,
        "rows": drift.rows,
        "columns": list(drift.columns),
        "again": drift.again,
        **_place(drift.place),
    }


def _canary(replay: Replay) -> dict[str, Any] | None:
    if replay.canary is None:
        return None
    unfilled = [{"table": item.table, "reason": item.reason} for item in replay.canary.unfilled]
    return {
        "tables": len(replay.canary.filled),
        "rows": sum(item.added for item in replay.canary.filled),
        "unfilled": unfilled,
    }


def _notes(replay: Replay) -> list[str]:
    of_files = (f"{migration.name}: {note}" for migration in replay.ladder.migrations for note in migration.notes)
    return [*replay.ladder.notes, *of_files]


def summary(replay: Replay, *, base: Path, width: int = 100, paint: Paint = plain) -> str:
    """Return what a person reads; paths below `base` are written relative to it."""
    return "\n".join(_Summary(replay, base, width, paint).lines())


@dataclass(frozen=True, slots=True)
class _Summary:
    replay: Replay
    base: Path
    width: int
    paint: Paint

    def lines(self) -> Iterator[str]:
        yield from self._head()
        if self.replay.cold.failure:
            yield from self._failures("fails on an empty database", [self.replay.cold.failure])
        if self.replay.warm and self.replay.warm.failures:
            count = len(self.replay.warm.failures)
            verb = "fails" if count == 1 else "fail"
            yield from self._failures(
                f"{plural(count, 'statement')} {verb} on a warm database", self.replay.warm.failures
            )
        yield from self._drift()
        yield from self._rewrites()
        for title, lines in stress.findings(self.replay, self.base):
            yield from ("", self.paint(title, "bold"))
            yield from (f"  {line}" for text in lines for line in wrap(clean(text), self.width - 2, later="  "))
        yield ""
        yield self._closing()

    def _head(self) -> Iterator[str]:
        ladder, cold, warm = self.replay.ladder, self.replay.cold, self.replay.warm
        files = plural(len(ladder.migrations), "file")
        yield from self._field(
            "ladder", f"{shown(str(ladder.root), self.base)}: {files}, {ladder.style}: {ladder.why}"
        )
        for note in _notes(self.replay):
            yield from self._field("", f"note: {note}")
        yield from self._field("postgres", self.replay.postgres)
        yield from self._field("cold boot", self._boot(cold.failure, cold.seconds))
        if warm:
            yield from self._field("warm boot", self._boot(warm.first_failure, warm.seconds, warm.wal_bytes))
        for name, told in stress.figures(self.replay):
            yield from self._field(name, told)
        if self.replay.canary:
            yield from self._field("canary", self._filling())
            for item in self.replay.canary.unfilled:
                yield from self._field("", f"{item.table} stays empty: {item.reason}")

    def _boot(self, failure: StatementError | None, seconds: float, wal: int | None = None) -> str:
        if failure:
            where = f"{shown(failure.path, self.base)}:{failure.line}"
            return f"stops at {where} after {seconds:.2f} s (SQLSTATE {failure.sqlstate})"
        written = "" if wal is None else f", {_size(wal)} of log written"
        return f"passes in {seconds:.2f} s{written}"

    def _filling(self) -> str:
        filled = self.replay.canary.filled if self.replay.canary else ()
        rows = sum(item.added for item in filled)
        return f"{plural(rows, 'row')} in {plural(len(filled), 'table')} before the warm boot"

    def _failures(self, title: str, failures: Sequence[StatementError]) -> Iterator[str]:
        yield ""
        yield self.paint(title, "bold")
        for path, group in groupby(failures, key=lambda failure: failure.path):
            yield f"  {clean(shown(path, self.base))}"
            source = self._source(path)
            for failure in group:
                head = f"    {failure.line:>5}  {self.paint(failure.sqlstate, 'red')}  "
                told = wrap(clean(failure.message), self.width - 18, later=" " * 18)
                yield from (head + told[0], *told[1:])
                yield f"{' ' * 11}| {shorten(clean(source.get(failure.line, '')), self.width - 13)}"

    def _source(self, path: str) -> dict[int, str]:
        """Return the lines of a migration by their number."""
        found = next((m for m in self.replay.ladder.migrations if str(m.path) == path), None)
        return dict(enumerate(found.text.split("\n"), start=1)) if found else {}

    def _drift(self) -> Iterator[str]:
        drifts = [
            *((describe_schema(drift), drift.again, drift.place) for drift in self.replay.schema_drift),
            *((describe_data(drift), drift.again, drift.place) for drift in self.replay.data_drift),
        ]
        if not drifts:
            return
        yield ""
        yield self.paint("the warm boot changes the database", "bold")
        for text, again, place in drifts[:_MOST_DRIFTS]:
            told = f"{text}, at every boot" if again else text
            yield from (f"  {line}" for line in wrap(clean(told), self.width - 2, later="  "))
            if place:
                yield f"      by {clean(shown(place.path, self.base))}:{place.line}"
        if len(drifts) > _MOST_DRIFTS:
            yield f"  and {len(drifts) - _MOST_DRIFTS} more: --json has them all"

    def _rewrites(self) -> Iterator[str]:
        if not self.replay.rewrites:
            return
        yield ""
        yield self.paint("written anew, and left as it was", "bold")
        for each in self.replay.rewrites[:_MOST_DRIFTS]:
            where = f"{shown(each.place.path, self.base)}:{each.place.line}"
            told = f"{plural(each.rows, 'row')} of {each.table}, {_size(each.wal_bytes)} of log"
            yield f"  {clean(told)}"
            yield f"      by {clean(where)}"

    def _closing(self) -> str:
        replay = self.replay
        if replay.ok:
            told = " (but for values that every boot makes anew)" if replay.data_drift else ""
            return self.paint(f"PASSED: the ladder boots twice, and the second boot changes nothing{told}", "green")
        return self.paint(f"FAILED: {', '.join(self._faults())}", "red")

    def _faults(self) -> Iterator[str]:
        replay = self.replay
        if not replay.cold.ok:
            yield "the cold boot fails"
        if replay.warm and replay.warm.failures:
            yield f"{plural(len(replay.warm.failures), 'failing statement')} at the second boot"
        elif replay.warm and replay.warm.first_failure:
            yield "the second boot stops"
        if replay.schema_drift:
            yield plural(len(replay.schema_drift), "change") + " of the schema"
        data = sum(drift.is_finding for drift in replay.data_drift)
        if data:
            yield plural(data, "change") + " of the data"
        yield from stress.faults(replay)

    def _field(self, name: str, text: str) -> Iterator[str]:
        head, *rest = wrap(clean(text), self.width - len(_MARGIN))
        yield f"{name:<{len(_MARGIN)}}{head}".rstrip()
        yield from (f"{_MARGIN}{line}" for line in rest)


def describe_schema(drift: SchemaDrift) -> str:
    """Return what became of an object of the schema."""
    if drift.before is None:
        return f"{drift.kind} {drift.object} is new"
    if drift.after is None:
        return f"{drift.kind} {drift.object} is gone"
    before, after = (shorten(clean(definition), _LONGEST) for definition in (drift.before, drift.after))
    return f"{drift.kind} {drift.object} changes from {before!r} to {after!r}"


def describe_data(drift: DataDrift) -> str:
    """Return what became of rows, or of a sequence."""
    rows, s = plural(drift.rows, "row"), "s" if drift.rows == 1 else ""
    columns = _listed(drift.columns)
    match drift.kind.value:
        case "sequence":
            return f"sequence {drift.table} moves from {drift.before} to {drift.after}"
        case "remade" if drift.columns:
            return f"column {columns} of {drift.table} is dropped and made again: its values are lost"
        case "remade":
            return f"table {drift.table} is dropped and made again: {rows} before, {drift.after} after"
        case "volatile":
            return f"{rows} of {drift.table} get{s} new values that every boot makes: {columns}"
        case "changed":
            return f"{rows} of {drift.table} change{s}{f' in {columns}' if columns else ''}"
        case kind:
            return f"{rows} {kind} in {drift.table}: {drift.before} before, {drift.after} after"


def _listed(names: Iterable[str]) -> str:
    told = list(names)
    more = f" and {len(told) - _MOST_NAMES} more" if len(told) > _MOST_NAMES else ""
    return ", ".join(told[:_MOST_NAMES]) + more


def _size(count: int) -> str:
    """Write a number of bytes in the unit that a person would take."""
    return (
        f"{count} B" if count < 1000 else f"{count / 1000:.0f} kB" if count < 10**6 else f"{count / 10**6:.1f} MB"
    )
