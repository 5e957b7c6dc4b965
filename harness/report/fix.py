"""What became of a ladder's fixes: for a person in lines, as a unified diff, and as `fix --json` prints it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.report import replay
from harness.report.text import Paint, clean, plain, plural, shown, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.fix.model import FileFix, Fixed, Fixes
    from harness.replay.model import Replay
    from harness.sql.edits import Fix

SCHEMA = 1
_MARGIN = " " * 14
_INDENT = " " * 11


def document(fixes: Fixes, *, written: bool) -> dict[str, Any]:
    """Return the document that `fix --json` prints, schema 1: keys are added, never renamed or removed.

    Edits are byte offsets in the file, behind a byte order mark if it has one.
    """
    return {
        "schema": SCHEMA,
        "outcome": outcome(fixes, written=written),
        "proved": fixes.proved,
        "unproved": fixes.unproved or None,
        "written": written,
        "notes": list(fixes.notes),
        "files": [{"path": str(file.path), "fixes": [_fixed(each) for each in file.fixes]} for file in fixes.files],
        "left": [
            {"path": item.path, "line": item.line, "statement": item.statement, "what": item.what, "why": item.why}
            for item in fixes.left
        ],
        "before": replay.document(fixes.before),
        "after": replay.document(fixes.after),
    }


def outcome(fixes: Fixes, *, written: bool) -> str:
    """Return `passed` when nothing is left to fix: there was nothing, or all of it is written."""
    return "passed" if fixes.safe and (written or not fixes.files) else "failed"


def _fixed(fixed: Fixed) -> dict[str, Any]:
    return {"line": fixed.line, "statement": fixed.statement, "why": fixed.why, "fix": fix_document(fixed.fix)}


def fix_document(fix: Fix) -> dict[str, Any]:
    """Return one fix as documents have it."""
    edits = [{"start": edit.start, "end": edit.end, "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def diff(fixes: Fixes, *, base: Path) -> str:
    """Return all fixes as a unified diff, which `patch -p0` in `base` carries out."""
    return "".join(file.diff(shown(str(file.path), base)) for file in fixes.files)


def summary(fixes: Fixes, *, written: bool, base: Path, width: int = 100, paint: Paint = plain) -> str:
    """Return what a person reads; paths below `base` are written relative to it."""
    return "\n".join(_Summary(fixes, base, width, paint).lines(written=written))


@dataclass(frozen=True, slots=True)
class _Summary:
    fixes: Fixes
    base: Path
    width: int
    paint: Paint

    def lines(self, *, written: bool) -> Iterator[str]:
        yield from self._head()
        for file in self.fixes.files:
            yield from self._file(file)
        yield from self._left()
        yield ""
        yield self._closing(written=written)

    def _head(self) -> Iterator[str]:
        ladder, cold = self.fixes.ladder, self.fixes.before.cold
        files = plural(len(ladder.migrations), "file")
        where = shown(str(ladder.root), self.base)
        yield from self._field("ladder", f"{where}: {files}, {ladder.style}: {ladder.why}")
        for note in self.fixes.notes:
            yield from self._field("", f"note: {note}")
        yield from self._field("postgres", self.fixes.before.postgres)
        if cold.failure:
            place = f"{shown(cold.failure.path, self.base)}:{cold.failure.line}"
            yield from self._field("cold boot", f"stops at {place}: {cold.failure.message}")
        yield from self._field("second boot", self._boots())

    def _boots(self) -> str:
        before, after = (_faults(each) for each in (self.fixes.before, self.fixes.after))
        return f"{before}; with the fixes {after}" if self.fixes.files else before

    def _file(self, file: FileFix) -> Iterator[str]:
        yield ""
        yield self.paint(clean(shown(str(file.path), self.base)), "bold")
        for fixed in file.fixes:
            head = f"    {fixed.line:>5}  "
            told = wrap(clean(fixed.fix.title), self.width - len(_INDENT), later=_INDENT)
            yield from (head + self.paint(told[0], "green"), *told[1:])
            yield from wrap(f"{_INDENT}| {clean(fixed.why)}", self.width, later=f"{_INDENT}| ")

    def _left(self) -> Iterator[str]:
        if not self.fixes.left:
            return
        yield ""
        yield self.paint("left as it is", "bold")
        for item in self.fixes.left:
            yield f"  {clean(shown(item.path, self.base))}:{item.line}"
            yield from wrap(f"      {clean(item.what)}: {item.why}", self.width, later="      ")

    def _closing(self, *, written: bool) -> str:
        if outcome(self.fixes, written=written) == "passed":
            told = f"{self._count(written=True)}: the ladder boots twice, and cold as before"
            return self.paint(f"PASSED: {told if self.fixes.files else 'nothing to fix'}", "green")
        colour = "yellow" if self.fixes.safe else "red"
        return self.paint(f"FAILED: {self._fault(written=written)}", colour)

    def _fault(self, *, written: bool) -> str:
        fixes, left = self.fixes, plural(len(self.fixes.left), "statement") + " left"
        if not fixes.before.cold.ok:
            return "the cold boot fails: nothing can be proved"
        if not fixes.files:
            return f"nothing can be fixed, {left}"
        if fixes.unproved:
            return f"not proved, nothing written: {clean(fixes.unproved)}"
        more = left if fixes.left else "--write makes the ladder boot twice"
        return f"{self._count(written=written)}; {more}"

    def _count(self, *, written: bool) -> str:
        count = plural(sum(len(file.fixes) for file in self.fixes.files), "fix")
        return f"{count} in {plural(len(self.fixes.files), 'file')} {'written' if written else 'proved'}"

    def _field(self, name: str, text: str) -> Iterator[str]:
        head, *rest = wrap(clean(text), self.width - len(_MARGIN))
        yield f"{name:<{len(_MARGIN)}}{head}".rstrip()
        yield from (f"{_MARGIN}{line}" for line in rest)


def _faults(found: Replay) -> str:
    """Say in a few words what is wrong at the second boot."""
    if found.warm is None:
        return "none"
    drifts = len(found.schema_drift) + sum(drift.is_finding for drift in found.data_drift)
    words = [
        plural(len(found.warm.failures), "failing statement") if found.warm.failures else "",
        "stops" if found.warm.first_failure and not found.warm.failures else "",
        plural(drifts, "change") + " of the database" if drifts else "",
    ]
    return ", ".join(word for word in words if word) or "nothing fails, nothing changes"
