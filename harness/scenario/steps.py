"""Reads the steps of a scenario."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.errors import Place, ScenarioError
from harness.outcome import Verdict
from harness.scenario.model import Boot, BootExpectation, Http, Recreate, Snapshot, Step, Unchanged
from harness.scenario.value import Value, did_you_mean, each, mapping

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SQLSTATE = re.compile(r"[0-9A-Z]{5}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A field name of HTTP (RFC 9110, 5.1)."""


@dataclass(frozen=True, slots=True)
class _HttpExpectation:
    status: int = 200
    json: Mapping[str, Any] = field(default_factory=dict)


class StepReader:
    """Reads steps one after the other; knows the snapshots that were taken so far."""

    def __init__(self, service: Callable[[Value], str], default_service: str | None) -> None:
        self._service = service
        self._default_service = default_service
        self._snapshots: dict[str, Place] = {}

    def read(self, value: Value) -> tuple[Step, ...]:
        """Return the steps; the first one has to be a boot."""
        steps = each(self._step, least=1)(value)
        if not isinstance(steps[0], Boot):
            raise ScenarioError(
                "the first step has to be a boot: nothing runs before it",
                place=steps[0].place,
                help="begin with `- boot: cold`",
            )
        return steps

    def _step(self, value: Value) -> Step:
        readers: Mapping[str, Callable[[Value], Step]] = {
            "boot": self._boot,
            "recreate": self._recreate,
            "http": self._http,
            "snapshot": self._snapshot,
            "unchanged": self._unchanged,
        }
        entries = value.entries()
        kinds = [name for name in entries if name in readers]
        if len(kinds) > 1:
            message = f"a step does one thing; this one has `{kinds[0]}` and `{kinds[1]}`"
            raise ScenarioError(message, place=entries[kinds[1]].key)
        if not kinds:
            hint = next(filter(None, (did_you_mean(name, readers) for name in entries)), "")
            advice = f"a step has one of {', '.join(readers)}"
            raise value.error(f"this is no known step{hint}", help=advice)
        return readers[kinds[0]](value)

    def _boot(self, value: Value) -> Boot:
        fields = value.fields("boot", "expect")
        warm = "a warm boot is `recreate: SERVICE`"
        fields.need("boot", lambda kind: kind.one_of(["cold"], help=warm))
        return Boot(value.place, fields.get("expect", _boot_expectation, BootExpectation()))

    def _recreate(self, value: Value) -> Recreate:
        fields = value.fields("recreate", "environment", "image", "expect")
        return Recreate(
            place=value.place,
            services=fields.need("recreate", self._services),
            environment=fields.get("environment", mapping(Value.source), {}),
            image=fields.get("image", Value.text),
            expect=fields.get("expect", _boot_expectation, BootExpectation()),
        )

    def _services(self, value: Value) -> tuple[str, ...]:
        is_list = isinstance(value.content, tuple)
        return each(self._service, least=1)(value) if is_list else (self._service(value),)

    def _http(self, value: Value) -> Http:
        fields = value.fields("http", "service", "port", "headers", "json", "within", "expect")
        method, path = fields.need("http", _request)
        service = fields.get("service", self._service) or self._default_service
        if service is None:
            raise value.error("which service answers?", help="add `service` to the step or to the scenario")
        expect = fields.get("expect", _http_expectation, _HttpExpectation())
        return Http(
            place=value.place,
            method=method,
            path=path,
            service=service,
            port=fields.get("port", lambda port: port.integer(1, 65535)),
            headers=fields.get("headers", _headers, {}),
            json=fields.get("json", Value.json),
            status=expect.status,
            expect_json=expect.json,
            within=fields.get("within", Value.seconds, 5.0),
        )

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


def _boot_expectation(value: Value) -> BootExpectation:
    fields = value.fields("verdict", "sqlstate", "migration", "line", "object", "within")
    verdict = fields.get("verdict", lambda word: Verdict(word.one_of(Verdict)), Verdict.READY)
    causes = [name for name in fields.entries if name != "verdict"]
    if verdict is Verdict.READY and causes:
        message = f"`{causes[0]}` is about a boot that fails, and this one is expected to be ready"
        raise ScenarioError(message, place=fields.entries[causes[0]].key, help="expect `verdict: failed`")
    return BootExpectation(
        verdict=verdict,
        sqlstate=fields.get("sqlstate", _sqlstate),
        migration=fields.get("migration", _file_name),
        line=fields.get("line", lambda line: line.integer(1, 10_000_000)),
        object=fields.get("object", Value.text),
        within=fields.get("within", Value.seconds),
    )


def _sqlstate(value: Value) -> str:
    """Return the code as it is written: 42710 is a number to YAML, and 2E000 another."""
    code = value.source()
    if not _SQLSTATE.fullmatch(code):
        raise value.wrong("five digits or capital letters such as 42P10")
    return code


def _file_name(value: Value) -> str:
    name = value.text()
    if not name or "/" in name:
        raise value.wrong("the name of a file, without its folder")
    return name


def _request(value: Value) -> tuple[str, str]:
    method, _, path = value.text().partition(" ")
    if method not in _METHODS:
        raise value.error(f"unknown method `{method}`", help=f"one of {', '.join(_METHODS)}, then the path")
    if not path.startswith("/"):
        raise value.error(f"the path `{path}` does not begin with a slash", help=f"write `{method} /{path}`")
    if not path.isascii() or not path.isprintable() or " " in path:
        raise value.error(f"the path `{path}` has to be URL-encoded", help="write %20 for a space")
    return method, path


def _headers(value: Value) -> dict[str, str]:
    for name, item in value.entries().items():
        if not _HEADER.fullmatch(name):
            raise ScenarioError(f"`{name}` is no name of a header", place=item.key)
        if not item.source().isascii() or not item.source().isprintable():
            raise item.error(f"{item.label} may hold printable ASCII only: it is a header")
    return mapping(Value.source)(value)


def _http_expectation(value: Value) -> _HttpExpectation:
    fields = value.fields("status", "json")
    return _HttpExpectation(
        status=fields.get("status", lambda code: code.integer(100, 599), 200),
        json=fields.get("json", mapping(Value.json), {}),
    )
