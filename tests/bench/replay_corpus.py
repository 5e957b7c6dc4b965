"""Measures `bootsmoke replay` against what a real Postgres 15 did at the second boot of public ladders.

    python -m tests.bench.replay_corpus --truth dev.json --mirror DIR --postgres URL [--only TEXT]

The truth lists, for ladders of public repositories at pinned commits, every statement that failed (file, line of
its first token, SQLSTATE) and the first failure of a server's boot. It holds no SQL: the files are read out of DIR,
which has one git directory `owner+name/repo` for each repository. Ladders without one are counted and left out.

Prints a line for each ladder and what is wrong with it, then the sums: statements named (tp), named wrongly (fp),
missed (fn), first failures named, and the seconds that all took.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Failure = tuple[str, int, str]
"""File, line, SQLSTATE."""

_SHOWN = 5
_TEMPLATE = b"/* TEMPLATE: schema */"
"""What River puts its schema's name in place of; the truth was measured without a name."""


def main() -> None:
    """Measure all ladders that can be read."""
    options = _options()
    sums: Counter[str] = Counter()
    for ladder in json.loads(options.truth.read_text()):
        if options.only not in ladder["id"]:
            continue
        with tempfile.TemporaryDirectory() as parent:
            folder = Path(parent, "ladder")
            if write(options.mirror, ladder, folder):
                sums += _measure(ladder, folder, options.postgres)
            else:
                sums["missing"] += 1
    named = sums["tp"] / max(1, sums["tp"] + sums["fp"] + sums["fn"])
    print(f"ladders {sums['ladders']} (no snapshot: {sums['missing']})")
    print(f"statements: tp {sums['tp']} fp {sums['fp']} fn {sums['fn']} ({named:.2%})")
    print(f"first failures named: {sums['first']}/{sums['ladders']}; {sums['ms'] / 1000:.1f} s in all")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--mirror", type=Path, required=True)
    parser.add_argument("--postgres", required=True)
    parser.add_argument("--only", default="")
    return parser.parse_args()


def write(mirror: Path, ladder: dict[str, Any], folder: Path) -> bool:
    """Write a ladder's files; False when the snapshot is not there."""
    repository = mirror / ladder["repo"].replace("/", "+") / "repo"
    for name in ladder["files"]:
        blob = f"{ladder['commit']}:{ladder['path']}/{name}"
        shown = subprocess.run(["git", "-C", repository, "show", blob], capture_output=True, check=False)
        if shown.returncode:
            return False
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(shown.stdout.replace(_TEMPLATE, b""))
    return True


def _measure(ladder: dict[str, Any], folder: Path, postgres: str) -> Counter[str]:
    began = time.monotonic()
    report = _replay(folder, ladder["setup"], postgres)
    took = time.monotonic() - began
    root = folder.resolve()
    said = {_failure(failure, root) for failure in report["warm"]["failures"]}
    truth = {(file, line, sqlstate) for file, line, _, sqlstate in ladder["failing"]}
    first = report["first_failure"] and _failure(report["first_failure"], root)
    is_first = _is_first(ladder, first)
    counts = Counter(tp=len(said & truth), fp=len(said - truth), fn=len(truth - said))
    print(f"{ladder['id'][:60]:60} {dict(counts)} {'' if is_first else f'first {first}'} {took:.2f} s", flush=True)
    for line in _problems(report, said, truth):
        print(f"    {line}")
    return counts + Counter(ladders=1, first=int(is_first), ms=round(took * 1000))


def _is_first(ladder: dict[str, Any], first: Failure | None) -> bool:
    wanted = ladder["first_failure"]
    if wanted is None or first is None:
        return wanted is None and first is None
    truth = next((file, line, state) for file, line, _, state in ladder["failing"] if file == wanted["file"])
    return first == truth and first[2] == wanted["sqlstate"]


def _problems(report: dict[str, Any], said: set[Failure], truth: set[Failure]) -> Iterator[str]:
    if not report["cold"]["ok"]:
        yield f"cold boot: {report['cold']['failure']}"
    yield from (f"wrong  {failure}" for failure in sorted(said - truth)[:_SHOWN])
    yield from (f"missed {failure}" for failure in sorted(truth - said)[:_SHOWN])


def _failure(failure: dict[str, Any], root: Path) -> Failure:
    return str(Path(failure["path"]).resolve().relative_to(root)), failure["line"], failure["sqlstate"]


def _replay(folder: Path, needs: dict[str, Any], postgres: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "harness", "replay", "--json", "--no-canary", "--postgres", postgres]
    setup = setup_of(needs)
    if setup:
        file = folder.parent / "setup.sql"
        file.write_text(setup)
        command += ["--setup", str(file)]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    document: dict[str, Any] = json.loads(done.stdout)
    if "error" in document:
        sys.exit(f"{folder}: {done.stderr}")
    return document


def setup_of(needs: dict[str, Any]) -> str:
    """Return what a ladder needs before it: roles, schemas, extensions, its tool's table, a search path."""
    lines = [
        *(f'CREATE ROLE "{name}";' for name in needs["roles"]),
        *(f'CREATE SCHEMA "{name}";' for name in needs["schemas"]),
        *(f'CREATE EXTENSION "{name}";' for name in needs["exts"]),
        *(f'CREATE TABLE "{name}" (version bigint primary key, dirty boolean);' for name in needs["tool"]),
    ]
    if needs["schema"]:
        lines.append(f'SET search_path TO "{needs["schema"]}";')
    return "\n".join(lines)


if __name__ == "__main__":
    main()
