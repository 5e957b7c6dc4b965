"""The causes that are no migration's: programs, settings, ports, memory, health, the way to the database."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.diagnose.codes import CODES
from harness.diagnose.crash_log import AFTERMATH, CrashKind, CrashSignature, is_report, says_nothing
from harness.diagnose.health import by_probe, impatience, is_missing
from harness.diagnose.model import Cause
from harness.diagnose.normalise import without_escapes
from harness.diagnose.sqlstate import code_of
from harness.diagnose.words import kind_of_trouble, tells_of_memory, variable_in
from harness.outcome import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.diagnose.evidence import Evidence
    from harness.diagnose.messages import Complaint

_TAIL = 5
"""Lines of a log that are quoted where no single one decides."""
_NEAR = 8
"""Lines above the one that decided in which an error of several lines may begin."""
_TRACE = 60
"""Lines that a runtime prints below the word that its memory is used up."""
_NOT_EXECUTABLE, _NOT_FOUND = 126, 127
"""A shell's exit codes for a command that it cannot run."""
_KILLED = 137
_SIGNALS = (4, 6, 7, 8, 9, 11, 15)
_NO_WAY = ("BOOT403", "BOOT407", "BOOT411")
"""What a service says that finds no database."""
_GUESSES = ("BOOT201", "BOOT202", "BOOT205", "BOOT302")
_HOME = re.compile(r"\blocalhost\b|127\.0\.0\.1|::1")
_ENGINE_REFUSED = "engine could not start"


@dataclass(frozen=True, slots=True)
class _Finding:
    """A code, what says so, and where in the log that stands."""

    code: str
    message: str = ""
    index: int | None = None
    is_sure: bool = True


def other_cause(evidence: Evidence, signature: CrashSignature, said: Complaint | None) -> Cause:
    """Return the cause of a failure that no migration explains."""
    found = _unawaited(evidence, _finding(evidence, signature, said))
    code = CODES[found.code]
    variable = variable_in(found.message) if found.code == "BOOT412" else None
    return Cause(
        code=code.code,
        title=code.title,
        service=evidence.service,
        message=found.message or signature.message or evidence.reason,
        advice=code.advice,
        sqlstate=(said.sqlstate if said else signature.sqlstate) or None,
        object=(said.name if said else "") or variable,
        confidence="matched" if found.is_sure and found.code not in _GUESSES else "guessed",
        evidence=_quoted(evidence, signature, found),
    )


def _finding(evidence: Evidence, signature: CrashSignature, said: Complaint | None) -> _Finding:
    """Decide in the order of certainty: the engine's word, the log's word, the exit code, the verdict."""
    if evidence.oom_killed:
        return _Finding("BOOT203", evidence.reason)
    if _ENGINE_REFUSED in evidence.reason:
        return _Finding(kind_of_trouble(evidence.reason) or "BOOT901", evidence.reason)
    if evidence.verdict in (Verdict.UNHEALTHY, Verdict.TIMEOUT):
        return _of_what_runs(evidence, signature, said)
    return _by_log(evidence, signature, said) or _by_exit(evidence, signature)


def _of_what_runs(evidence: Evidence, signature: CrashSignature, said: Complaint | None) -> _Finding:
    probe = evidence.probe_output
    if told := impatience(evidence):
        return _Finding("BOOT305", told)
    if is_missing(probe):
        return _Finding("BOOT303", _last_line(probe))
    if _is_recent(evidence, signature) and (found := _by_log(evidence, signature, said)):
        return found
    code = "BOOT301" if evidence.verdict is Verdict.UNHEALTHY else "BOOT302"
    return _Finding(by_probe(probe) or code, _last_line(probe) or evidence.reason)


