"""Every code in full: the guard's rules and the failures of boots, as text and as values."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from harness.diagnose.codes import CODES, Code
from harness.guard.rules import RULES, Rule
from harness.report.text import Paint, plain, wrap

_SEVERITIES = {"error": "error", "warning": "warning", "note": "note, fails nothing"}


def all_codes() -> dict[str, Rule | Code]:
    """Return what stands behind each code, rules first."""
    return {**RULES, **CODES}


def listing(width: int = 100, paint: Paint = plain) -> str:
    """Return all codes with their titles, one a line where they fit."""
    lines = []
    for code, found in all_codes().items():
        first, *more = wrap(found.title, width - 9)
        lines.append(f"{paint(code, 'bold')}{' ' * (9 - len(code))}{first}")
        lines += [f"{'':<9}{line}" for line in more]
    return "\n".join(lines)


def in_full(code: str, width: int = 100, paint: Paint = plain) -> str:
    """Return one code's page."""
    found = all_codes()[code]
    return "\n".join(_rule(found, width, paint) if isinstance(found, Rule) else _failure(found, width, paint))


def as_value(code: str) -> dict[str, Any]:
    """Return one code's page as `explain --json` tells it."""
    found = all_codes()[code]
    if isinstance(found, Code):
        return _failure_value(found)
    return {
        "code": code,
        "title": found.title,
        "severity": found.severity.value,
        "why": found.why,
        "help": found.help,
        "before": found.before.strip(),
        "after": found.after.strip(),
        "source": found.source,
    }


def _failure_value(code: Code) -> dict[str, Any]:
    return {
        "code": code.code,
        "title": code.title,
        "severity": code.severity,
        "why": code.meaning,
        "recognised": code.recognised,
        "help": code.advice,
        "example": code.example,
    }


def _rule(rule: Rule, width: int, paint: Paint) -> Iterator[str]:
    yield f"{paint(rule.code, 'bold')}: {rule.title} ({_SEVERITIES[rule.severity.value]})"
    yield ""
    yield from wrap(rule.why, width)
    yield ""
    yield paint("before", "bold")
    yield textwrap.indent(rule.before.strip(), "    ")
    yield paint("after", "bold")
    yield textwrap.indent(rule.after.strip(), "    ")
    yield ""
    yield from wrap(f"what to do: {rule.help}", width)
    yield f"suppress:   -- bootsmoke: allow {rule.code} -- reason"
    yield f"source:     {rule.source}"


def _failure(code: Code, width: int, paint: Paint) -> Iterator[str]:
    yield f"{paint(code.code, 'bold')}: {code.title} ({_SEVERITIES[code.severity]})"
    yield ""
    yield from wrap(code.meaning, width)
    yield ""
    yield paint("example", "bold")
    yield textwrap.indent(code.example, "    ")
    yield ""
    yield from wrap(f"recognised: {code.recognised}", width)
    yield from wrap(f"what to do: {code.advice}", width)
