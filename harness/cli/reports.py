"""Reports as files: the options that ask for them, and their writing."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
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


def write_reports(records: Sequence[Record], folder: Path, args: argparse.Namespace) -> bool:
    """Write what was asked for of the run in `folder`; False where something could not be, which stderr tells."""
    done = [_is_done(write_it) for write_it in _asked_for(records, folder, args)]  # one that fails stops no other
    return all(done)


def _is_done(write_it: Callable[[], None]) -> bool:
    try:
        write_it()
    except BootsmokeError as error:
        print_error(error, as_json=False)
        return False
    return True


def annotate(commands: Iterable[str], summary: str, stream: TextIO) -> None:
    """Write GitHub's commands into the job's log, and the summary to the file that it names for that.

    BootsmokeError where that file cannot be written.
    """
    for line in commands:
        write(line, stream)
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if target:
        with _told(Path(target)), Path(target).open("a", encoding="utf-8") as file:
            file.write(summary)


def _asked_for(records: Sequence[Record], folder: Path, args: argparse.Namespace) -> Iterator[Callable[[], None]]:
    for option, (module, function, _) in _FORMATS.items():
        if path := getattr(args, option):
            render = getattr(importlib.import_module(module), function)
            yield partial(_write, path, render, records)
    if args.bundle:
        from harness.evidence import pack  # noqa: PLC0415 - only where it is asked for

        yield partial(pack, folder, args.bundle)
    if args.github:
        from harness.report.run_github import commands, job_summary  # noqa: PLC0415 - only where it is asked for

        stream = sys.stderr if args.json else sys.stdout
        yield partial(annotate, commands(records), job_summary(records), stream)


def _write(path: Path, render: Callable[[Sequence[Record]], str], records: Sequence[Record]) -> None:
    """Write a file as a whole or not at all."""
    text = render(records)
    made = path.with_name(f".{path.name}.{os.getpid()}")
    with _told(path):
        try:
            with made.open("x", encoding="utf-8") as file:
                file.write(text)
            made.replace(path)
        except OSError:
            made.unlink(missing_ok=True)
            raise


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BootsmokeError(f"cannot write {path}: {error.strerror}") from error


def _file(text: str) -> Path:
    """Read the name of a file to write: what is wrong with it is told before anything boots."""
    path = Path(text)
    if path.is_dir():
        raise UsageError(f"{text} is a folder", help="name a file in it")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"cannot write {text}: no such folder, or none to write to", help="make the folder first")
    return path