def _by_log(evidence: Evidence, signature: CrashSignature, said: Complaint | None) -> _Finding | None:
    state, index = said.sqlstate if said else signature.sqlstate, signature.line_index
    kind, message = signature.kind, signature.message
    if state and (code := code_of(state).code) != "BOOT109":
        is_race = kind is CrashKind.TRANSIENT and code == "BOOT104"
        return _Finding("BOOT108" if is_race else code, message, index)
    if kind is CrashKind.FATAL:
        code = "BOOT106" if AFTERMATH.search(message) else kind_of_trouble(message) or "BOOT401"
        return _Finding(code, message, index)
    found = next(_by_words(evidence, signature), None)
    if found is None and kind is CrashKind.TRANSIENT:
        return _Finding("BOOT403", message, index)
    if found and found.code == "BOOT413" and evidence.exit_code == _NOT_EXECUTABLE:
        return replace(found, code="BOOT401")
    return found


def _by_words(evidence: Evidence, signature: CrashSignature) -> Iterator[_Finding]:
    """Yield what lines tell of, the likeliest first: the deciding one, those below it, the last ones above it."""
    lines, at = evidence.lines, signature.line_index or 0
    if signature.kind is CrashKind.UNKNOWN:
        order = [at, *range(len(lines) - 1, at, -1), *range(at - 1, max(-1, at - 1 - _NEAR), -1)]
    else:
        order = [*range(len(lines) - 1, at, -1), at]
    for index in order if lines else ():
        if (code := kind_of_trouble(lines[index])) and not is_report(lines[index]):
            told = _spoken(lines, index, code)
            yield _Finding(code, without_escapes(lines[told]).strip()[:500], told, is_sure=index >= at)
    is_open = signature.kind is CrashKind.UNKNOWN
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - _TRACE), -1) if is_open else ():
        if tells_of_memory(lines[index]):
            yield _Finding("BOOT204", without_escapes(lines[index]).strip()[:500], index)


def _spoken(lines: Sequence[str], index: int, code: str) -> int:
    """Return the line that says so in words, where the one that was found is a field below it (node's `code`)."""
    above = range(index, max(-1, index - _TRACE), -1)
    return next((at for at in above if kind_of_trouble(lines[at]) == code and not says_nothing(lines[at])), index)


def _by_exit(evidence: Evidence, signature: CrashSignature) -> _Finding:
    code = evidence.exit_code
    if code in (_NOT_EXECUTABLE, _NOT_FOUND):
        return _Finding("BOOT401", signature.message)
    if code == _KILLED and evidence.memory_limit:
        limit = f"a memory limit of {evidence.memory_limit / 2**20:g} MiB"
        return _Finding("BOOT203", f"killed by signal 9 under {limit}; the engine does not say why", is_sure=False)
    if code is not None and code - 128 in _SIGNALS:
        return _Finding("BOOT205", evidence.reason)
    return _Finding("BOOT201" if evidence.verdict is Verdict.CRASHLOOP else "BOOT202", signature.message)


def _unawaited(evidence: Evidence, found: _Finding) -> _Finding:
    """Tell a database that came too late from one that is not there; no wait helps who asks localhost."""
    name = evidence.unawaited
    is_it = found.code in _NO_WAY and name and not _HOME.search(found.message)
    if not is_it or (found.code == "BOOT407" and name not in found.message):
        return found
    return _Finding("BOOT415", f"{found.message}; {name} was not ready yet", found.index)


def _is_recent(evidence: Evidence, signature: CrashSignature) -> bool:
    """Whether a server that lives on still says it: nothing else was said since."""
    if signature.line_index is None or signature.kind is CrashKind.UNKNOWN:
        return False
    return signature.line_index >= len(evidence.lines) - _TAIL


def _quoted(evidence: Evidence, signature: CrashSignature, found: _Finding) -> tuple[str, ...]:
    """Return the line that decided, or the log's last ones, and what the healthcheck said."""
    index = found.index if signature.kind is CrashKind.UNKNOWN or found.index is not None else signature.line_index
    lines = [without_escapes(line)[:500].rstrip() for line in evidence.lines]
    told = [line for line in lines if line][-_TAIL:] if index is None else [lines[index]]
    probe = [f"healthcheck: {_last_line(evidence.probe_output)}"] if evidence.probe_output.strip() else []
    return (*told, *probe)


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")[:500]
