"""What goes to stdout and stderr, and the one way in which errors are told."""

from __future__ import annotations

import argparse
import io
import os
import sys
from pathlib import Path
from typing import Any, TextIO

from harness.errors import BootsmokeError, CancelledError, UsageError
from harness.outcome import Outcome
from harness.report.text import ASCII, UNICODE, Paint, Signs, ansi, clean, json_text, plain


def write(text: str, stream: TextIO) -> None:
    """Write whole lines at once; a reader that has gone away (`| head`, a closed terminal) changes no exit code."""
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except OSError:
        _drop(stream)


def may_colour(args: argparse.Namespace) -> bool:
    """Whether nothing asks for plain text."""
    return not (args.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb")


def paint_of(stream: TextIO, args: argparse.Namespace) -> Paint:
    """Return colours for a terminal that wants them."""
    return ansi if stream.isatty() and may_colour(args) else plain


def signs_of(stream: TextIO, args: argparse.Namespace) -> Signs:
    """Return the signs of timelines: ASCII where plain text is asked for, or the encoding has nothing else."""
    is_unicode = (stream.encoding or "").lower().startswith("utf")
    return UNICODE if is_unicode and may_colour(args) else ASCII


def write_json(document: dict[str, Any]) -> None:
    """Write the one document that `--json` promises; BootsmokeError where it does not arrive, as on a full disk."""
    text = json_text(document)
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _drop(sys.stdout)
    except OSError as error:
        _drop(sys.stdout)
        raise BootsmokeError(f"cannot write the document to stdout: {error.strerror}") from error


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
    """Let a terminal of any encoding show what it can, and a closed one take what it is given."""
    sys.stdout, sys.stderr = sys.stdout or nowhere(), sys.stderr or nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def nowhere() -> TextIO:
    """Return a stream that takes everything, as long as the process lives."""
    return Path(os.devnull).open("w", encoding="utf-8")


def let_go() -> None:
    """Flush, so that a reader who has gone away is met here and not in the interpreter's own exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _drop(stream)


def _drop(stream: TextIO) -> None:
    """Send what is still in the stream's buffer nowhere (docs.python.org, signal, note on SIGPIPE)."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
