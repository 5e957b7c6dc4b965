"""How scenarios ended over time, for people and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from harness.history import Entry, is_flaky
from harness.outcome import Outcome
from harness.report.text import Paint, clean, plain, plural

SCHEMA = 1
_LETTERS = {
    Outcome.PASSED: "+",
    Outcome.FAILED: "x",
    Outcome.ERRORED: "e",
    Outcome.INCONCLUSIVE: "?",
    Outcome.CANCELLED: "-",
    Outcome.SKIPPED: "-",
}
_KEY = "+ passed  x failed  e errored  ? inconclusive  - cancelled or skipped; the last run is at the right"
_COLOURS = {"passed": "green", "failed": "red", "errored": "red"}


def status(past: Sequence[Entry]) -> str:
    """Return what a scenario stands at: its last outcome, or flaky where one commit has passed and failed."""
    return "flaky" if is_flaky(past) else past[-1].outcome.value


def document(history: Mapping[str, Sequence[Entry]]) -> dict[str, Any]:
    """Return the document that `history --json` prints, schema 1."""
    scenarios = [
        {"name": name, "status": status(past), "runs": [entry.document() for entry in past]}
        for name, past in history.items()
    ]
    return {"schema": SCHEMA, "scenarios": scenarios}


def table(history: Mapping[str, Sequence[Entry]], paint: Paint = plain) -> str:
    """Return a row for each scenario: where it stands, how it ended over time, and how long its boots take."""
    return "\n".join(_lines(history, paint))


def _lines(history: Mapping[str, Sequence[Entry]], paint: Paint) -> Iterator[str]:
    widest = max((len(clean(name)) for name in history), default=0)
    longest = max((len(past) for past in history.values()), default=0)
    yield f"{'scenario':<{widest}}  {'stands at':<12}  {'runs':<{max(longest, 4)}}  {'cold':>8}  {'warm':>8}"
    for name, past in history.items():
        stands = status(past)
        word = paint(f"{stands:<12}", _COLOURS.get(stands, "yellow"))
        letters = "".join(_LETTERS[entry.outcome] for entry in past)
        cold, warm = _typical(entry.cold for entry in past), _typical(entry.warm for entry in past)
        yield f"{clean(name):<{widest}}  {word}  {letters:>{max(longest, 4)}}  {cold:>8}  {warm:>8}"
        yield from _flaky(past, widest)
    yield ""
    yield f"{_KEY}; cold and warm are medians of what passed and failed"


def _typical(seconds: Iterator[float | None]) -> str:
    known = [one for one in seconds if one is not None]
    return f"{median(known):.1f} s" if known else ""


def _flaky(past: Sequence[Entry], margin: int) -> Iterator[str]:
    """Yield a line for each commit that has both passed and failed."""
    for commit in dict.fromkeys(entry.commit for entry in past):
        same = [entry for entry in past if entry.commit == commit]
        if not is_flaky(same):
            continue
        passed = sum(entry.outcome is Outcome.PASSED for entry in same)
        causes = sorted({entry.cause for entry in same if entry.cause})
        why = f" ({', '.join(causes)})" if causes else ""
        yield f"{'':{margin}}  at {commit[:10]}: {passed} passed, {plural(len(same) - passed, 'other')}{why}"
