"""Reports as files: the options that ask for them, and their writing."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from harness.cli.output import print_error, write
from harness.errors import BootsmokeError, UsageError

if TYPE_CHECKING:
    from harness.journal import Record

_FORMATS = {
    "html": ("harness.report.html", "html", "one page with verdict, cause and timeline, nothing outside of it"),
    "junit": ("harness.report.junit", "junit", "JUnit XML, a test case for each scenario"),
    "sarif": ("harness.report.run_sarif", "sarif", "SARIF 2.1.0, each failure on its SQL line"),
}
"""By option: the module and the function that render records, and what the help says of it."""


def add_reports(parser: argparse.ArgumentParser) -> None:
    """Add an option for each kind of report."""
    group = parser.add_argument_group("reports")
    for option, (_, _, about) in _FORMATS.items():
        group.add_argument(f"--{option}", type=_file, metavar="FILE", help=about)
    group.add_argument(
        "--bundle", type=_file, metavar="FILE", help="all evidence, searched for secrets once more, as .tar.gz"
    )
    group.add_argument(
        "--github", action="store_true", help="annotations of GitHub Actions, the rest in the job's summary"
    )


def write_reports(records: Sequence[Record], args: argparse.Namespace) -> bool:
    """Write what was asked for; False where a file could not be written, which is told on stderr."""
    written = [_write(path, render(records)) for path, render in _asked_for(args)]
    if args.bundle:
        written.append(_pack(records, args.bundle))
    if args.github:
        from harness.report.run_github import commands, job_summary  # noqa: PLC0415 - only where it is asked for

        annotate(commands(records), job_summary(records), sys.stderr if args.json else sys.stdout)
    return all(written)


def _pack(records: Sequence[Record], path: Path) -> bool:
    from harness.evidence import pack  # noqa: PLC0415 - only where it is asked for

    folder = next(Path(record.data["folder"]) for record in records if record.kind == "run.started")
    try:
        pack(folder, path)
    except BootsmokeError as error:
        print_error(error, as_json=False)
        return False
    return True


def annotate(commands: Iterable[str], summary: str, stream: TextIO) -> None:
    """Write GitHub's commands into the job's log, and the summary to the file that it names for that."""
    for line in commands:
        write(line, stream)
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if target:
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(summary)


def _asked_for(args: argparse.Namespace) -> Iterator[tuple[Path, Callable[[Sequence[Record]], str]]]:
    for option, (module, function, _) in _FORMATS.items():
        if path := getattr(args, option):
            yield path, getattr(importlib.import_module(module), function)


def _write(path: Path, text: str) -> bool:
    """Write a file as a whole or not at all."""
    made = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with made.open("x", encoding="utf-8") as file:
            file.write(text)
        made.replace(path)
    except OSError as error:
        made.unlink(missing_ok=True)
        write(f"bootsmoke: error: cannot write {path}: {error.strerror}", sys.stderr)
        return False
    return True


def _file(text: str) -> Path:
    """Read the name of a file to write: what is wrong with it is told before anything boots."""
    path = Path(text)
    if path.is_dir():
        raise UsageError(f"{text} is a folder", help="name a file in it")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"cannot write {text}: no such folder, or none to write to", help="make the folder first")
    return path
