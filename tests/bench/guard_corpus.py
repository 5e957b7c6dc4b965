"""Measures the guard against what a real Postgres said at the second boot, in one process.

    python -m tests.bench.guard_corpus --ladders DIR [--only TEXT] [--show N]
    python -m tests.bench.guard_corpus --truth dev.json --mirror DIR [--only TEXT] [--show N]

DIR of `--ladders` has a folder for each ladder: `ladder/`, `truth.json`, and `setup.sql` where something has to
stand before the ladder. The truth lists every statement that failed when it was tried on its own: file, line of its
first token, kind, SQLSTATE. `--truth` and `--mirror` are those of `replay_corpus`.

Prints for each ladder the statements named (tp), named wrongly (fp) and missed (fn), then the sums, the tables by
SQLSTATE and by kind, why statements are unknown, and findings on ladders that replay cleanly.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.ladder.discover import find_ladder
from harness.ladder.model import load
from harness.simulator import Simulation, Verdict, VerdictKind, simulate
from tests.bench.replay_corpus import setup_of, write

Place = tuple[str, int]
"""File and line."""

_KINDS = 40
_REASONS = 25
_NUMBERS = re.compile(r'"[^"]*"|\'[^\']*\'|\d+')


def main() -> None:
    """Measure all ladders that can be read."""
    options = _options()
    scores = []
    for truth, folder in _ladders(options):
        scores.append(_measure(truth, folder))
        print(scores[-1].line, flush=True)
        for line in scores[-1].shown(options.show):
            print(f"    {line}")
    if not scores:
        sys.exit("no ladders")
    for line in _summary(scores):
        print(line)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ladders", type=Path, help="folders of ladders with their truth")
    parser.add_argument("--truth", type=Path, help="a document of many ladders")
    parser.add_argument("--mirror", type=Path, help="where the repositories of --truth are")
    parser.add_argument("--only", default="", help="ladders whose id holds this")
    parser.add_argument("--show", type=int, default=0, help="show N wrong and N missed statements of each ladder")
    options = parser.parse_args()
    if not options.ladders and not (options.truth and options.mirror):
        parser.error("give --ladders, or --truth and --mirror")
    return options


def _ladders(options: argparse.Namespace) -> Iterator[tuple[dict[str, Any], Path]]:
    """Return each ladder's truth with a folder that holds `ladder/` and, if needed, `setup.sql`."""
    if options.ladders:
        for file in sorted(options.ladders.glob("*/truth.json")):
            if options.only in file.parent.name:
                yield json.loads(file.read_text()), file.parent
        return
    for ladder in json.loads(options.truth.read_text()):
        with tempfile.TemporaryDirectory() as parent:
            if options.only in ladder["id"] and write(options.mirror, ladder, Path(parent, "ladder")):
                if setup := setup_of(ladder["setup"]):
                    Path(parent, "setup.sql").write_text(setup)
                yield ladder, Path(parent)


@dataclass(frozen=True, slots=True)
class _Score:
    """What was said of one ladder, beside what is so; each statement by its place."""

    name: str
    truth: dict[Place, tuple[str, str]]
    """Kind and SQLSTATE of what fails."""
    first: Place | None
    """Where a server that sends whole files stops."""
    verdicts: dict[Place, Verdict]
    seconds: float
    """Of the processor, so that what else runs does not count."""
    error: str = ""
    said: dict[Place, Verdict] = field(init=False)

    def __post_init__(self) -> None:
        said = {place: verdict for place, verdict in self.verdicts.items() if verdict.kind is VerdictKind.FAILS}
        object.__setattr__(self, "said", said)

    @property
    def hits(self) -> set[Place]:
        return self.truth.keys() & self.said.keys()

    @property
    def wrong(self) -> list[Place]:
        return [place for place in self.said if place not in self.truth]

    @property
    def missed(self) -> list[Place]:
        return [place for place in self.truth if place not in self.said]

    @property
    def unknown(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts.values() if verdict.kind is VerdictKind.UNKNOWN]

    @property
    def is_crash_named(self) -> bool:
        return self.first is not None and self.first in self.said

    @property
    def line(self) -> str:
        crash = "-" if self.first is None else "named" if self.is_crash_named else "MISSED"
        counts = f"tp {len(self.hits):4} fp {len(self.wrong):3} fn {len(self.missed):3}"
        rest = f"unknown {len(self.unknown):3} crash {crash:6} {self.seconds:5.2f} s"
        return f"{self.name[:60]:60} {counts} {rest} {self.error}".rstrip()

    def shown(self, limit: int) -> Iterator[str]:
        """Name the first statements that are wrong or missed."""
        for place in self.wrong[:limit]:
            verdict = self.said[place]
            yield f"wrong  {_at(place)} said {verdict.sqlstate} ({verdict.message}): {_short(verdict)}"
        for place in self.missed[:limit]:
            found = self.verdicts.get(place)
            said = f"{found.kind} {found.reason}".strip() if found else "nothing"
            yield f"missed {_at(place)} wanted {self.truth[place][1]}, said {said}: {found and _short(found)}"
        for place in self._misnamed()[:limit]:
            verdict = self.said[place]
            yield f"state  {_at(place)} wanted {self.truth[place][1]}, said {verdict.sqlstate} ({verdict.message})"

    def _misnamed(self) -> list[Place]:
        said = ((place, self.said[place].sqlstate) for place in self.said if place in self.hits)
        return [place for place, state in said if state != self.truth[place][1]]


