"""From everything that a failed boot left behind to its one cause."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.diagnose.crash_log import FATAL_STATES, CrashKind, CrashSignature, classify
from harness.diagnose.evidence import Evidence
from harness.diagnose.frames import named_file
from harness.diagnose.json_line import unfolded
from harness.diagnose.locate import Location, locate, was_sent
from harness.diagnose.mentions import Mention, Role, mention
from harness.diagnose.messages import Complaint, complaint, foreign
from harness.diagnose.model import Cause
from harness.diagnose.normalise import without_escapes
from harness.diagnose.other_causes import other_cause
from harness.diagnose.postgres_log import Record, records
from harness.diagnose.prove import prove
from harness.diagnose.sqlstate import advice_for, code_of
from harness.errors import BootsmokeError, LadderError
from harness.sql.effects import effects

__all__ = ["Evidence", "explain"]

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.ladder.model import Ladder, Statement


@dataclass(frozen=True, slots=True)
class _Case:
    """A migration's failure, as the logs tell it."""

    evidence: Evidence
    signature: CrashSignature
    record: Record | None
    said: Complaint


def explain(evidence: Evidence, ladder: Ladder | None, psql: Callable[[str], str] | None) -> Cause:
    """Return the cause of a failed boot.

    `psql` runs a script on the run's own database with `psql -XqAt` and returns what it printed; it is used
    only where the logs leave more than one statement open.
    """
    evidence = replace(evidence, lines=[part for line in evidence.lines for part in unfolded(line)])
    signature = classify(evidence.lines)
    record = _record(signature, records(evidence.postgres), ladder)
    said = _complaint(signature, record)
    if said and not evidence.oom_killed and _is_a_migrations(said, signature, evidence):
        return _migration_failure(_Case(evidence, signature, record, said), ladder, psql)
    cause = other_cause(evidence, signature, said)
    if cause.code == "BOOT106" and ladder is not None:
        return _named(cause, mention(ladder, evidence.lines, signature.line_index))
    if cause.code != "BOOT108" or said is None:
        return cause
    return _raced(cause, _Case(evidence, signature, record, said), ladder)


def _named(cause: Cause, found: Mention | None) -> Cause:
    """Add the file that the line itself names, or its version."""
    is_it = found is not None and found.role is Role.FAILED
    return replace(cause, path=shown(found.migration.path)) if found and is_it else cause


def _raced(cause: Cause, case: _Case, ladder: Ladder | None) -> Cause:
    """Add where two boots met; running the file again, alone, would prove nothing."""
    named = named_file(case.evidence.lines, case.signature.line_index)
    return _located(replace(cause, path=named[0] if named else None), case, ladder, None)


def _record(signature: CrashSignature, found: Sequence[Record], ladder: Ladder | None) -> Record | None:
    """Return the failure in Postgres's log that the server died of: the last that fits what the server said.

    A server that says nothing of Postgres may still have sent a ladder: then the ladder's last failure counts.
    """
    if signature.kind is CrashKind.TRANSIENT:
        return None
    latest = reversed(found)
    said = signature.complaint
    if said is not None:
        return next((record for record in latest if _alike(complaint(record.message), said)), None)
    if signature.sqlstate:
        return next((record for record in latest if record.sqlstate == signature.sqlstate), None)
    is_silent = signature.kind is CrashKind.UNKNOWN
    return next((record for record in latest if is_silent and _is_a_ladders(record, ladder)), None)


def _is_a_ladders(record: Record, ladder: Ladder | None) -> bool:
    """Whether what Postgres refused was sent by a ladder: it holds that text; an unknown one makes things twice."""
    if ladder is None:
        return record.sqlstate in FATAL_STATES and record.sqlstate.startswith("42")
    return was_sent(ladder, record)


def _alike(one: Complaint | None, other: Complaint) -> bool:
    return one is not None and (one.sqlstate, one.name, one.table) == (other.sqlstate, other.name, other.table)


def _complaint(signature: CrashSignature, record: Record | None) -> Complaint | None:
    """Return what Postgres said: its own log knows best, then the server's."""
    if record is not None:
        state = record.sqlstate or signature.sqlstate
        said = complaint(record.message) or foreign(state, record.message)
        return replace(said, sqlstate=state or said.sqlstate)
    if not signature.sqlstate:
        return None
    said = signature.complaint or foreign(signature.sqlstate, signature.message)
    return replace(said, sqlstate=signature.sqlstate)


