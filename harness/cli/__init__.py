"""The command line: one module a command, imported only when that command is chosen."""

from __future__ import annotations

import argparse
import difflib
import importlib
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

from harness import __version__
from harness.cli.output import let_go, print_error, use_any_encoding
from harness.errors import BootsmokeError, CancelledError, UsageError

COMMANDS = {
    "check": "boot any compose project cold and warm, no scenario needed",
    "run": "run scenario folders",
    "report": "tell a run again: as text, as a page, as a document",
    "schema": "print the JSON Schema of scenario.yaml, for editors",
    "guard": "name every statement of a migration ladder that does not survive a second boot",
    "fix": "make a migration ladder survive a second boot, by edits that are proved",
    "replay": "apply a migration ladder twice on a real Postgres",
    "diagnose": "name the cause of a crash from a server's log, or from what a run has left",
    "repro": "make a failed boot happen again, with the few statements that it takes",
    "history": "show how scenarios ended over time, and which are flaky",
    "bisect": "find the commit after which a ladder does not boot twice",
    "explain": "say what a rule or a failure code means",
    "doctor": "say what this machine has and lacks",
    "sweep": "remove what dead runs have left behind",
}

_ABOUT = "Proves that a Compose stack boots twice: cold on an empty database, then warm on the same one."
_EXIT_CODES = (
    "exit codes: 0 all passed, 1 a boot or a check failed, 2 wrong usage or configuration, "
    "3 inconclusive: the engine or the harness failed, or nothing ran, 130 interrupted"
)
_BUG = f"bootsmoke: this is a bug in bootsmoke {__version__}: please report it with the lines above"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code; `argv` is the process's own when None."""
    words = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in words
    use_any_encoding()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run(words)
    except BootsmokeError as error:
        print_error(error, as_json=as_json)
        return error.exit_code
    except KeyboardInterrupt:
        print_error(CancelledError("interrupted"), as_json=as_json)
        return CancelledError.exit_code
    except Exception as error:  # noqa: BLE001 - the last resort: a traceback, and what it means
        traceback.print_exc()
        print_error(BootsmokeError(f"{type(error).__name__}: {error}"), as_json=as_json)
        print(_BUG, file=sys.stderr)  # noqa: T201
        return BootsmokeError.exit_code
    finally:
        let_go()


def _run(words: Sequence[str]) -> int:
    try:
        options, unknown = parser_for(words).parse_known_args(words)
    except SystemExit:  # --help and --version have printed what they were asked for
        return 0
    if unknown:
        help_ = f"`bootsmoke {options.command} --help` lists the options"
        raise UsageError(f"bootsmoke {options.command} does not know {' '.join(unknown)}", help=help_)
    return int(importlib.import_module(f"harness.cli.{options.command}").execute(options))


class _Parser(argparse.ArgumentParser):
    """Raises what argparse would print, so that every error is told in one way."""

    def error(self, message: str) -> NoReturn:
        """Raise a UsageError."""
        raise UsageError(message, help=f"`{self.prog} --help` lists what there is")


def parser_for(words: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser; only the chosen command, the first word that is no option, has its options in it."""
    parser = _Parser(prog="bootsmoke", description=_ABOUT, epilog=_EXIT_CODES, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"bootsmoke {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    chosen = next((word for word in words if not word.startswith("-")), "")
    if chosen and chosen not in COMMANDS:
        close = difflib.get_close_matches(chosen, COMMANDS, n=1)
        meant = f"; did you mean `{close[0]}`?" if close else ""
        raise UsageError(f"unknown command `{chosen}`{meant}", help=f"the commands are: {', '.join(COMMANDS)}")
    for name, about in COMMANDS.items():
        command = commands.add_parser(
            name, help=about, description=f"{about[0].upper()}{about[1:]}.", epilog=_EXIT_CODES, allow_abbrev=False
        )
        if name == chosen:
            importlib.import_module(f"harness.cli.{name}").add_arguments(command)
    return parser
