"""Crash logs of real programs, each with its ladder and the cause that an expert would name.

`tests/logs/<dialect>-<case>/` holds `log.txt`, `ladder/` and `expected.json`: code, file, line, sqlstate, object
and confidence, and where the log comes from. `origin` is `recorded` (the `program` ran on a real Postgres; host,
port and folders were renamed), or `written` after the program's `source`.
"""

from __future__ import annotations

import json
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness.diagnose.diagnosis import diagnose, evidence_of
from harness.diagnose.model import Cause
from harness.ladder.discover import find_ladder
from harness.ladder.model import Ladder

FOLDER = Path(__file__).parent
CASES = sorted(path.parent.name for path in FOLDER.glob("*/expected.json"))
FIELDS = ("code", "sqlstate", "object")
SECONDS = 0.3


@cache
def expected(name: str) -> dict[str, Any]:
    """Return what an expert says of a case."""
    found: dict[str, Any] = json.loads((FOLDER / name / "expected.json").read_text())
    return found


def ladder_of(name: str) -> Ladder | None:
    """Return the ladder of a case; some logs come without one."""
    folder = FOLDER / name / "ladder"
    return find_ladder(folder, expected(name).get("style")) if folder.exists() else None


@cache
def told(name: str) -> tuple[Cause | None, float]:
    """Return the cause that is told of a case, and the seconds of processor time that it took."""
    log, ladder = (FOLDER / name / "log.txt").read_text(), ladder_of(name)
    began = time.process_time()
    cause = diagnose(evidence_of(log), ladder)
    return cause, time.process_time() - began


def file_of(name: str, cause: Cause) -> str | None:
    """Return the file that a cause names, as the ladder calls it."""
    if cause.path is None or ladder_of(name) is None:
        return cause.path
    return Path(cause.path).absolute().relative_to(FOLDER / name / "ladder").as_posix()


@pytest.mark.parametrize("name", CASES)
def test_the_log_tells_its_cause(name: str) -> None:
    """Code, SQLSTATE and object are right, and no file is named that is not the one."""
    cause, _ = told(name)
    assert cause is not None
    assert {field: getattr(cause, field) for field in FIELDS} == {field: expected(name)[field] for field in FIELDS}
    assert file_of(name, cause) in (None, expected(name)["file"])


@pytest.mark.parametrize("name", CASES)
def test_the_confidence_is_honest(name: str) -> None:
    """A cause that is called matched has the right file and line; what is guessed is called so."""
    cause, _ = told(name)
    assert cause is not None
    assert cause.confidence == expected(name)["confidence"]
    if cause.confidence == "matched" and expected(name)["file"]:
        assert (file_of(name, cause), cause.line) == (expected(name)["file"], expected(name)["line"])


@pytest.mark.parametrize("name", CASES)
def test_without_the_ladder_no_wrong_file_is_named(name: str) -> None:
    """The log alone leads to the migration by its own name or version, or nowhere."""
    cause = diagnose(evidence_of((FOLDER / name / "log.txt").read_text()), None)
    if cause is not None and cause.path:
        assert Path(cause.path).stem == Path(expected(name)["file"]).stem
        assert cause.confidence == "guessed"


def test_file_and_line_are_right_nearly_always() -> None:
    """Of all logs at least 95 of 100 lead to the right file and the right line."""
    wrong = [name for name in CASES if not _is_right(name)]
    assert len(wrong) <= len(CASES) * 0.05, wrong


def _is_right(name: str) -> bool:
    cause, _ = told(name)
    return cause is not None and (file_of(name, cause), cause.line) == (
        expected(name)["file"],
        expected(name)["line"],
    )


def test_a_cause_is_told_soon() -> None:
    """No log of the corpus takes more than 0.3 s of processor time, the parser's first import aside."""
    told(CASES[0])
    slow = {name: seconds for name in CASES[1:] if (seconds := told(name)[1]) > SECONDS}
    assert not slow


def test_the_corpus_is_wide() -> None:
    """At least 60 logs, 12 SQLSTATEs and 20 programs; each says where it comes from, and most were recorded."""
    states = {expected(name)["sqlstate"] for name in CASES}
    programs = {name.partition("-")[0] for name in CASES}
    recorded = [name for name in CASES if expected(name)["origin"] == "recorded" and expected(name)["program"]]
    written = [name for name in CASES if expected(name)["origin"] == "written" and expected(name)["source"]]
    assert len(CASES) == len(recorded) + len(written) >= 60
    assert len(states) >= 12
    assert len(programs) >= 20
    assert len(recorded) > len(written)
