"""Reads the steps of a scenario, one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from harness.errors import Place, ScenarioError
from harness.scenario.model import (
    Action,
    Boot,
    Check,
    Eventually,
    Hold,
    Http,
    Operate,
    Parallel,
    PutFile,
    Snapshot,
    Step,
    Unchanged,
)
from harness.scenario.read_boots import BootReader
from harness.scenario.read_checks import CheckReader
from harness.scenario.value import Value, did_you_mean, each

_LOCK_MODES = ("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE")
LOCK_MODES = (*_LOCK_MODES, "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE")
"""Those of LOCK TABLE (postgresql.org/docs/current/sql-lock.html)."""
_SIGNAL = re.compile(r"SIG[A-Z0-9]{2,10}")

_Reader = Callable[[Value], Step]


class StepReader:
    """Reads steps; knows the snapshots that were taken and the variables that were saved so far."""

    def __init__(
        self,
        service: Callable[[Value], str],
        default_service: str | None,
        put: Callable[[Value], PutFile],
        variables: Mapping[str, str],
    ) -> None:
        self._service = service
        self._boots = BootReader(service, put)
        self._checks = CheckReader(service, default_service, self._save).readers()
        self._variables = variables
        self._saved: dict[str, Place] = {}
        self._snapshots: dict[str, Place] = {}
        self._leaves: Mapping[str, _Reader] = {
            "boot": self._boots.boot,
            "recreate": self._boots.recreate,
            **self._checks,
            **{action: self._operate(action) for action in Action},
            "snapshot": self._snapshot,
            "unchanged": self._unchanged,
        }
        self._groups: Mapping[str, _Reader] = {
            "eventually": self._eventually,
            "hold": self._hold,
            "parallel": self._parallel,
        }

    def read(self, value: Value) -> tuple[Step, ...]:
        """Return the steps; the first one has to be a cold boot."""
        steps = each(self._step, least=1)(value)
        if not isinstance(steps[0], Boot):
            raise ScenarioError(
                "the first step has to be a cold boot: nothing runs before it",
                place=steps[0].place,
                help="begin with `- boot: cold`",
            )
        return steps

    def _step(self, value: Value) -> Step:
        kind = self._kind(value, {**self._leaves, **self._groups})
        return self._groups[kind](value) if kind in self._groups else self._leaves[kind](self._expanded(value))

    def _check(self, value: Value) -> Check:
        kind = self._kind(value, self._checks)
        return self._checks[kind](self._expanded(value))

    def _kind(self, value: Value, readers: Mapping[str, _Reader] | Mapping[str, Callable[[Value], Check]]) -> str:
        entries = value.entries()
        kinds = [name for name in entries if name in readers]
        if len(kinds) > 1:
            message = f"a step does one thing; this one has `{kinds[0]}` and `{kinds[1]}`"
            raise ScenarioError(message, place=entries[kinds[1]].key)
        if not kinds:
            hint = next(filter(None, (did_you_mean(name, readers) for name in entries)), "")
            raise value.error(f"this is no known step{hint}", help=f"a step has one of {', '.join(readers)}")
        return kinds[0]

    def _expanded(self, value: Value) -> Value:
        return value.expanded(self._variables, self._saved)

    def _save(self, value: Value, name: str) -> None:
        if name in self._variables:
            raise ScenarioError(f"`{name}` is one of the scenario's `variables` already", place=value.key)
        self._saved.setdefault(name, value.place)

    def _operate(self, action: Action) -> _Reader:
        def read(value: Value) -> Operate:
            fields = value.fields(action, *(("signal",) if action is Action.KILL else ()))
            service = fields.need(action, self._service)
            return Operate(value.place, action, service, fields.get("signal", _signal, "SIGKILL"))

        return read

    def _eventually(self, value: Value) -> Eventually:
        fields = value.fields("eventually", "within")
        check = fields.need("eventually", self._check)
        if isinstance(check, Http) and check.method not in ("GET", "HEAD"):
            raise fields.entries["eventually"].error(f"a {check.method} that is sent again does its work again")
        return Eventually(value.place, check, fields.get("within", Value.seconds, 10.0))

    def _hold(self, value: Value) -> Hold:
        fields = value.fields("hold", "mode", "steps")
        table = self._expanded(fields.need("hold", lambda item: item)).text()
        steps = fields.need("steps", each(self._step, least=1))
        return Hold(value.place, table, steps, fields.get("mode", _lock_mode, "ACCESS EXCLUSIVE"))

    def _parallel(self, value: Value) -> Parallel:
        fields = value.fields("parallel", "expect")
        checks = fields.need("parallel", each(self._check, least=2))
        if "expect" not in fields.entries:
            return Parallel(value.place, checks)
        expect = fields.entries["expect"].fields("statuses")
        statuses = expect.need("statuses", each(lambda code: code.integer(100, 599)))
        return Parallel(
            value.place, _any_status(checks), self._counted(statuses, checks, expect.entries["statuses"])
        )

    def _counted(self, statuses: Sequence[int], checks: Sequence[Check], value: Value) -> tuple[int, ...]:
        requests = sum(isinstance(check, Http) for check in checks)
        if len(statuses) != requests:
            raise value.error(f"{len(statuses)} statuses for {requests} requests")
        return tuple(sorted(statuses))

    def _snapshot(self, value: Value) -> Snapshot:
        fields = value.fields("snapshot")
        name = fields.need("snapshot", Value.text)
        if name in self._snapshots:
            line = self._snapshots[name].line
            raise fields.entries["snapshot"].error(f"snapshot `{name}` is taken in line {line} already")
        self._snapshots[name] = value.place
        return Snapshot(value.place, name)

    def _unchanged(self, value: Value) -> Unchanged:
        fields = value.fields("unchanged", "allow")
        name = fields.need("unchanged", Value.text)
        if name not in self._snapshots:
            hint = did_you_mean(name, self._snapshots)
            advice = f"put `- snapshot: {name}` before the step that may change something"
            raise fields.entries["unchanged"].error(f"no earlier step takes snapshot `{name}`{hint}", help=advice)
        return Unchanged(value.place, name, fields.get("allow", each(Value.text), ()))


def _any_status(checks: Sequence[Check]) -> tuple[Check, ...]:
    return tuple(replace(check, status=None) if isinstance(check, Http) else check for check in checks)


def _signal(value: Value) -> str:
    name = value.text()
    if not _SIGNAL.fullmatch(name):
        raise value.wrong("the name of a signal such as SIGTERM")
    return name


def _lock_mode(value: Value) -> str:
    return value.one_of(LOCK_MODES)
