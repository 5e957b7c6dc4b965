"""The causes that are no migration's: programs, ports, memory, health, the way to the database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.diagnose.codes import CODES
from harness.diagnose.crash_log import AFTERMATH, CrashKind, CrashSignature
from harness.diagnose.model import Cause
from harness.diagnose.normalise import without_escapes
from harness.diagnose.sqlstate import code_of
from harness.outcome import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.diagnose.evidence import Evidence
    from harness.diagnose.messages import Complaint

_TAIL = 5
"""Lines of a log that are quoted where no single one decides."""

_RUNS = (Verdict.UNHEALTHY, Verdict.TIMEOUT)

_WORDS = (
    (
        "BOOT402",
        re.compile(
            r"port is already allocated|address already in use|EADDRINUSE|ports are not available", re.IGNORECASE
        ),
    ),
    (
        "BOOT401",
        re.compile(
            r"exec format error|executable file not found|no such file or directory|is a directory", re.IGNORECASE
        ),
    ),
    ("BOOT405", re.compile(r"no space left on device|ENOSPC", re.IGNORECASE)),
)


def other_cause(evidence: Evidence, signature: CrashSignature, said: Complaint | None) -> Cause:
    """Return the cause of a failure that no migration explains."""
    code = CODES[_code(evidence, signature, said)]
    quoted = _quoted(evidence, signature)
    runs = evidence.verdict in _RUNS
    message = (_last_line(evidence.probe_output) if runs else signature.message) or evidence.reason
    return Cause(
        code=code.code,
        title=code.title,
        service=evidence.service,
        message=message if code.code not in ("BOOT203", "BOOT901") else evidence.reason or message,
        advice=code.advice,
        sqlstate=(said.sqlstate if said else signature.sqlstate) or None,
        object=(said.name if said else "") or None,
        confidence="matched" if code.code not in ("BOOT201", "BOOT202", "BOOT302") else "guessed",
        evidence=quoted,
    )


def _code(evidence: Evidence, signature: CrashSignature, said: Complaint | None) -> str:
    """Decide in the order of certainty: the engine's word, the log's word, the exit code, the verdict."""
    if evidence.oom_killed:
        return "BOOT203"
    if "engine could not start" in evidence.reason:
        return _by_words(evidence.reason) or "BOOT901"
    if evidence.verdict in _RUNS and not _is_recent(evidence.lines, signature):
        return "BOOT301" if evidence.verdict is Verdict.UNHEALTHY else "BOOT302"
    return _by_log(evidence, signature, said) or _by_exit(evidence)


def _by_log(evidence: Evidence, signature: CrashSignature, said: Complaint | None) -> str:
    state = said.sqlstate if said else signature.sqlstate
    if state and (code := code_of(state).code) != "BOOT109":
        return code if signature.kind is not CrashKind.TRANSIENT or code != "BOOT104" else "BOOT108"
    if signature.kind is CrashKind.FATAL:
        return "BOOT106" if AFTERMATH.search(signature.message) else "BOOT401"
    if signature.kind is CrashKind.TRANSIENT:
        return "BOOT403"
    return _by_words("\n".join(evidence.lines[-_TAIL:]))


def _by_exit(evidence: Evidence) -> str:
    if evidence.verdict in _RUNS:
        return "BOOT301" if evidence.verdict is Verdict.UNHEALTHY else "BOOT302"
    if evidence.exit_code in (126, 127):
        return "BOOT401"
    return "BOOT201" if evidence.verdict is Verdict.CRASHLOOP else "BOOT202"


def _by_words(text: str) -> str:
    return next((code for code, pattern in _WORDS if pattern.search(text)), "")


def _is_recent(lines: Sequence[str], signature: CrashSignature) -> bool:
    """Whether a server that lives on still says it: nothing else was said since."""
    if signature.line_index is None or signature.kind is CrashKind.UNKNOWN:
        return False
    return signature.line_index >= len(lines) - _TAIL


def _quoted(evidence: Evidence, signature: CrashSignature) -> tuple[str, ...]:
    lines = [without_escapes(line)[:500].rstrip() for line in evidence.lines]
    decided = signature.kind is not CrashKind.UNKNOWN and signature.line_index is not None
    told = [lines[signature.line_index or 0]] if decided else [line for line in lines if line][-_TAIL:]
    probe = [f"healthcheck: {_last_line(evidence.probe_output)}"] if evidence.probe_output.strip() else []
    return (*told, *probe)


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")[:500]