def _is_a_migrations(said: Complaint, signature: CrashSignature, evidence: Evidence) -> bool:
    """Whether it died of what Postgres said; a server that lives on has to have said something hopeless."""
    lives_on = evidence.exit_code is None and signature.kind is not CrashKind.FATAL
    return (
        code_of(said.sqlstate).code.startswith("BOOT1")
        and signature.kind is not CrashKind.TRANSIENT
        and not lives_on
    )


def _migration_failure(case: _Case, ladder: Ladder | None, psql: Callable[[str], str] | None) -> Cause:
    said, code = case.said, code_of(case.said.sqlstate)
    path, line = named_file(case.evidence.lines, case.signature.line_index) or (None, None)
    cause = Cause(
        code=code.code,
        title=code.title,
        service=case.evidence.service,
        message=said.message,
        advice=advice_for(said.sqlstate, said.kind),
        path=path,
        line=line,
        sqlstate=said.sqlstate or None,
        object=_object(said),
        evidence=_quoted(case),
    )
    return _located(cause, case, ladder, psql)


def _located(cause: Cause, case: _Case, ladder: Ladder | None, psql: Callable[[str], str] | None) -> Cause:
    """Add the place in the ladder; where that cannot be read, say so."""
    try:
        return cause if ladder is None else _placed(cause, case, ladder, psql)
    except LadderError as error:
        place = error.place
        note = (*cause.evidence, f"the ladder cannot be read: {error}")
        return replace(cause, evidence=note, path=shown(Path(place.path)) if place else cause.path)


def _placed(cause: Cause, case: _Case, ladder: Ladder, psql: Callable[[str], str] | None) -> Cause:
    """Add file, line and statement, as far as they can be told."""
    found = locate(ladder, case.evidence.lines, case.signature.line_index, case.record, case.said)
    if found is None:
        return cause
    statement, confidence, note = _pinned(found, case.said, psql)
    note = cause.evidence + note
    cause = replace(cause, path=shown(found.migration.path), line=None, confidence=confidence, evidence=note)
    if statement is None:
        return cause
    tables = [effect.table for effect in effects(statement.text) if effect.table]
    return replace(
        cause,
        line=statement.line,
        statement=textwrap.shorten(statement.text, 200, placeholder=" ..."),
        object=cause.object or next(iter(tables), None),
    )


def _pinned(
    found: Location, said: Complaint, psql: Callable[[str], str] | None
) -> tuple[Statement | None, str, tuple[str, ...]]:
    """Return the failing statement, how sure that is, and what a reader should know about it."""
    if found.is_sure and found.narrowed and len(found.candidates) == 1:
        return found.candidates[0], "matched", ()
    proof, note = None, ""
    if psql is not None:
        try:
            proof = prove(found.migration, psql)
        except BootsmokeError as error:
            note = f"the statement could not be proved: {error.message}"
    if proof is not None and proof.sqlstate == said.sqlstate:
        return proof.statement, "proved", (f"run again: statement {proof.statement.number}: {proof.message}",)
    return (found.candidates[0] if found.narrowed else None), "guessed", (note,) if note else ()


def _object(said: Complaint) -> str | None:
    """Return the thing that the message names; a column with its table, if that is named too."""
    if said.kind == "column" and said.table and said.name:
        return f"{said.table}.{said.name}"
    return said.name or said.table or None


def _quoted(case: _Case) -> tuple[str, ...]:
    """Return the lines of both logs that say so."""
    record, index = case.record, case.signature.line_index
    server = [] if index is None else [without_escapes(case.evidence.lines[index])[:500].strip()]
    if record is None:
        return tuple(server)
    details = [
        f"postgres: {word}: {text[:500]}" for word, text in record.fields.items() if word in ("DETAIL", "HINT")
    ]
    return (*server, f"postgres: {record.severity}: {record.message}", *details)


def shown(path: Path) -> str:
    """Return a path as a reader of this directory would write it."""
    absolute = path.absolute()
    return str(absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else absolute)
