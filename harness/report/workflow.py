"""What GitHub Actions reads: workflow commands in the log, Markdown in the job's summary.

docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.report.text import UNSEEN, clean

MOST_COMMANDS = 10
"""Annotations of one kind that a step shows."""


def command(level: str, properties: Mapping[str, str], message: str) -> str:
    """Return the command that annotates a file: `level` is error, warning or notice."""
    told = ",".join(f"{name}={_escape_property(value)}" for name, value in properties.items())
    return UNSEEN.sub("", f"::{level} {told}::{_escape(message)}")


def cell(text: str) -> str:
    r"""Return text as it shall be read in a table of Markdown: no pipe, backslash, tag or mark-up of its own."""
    marked = "".join(f"\\{sign}" if sign in "\\|*_`[]#~" else sign for sign in clean(text))
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escape(text: str) -> str:
    """Escape what a command's message may not hold (actions/toolkit, command.ts, escapeData)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