def _measure(truth: dict[str, Any], folder: Path) -> _Score:
    ladder = find_ladder(folder / "ladder", truth.get("forced"))
    setup = folder / "setup.sql"
    began = time.process_time()
    error = ""
    try:
        simulation = simulate(ladder, load(setup) if setup.is_file() else None)
    except Exception as failure:  # noqa: BLE001 - the others are still to be measured
        simulation = Simulation(ladder, ())
        error = f"CRASHED: {traceback.format_exception_only(failure)[-1].strip()}"
    verdicts = {_place(one): one for one in simulation.verdicts}
    verdicts |= {_place(one): one for one in simulation.verdicts if one.kind is VerdictKind.FAILS}
    failing = {(file, line): (kind, state) for file, line, kind, state in truth["failing"]}
    return _Score(truth["id"], failing, _first(truth), verdicts, time.process_time() - began, error)


def _first(truth: dict[str, Any]) -> Place | None:
    wanted = truth["first_failure"]
    return next(((file, line) for file, line, *_ in truth["failing"] if wanted and file == wanted["file"]), None)


def _summary(scores: list[_Score]) -> Iterator[str]:
    tp, fp, fn = (sum(map(len, each)) for each in zip(*((s.hits, s.wrong, s.missed) for s in scores), strict=True))
    precision, recall = tp / max(1, tp + fp), tp / max(1, tp + fn)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    crashing = [score for score in scores if score.first is not None]
    named = sum(score.is_crash_named for score in crashing)
    total = sum(len(score.verdicts) for score in scores)
    yield f"ladders {len(scores)} statements {total} CPU seconds {sum(s.seconds for s in scores):.1f}"
    yield f"tp {tp} fp {fp} fn {fn} precision {precision:.4f} recall {recall:.4f} F1 {f1:.4f}"
    yield f"crashing statement named {named}/{len(crashing)}; SQLSTATE as wanted in {_agreed(scores)}/{tp}"
    yield from _table("SQLSTATE", _by_state(scores))
    yield from _table("kind", _by_kind(scores))
    yield from _unknown(scores)
    yield from _alarms(scores)


def _agreed(scores: list[_Score]) -> int:
    return sum(s.truth[place][1] == s.said[place].sqlstate for s in scores for place in s.hits)


def _by_state(scores: list[_Score]) -> Iterator[tuple[str, str]]:
    for score in scores:
        yield from ((score.truth[place][1], "tp") for place in score.hits)
        yield from ((score.truth[place][1], "fn") for place in score.missed)
        yield from ((score.said[place].sqlstate, "fp") for place in score.wrong)


def _by_kind(scores: list[_Score]) -> Iterator[tuple[str, str]]:
    for score in scores:
        yield from ((score.truth[place][0], "tp") for place in score.hits)
        yield from ((score.truth[place][0], "fn") for place in score.missed)
        yield from ((_words(score.said[place]), "fp") for place in score.wrong)


def _table(title: str, entries: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Count tp, fp and fn of each name; those with the most errors stand first."""
    counts: dict[str, Counter[str]] = {}
    for name, what in entries:
        counts.setdefault(name, Counter())[what] += 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1]["fp"] - item[1]["fn"], -item[1]["tp"], item[0]))
    yield f"\n{title:48}    tp    fp    fn"
    yield from (f"{name[:48]:48} {c['tp']:5} {c['fp']:5} {c['fn']:5}" for name, c in ranked[:_KINDS])


def _unknown(scores: list[_Score]) -> Iterator[str]:
    """Tell why statements are unknown, and how many of these fail in truth."""
    reasons: Counter[str] = Counter()
    failing: Counter[str] = Counter()
    for score in scores:
        for verdict in score.unknown:
            reason = _NUMBERS.sub("_", verdict.reason)
            reasons[reason] += 1
            failing[reason] += _place(verdict) in score.truth
    yield f"\nunknown: {reasons.total()} statements, of which {failing.total()} fail"
    for reason, count in reasons.most_common(_REASONS):
        yield f"{count:5} ({failing[reason]:4} fail) {reason[:100]}"


def _alarms(scores: list[_Score]) -> Iterator[str]:
    clean = [score for score in scores if not score.truth]
    alarms = [(score, place) for score in clean for place in score.said]
    yield f"\nladders that replay cleanly: {len(clean)}; findings that fail on them: {len(alarms)}"
    for score, place in alarms:
        verdict = score.said[place]
        yield f"    {score.name}: {_at(place)} {verdict.sqlstate} {verdict.message}: {_short(verdict)}"


def _place(verdict: Verdict) -> Place:
    return verdict.migration.name, verdict.statement.line


def _at(place: Place) -> str:
    return f"{place[0]}:{place[1]}"


def _short(verdict: Verdict) -> str:
    return " ".join(verdict.statement.text.split())[:100]


def _words(verdict: Verdict) -> str:
    """Return the first two words of a statement."""
    return " ".join(verdict.statement.text.upper().split()[:2])


if __name__ == "__main__":
    main()
