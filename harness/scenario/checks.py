"""Carries out the steps that look at the stack, once, again and again, or several at the same moment."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tenacity import Retrying, retry_if_result, stop_before_delay, wait_fixed

from harness.boot import Stack
from harness.boot.database import Database
from harness.clock import Clock
from harness.errors import BootsmokeError, ScenarioError
from harness.scenario.http import send
from harness.scenario.model import Check, Eventually, Exec, Http, Logs, Parallel, Sql

_PAUSE = 0.1
"""Seconds between two tries of what is to be true eventually."""
_NULL = "\N{SYMBOL FOR NULL}"
"""What psql writes for NULL: a character that no value has on its own."""
_PATIENCE = 60.0
"""Seconds that a command may take."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check came to."""

    problem: str = ""
    """What is not as expected, in one line."""
    saved: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    """Of a request."""


class Looker:
    """Looks at one stack."""

    def __init__(self, stack: Stack, clock: Clock) -> None:
        self._stack = stack
        self._clock = clock

    def check(self, step: Check) -> Seen:
        """Carry a check out, once."""
        match step:
            case Http():
                answer = send(step, self._stack.inspect(step.service))
                problem = answer.problem()
                return Seen(problem, {} if problem else answer.saved(), answer.status)
            case Sql():
                return self._sql(step)
            case Exec():
                return Seen(self._exec(step))
            case Logs():
                return Seen(self._logs(step))

    def eventually(self, step: Eventually, meanwhile: Callable[[], None]) -> Seen:
        """Try a check until it passes or time is up; `meanwhile` is asked between two tries, and may raise."""

        def pause(seconds: float) -> None:
            meanwhile()
            self._clock.sleep(seconds)

        retrying = Retrying(
            retry=retry_if_result(lambda seen: bool(seen.problem)),
            wait=wait_fixed(_PAUSE),
            stop=stop_before_delay(step.within),
            sleep=pause,
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else Seen("not tried"),
        )
        seen: Seen = retrying(lambda: self._lenient(step.check))
        return Seen(f"not within {step.within:g} s: {seen.problem}") if seen.problem else seen

    def parallel(self, step: Parallel) -> Seen:
        """Carry checks out at the same moment."""
        together = threading.Barrier(len(step.checks))

        def look(check: Check) -> Seen:
            together.wait(timeout=_PATIENCE)
            return self.check(check)

        with ThreadPoolExecutor(len(step.checks), thread_name_prefix="parallel") as pool:
            seen = list(pool.map(look, step.checks))
        problems = [one.problem for one in seen if one.problem]
        statuses = tuple(sorted(one.status for one in seen if one.status is not None))
        if step.statuses is not None and statuses != step.statuses:
            problems.append(f"the statuses are {_listed(statuses)} instead of {_listed(step.statuses)}")
        saved = {name: value for one in seen for name, value in one.saved.items()}
        return Seen("; ".join(problems), saved)

    def _lenient(self, check: Check) -> Seen:
        """Take what a stack in motion answers for an answer: a database that is not up yet, a container away."""
        try:
            return self.check(check)
        except ScenarioError:
            raise
        except BootsmokeError as error:
            return Seen(error.message)

    def _sql(self, step: Sql) -> Seen:
        database = self._stack.database()
        if database is None:
            raise ScenarioError("the project has no Postgres to ask", place=step.place)
        rows = rows_of(database.named(step.database) if step.database else database, step.query)
        if step.rows is not None and tuple(rows) != step.rows:
            return Seen(f"{step}: {_table(rows)} instead of {_table(step.rows)}")
        if step.save is None:
            return Seen()
        if not rows or not rows[0] or rows[0][0] is None:
            return Seen(f"{step}: nothing to save as {step.save}")
        return Seen(saved={step.save: rows[0][0]})

    def _exec(self, step: Exec) -> str:
        container = self._stack.inspect(step.service).id
        result = self._stack.engine.exec(container, step.command, timeout=_PATIENCE)
        said = " ".join(result.output.split())[-300:]
        if result.exit_code != step.exit_code:
            return f"{step}: exit code {result.exit_code} instead of {step.exit_code}: {said}"
        if step.contains is not None and step.contains not in result.output:
            return f"{step}: its output does not hold {step.contains!r}: {said}"
        return ""

    def _logs(self, step: Logs) -> str:
        text = "\n".join(line.text for line in self._stack.log_of(step.service))
        for wanted in step.contains:
            if wanted not in text:
                return f"the log of {step.service} does not hold {wanted!r}"
        for unwanted in step.lacks:
            if unwanted in text:
                return f"the log of {step.service} holds {unwanted!r}"
        return ""


def rows_of(database: Database, query: str) -> list[tuple[str | None, ...]]:
    """Return the rows of a query as psql writes them, None for SQL NULL."""
    said = database.psql(f"\\pset format csv\n\\pset null '{_NULL}'\n{query}\n")
    return [tuple(None if cell == _NULL else cell for cell in row) for row in csv.reader(io.StringIO(said))]


def _table(rows: object) -> str:
    text = repr(rows)
    return text if len(text) <= 300 else f"{text[:296]} ..."


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers)) or "none"
