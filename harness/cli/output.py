"""What goes to stdout and stderr, and the one way in which errors are told."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from typing import Any, TextIO

from harness.errors import BootsmokeError, CancelledError, UsageError
from harness.outcome import Outcome
from harness.report.text import Paint, ansi, clean, plain


def write(text: str, stream: TextIO) -> None:
    """Write whole lines at once; a reader that has gone away (`| head`) changes no exit code."""
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except BrokenPipeError:
        _drop(stream)


def paint_of(stream: TextIO, args: argparse.Namespace) -> Paint:
    """Return colours for a terminal that wants them."""
    may_colour = not (args.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb")
    return ansi if stream.isatty() and may_colour else plain


def write_json(document: dict[str, Any]) -> None:
    """Write the one document that `--json` promises."""
    write(json.dumps(document, indent=2, ensure_ascii=False), sys.stdout)


def print_error(error: BootsmokeError, *, as_json: bool) -> None:
    """Tell an error on stderr and, where a document is expected, as one on stdout."""
    first, *rest = (clean(line) for line in str(error).splitlines())
    write("\n".join([f"bootsmoke: error: {first}", *(f"  {line}" for line in rest)]), sys.stderr)
    if as_json:
        write_json(error_document(error))


def error_document(error: BootsmokeError) -> dict[str, Any]:
    """Return what `--json` says instead of a result."""
    outcome = {UsageError: Outcome.ERRORED, CancelledError: Outcome.CANCELLED}
    kind = next((found for kind, found in outcome.items() if isinstance(error, kind)), Outcome.INCONCLUSIVE)
    told = {
        "message": error.message,
        "place": str(error.place) if error.place else None,
        "help": error.help or None,
    }
    return {"schema": 1, "outcome": kind.value, "error": told}


def use_any_encoding() -> None:
    """Let a terminal of any encoding show what it can instead of ending in an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def let_go() -> None:
    """Flush, so that a reader who has gone away is met here and not in the interpreter's own exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            _drop(stream)


def _drop(stream: TextIO) -> None:
    """Send what is still in the stream's buffer nowhere (docs.python.org, signal, note on SIGPIPE)."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
