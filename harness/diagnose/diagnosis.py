"""From a log of somebody else's server to the cause, or to the admission that it tells none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.diagnose.crash_log import AFTERMATH, CrashKind, CrashSignature, classify
from harness.diagnose.evidence import Evidence
from harness.diagnose.explain import explain
from harness.diagnose.paste import PastedLife, lives
from harness.diagnose.postgres_log import is_postgres, set_apart
from harness.diagnose.sqlstate import code_of
from harness.engine.model import LogLine
from harness.outcome import Verdict
from harness.redact import Redactor, passwords_in

if TYPE_CHECKING:
    from harness.diagnose.model import Cause
    from harness.ladder.model import Ladder


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A life that may be the one that failed."""

    life: PastedLife
    signature: CrashSignature

    @property
    def weight(self) -> int:
        """How much it says: a migration's own failure before its aftermath, a hopeless end before a passing one."""
        state = self.signature.sqlstate
        if state and self.signature.kind is not CrashKind.TRANSIENT and code_of(state).code.startswith("BOOT1"):
            return 5
        if self.signature.kind is CrashKind.FATAL:
            return 3 if AFTERMATH.search(self.signature.message) else 4
        if is_postgres(self.life.lines):
            return 0
        return 3 if state else 2 if self.signature.kind is CrashKind.TRANSIENT else 1


_NO_CAUSE = frozenset(("BOOT201", "BOOT202"))
"""What is said of a crash that nothing is known of; of a log alone that is no answer."""


def _candidate(life: PastedLife) -> _Candidate:
    """Return a life as a candidate; without the aftermath at its end, where it tells the failure itself, too."""
    whole = _Candidate(life, classify(life.lines))
    before = tuple(line for line in life.lines if not AFTERMATH.search(line))
    if len(before) == len(life.lines):
        return whole
    return max(_Candidate(replace(life, lines=before), classify(before)), whole, key=lambda one: one.weight)


def evidence_of(text: str) -> Evidence:
    """Return what a log holds of the life that failed: of several the one whose end tells the most, the last such.

    Postgres's own lines are set apart, whether they have a container of their own or stand among the server's.
    """
    candidates, postgres = [], []
    for life in lives(text):
        own, others = set_apart(life.lines)
        postgres.extend(own)
        if any(line.strip() for line in others):
            candidates.append(_candidate(PastedLife(life.service, tuple(others), life.exit_code)))
    chosen = max(enumerate(candidates), key=lambda one: (one[1].weight, one[0]))[1].life if candidates else None
    return Evidence(
        service=chosen.service if chosen else "",
        verdict=Verdict.FAILED,
        exit_code=(chosen.exit_code if chosen else None) or 1,
        lines=chosen.lines if chosen else (),
        postgres=[LogLine(0.0, line) for line in postgres],
    )


def diagnose(evidence: Evidence, ladder: Ladder | None) -> Cause | None:
    """Return the cause that the evidence tells; None where no failure in it is known."""
    cause = explain(evidence, ladder, None)
    return None if cause.code in _NO_CAUSE else _redacted(cause)


def _redacted(cause: Cause) -> Cause:
    """Return a cause whose words of the log give no secret away."""
    redact = Redactor(passwords_in("\n".join((cause.message, *cause.evidence)))).text
    return replace(cause, message=redact(cause.message), evidence=tuple(map(redact, cause.evidence)))
