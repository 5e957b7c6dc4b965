"""Reads the steps that look at the stack: HTTP, SQL, commands, logs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.errors import ScenarioError
from harness.scenario.later import known
from harness.scenario.model import Check, Exec, Http, Logs, Sql
from harness.scenario.value import Value, each, mapping

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Those that a request may have."""
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A field name of HTTP (RFC 9110, 5.1)."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class _HttpExpectation:
    status: int = 200
    json: Mapping[str, Any] = field(default_factory=dict)


class CheckReader:
    """Reads `http`, `sql`, `exec` and `logs`; tells `save` which variables a check gives."""

    def __init__(
        self, service: Callable[[Value], str], default_service: str | None, save: Callable[[Value, str], None]
    ) -> None:
        self._service = service
        self._default_service = default_service
        self._save = save

    def readers(self) -> Mapping[str, Callable[[Value], Check]]:
        """Return the reader of each kind."""
        return {"http": self.http, "sql": self.sql, "exec": self.exec, "logs": self.logs}

    def http(self, value: Value) -> Http:
        """Read a request."""
        fields = value.fields("http", "service", "port", "headers", "json", "expect", "save")
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
            save=fields.get("save", self._saves, {}),
        )

    def sql(self, value: Value) -> Sql:
        """Read a query."""
        fields = value.fields("sql", "database", "expect", "save")
        return Sql(
            place=value.place,
            query=fields.need("sql", Value.text),
            database=fields.get("database", Value.text),
            rows=fields.get("expect", lambda expect: expect.fields("rows").need("rows", each(each(_cell)))),
            save=fields.get("save", self._saved),
        )

    def exec(self, value: Value) -> Exec:
        """Read a command, as a list of words: there is no shell unless it names one."""
        fields = value.fields("exec", "command", "expect")
        expect = fields.get("expect", _exec_expectation) or (0, None)
        return Exec(
            place=value.place,
            service=fields.need("exec", self._service),
            command=fields.need("command", each(Value.source, least=1)),
            exit_code=expect[0],
            contains=expect[1],
        )

    def logs(self, value: Value) -> Logs:
        """Read what a log has to hold."""
        fields = value.fields("logs", "contains", "lacks")
        contains, lacks = fields.get("contains", _texts) or (), fields.get("lacks", _texts) or ()
        if not contains and not lacks:
            raise value.error("what has to stand in the log?", help="add `contains` or `lacks`")
        return Logs(value.place, fields.need("logs", self._service), contains, lacks)

    def _saves(self, value: Value) -> dict[str, str]:
        for name, item in value.entries().items():
            self._checked(item, name)
        return mapping(Value.text)(value)

    def _saved(self, value: Value) -> str:
        name = value.text()
        self._checked(value, name)
        return name

    def _checked(self, value: Value, name: str) -> None:
        if not _NAME.fullmatch(name):
            message = f"`{name}` is no name of a variable: letters, digits and _, no digit first"
            raise ScenarioError(message, place=value.key)
        self._save(value, name)


def _texts(value: Value) -> tuple[str, ...]:
    return each(Value.text, least=1)(value) if isinstance(value.content, tuple) else (value.text(),)


def _cell(value: Value) -> str | None:
    """Return a value of a row as psql writes it."""
    match value.json():
        case None:
            return None
        case bool() as truth:
            return "t" if truth else "f"
        case _:
            return value.source()


def _exec_expectation(value: Value) -> tuple[int, str | None]:
    fields = value.fields("exit", "contains")
    return fields.get("exit", lambda code: code.integer(0, 255), 0), fields.get("contains", Value.text)


def _request(value: Value) -> tuple[str, str]:
    method, _, path = value.text().partition(" ")
    if method not in METHODS:
        raise value.error(f"unknown method `{method}`", help=f"one of {', '.join(METHODS)}, then the path")
    fixed = known(path)
    if not path.startswith("/"):
        raise value.error(f"the path `{fixed}` does not begin with a slash", help=f"write `{method} /{fixed}`")
    if not fixed.isascii() or not fixed.isprintable() or " " in fixed:
        raise value.error(f"the path `{fixed}` has to be URL-encoded", help="write %20 for a space")
    return method, path


def _headers(value: Value) -> dict[str, str]:
    for name, item in value.entries().items():
        if not _HEADER.fullmatch(name):
            raise ScenarioError(f"`{name}` is no name of a header", place=item.key)
        text = known(item.source())
        if not text.isascii() or not text.isprintable():
            raise item.error(f"{item.label} may hold printable ASCII only: it is a header")
    return mapping(Value.source)(value)


def _http_expectation(value: Value) -> _HttpExpectation:
    fields = value.fields("status", "json")
    return _HttpExpectation(
        status=fields.get("status", lambda code: code.integer(100, 599), 200),
        json=fields.get("json", mapping(Value.json), {}),
    )
