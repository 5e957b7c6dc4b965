"""The check that talks to a service over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import urllib3

from harness.engine.model import ContainerState
from harness.errors import Place, ScenarioError
from harness.scenario.model import Http

_ATTEMPT = urllib3.Timeout(connect=2.0, read=10.0)


class NoSuchPathError(LookupError):
    """A JSON document has nothing at a dotted path."""


class Answer:
    """What came back: a status and a body, or why nothing did."""

    def __init__(self, step: Http, status: int, data: bytes, error: str = "") -> None:
        self._step = step
        self.status = status
        self._data = data
        self._error = error

    def problem(self) -> str:
        """Say what is wrong with it, in one line; empty when nothing is."""
        step = self._step
        if self._error:
            return self._error
        text = self._data[:300].decode(errors="replace")
        if step.status is not None and self.status != step.status:
            return f"{step.method} {step.path}: status {self.status} instead of {step.status}: {text}"
        if not step.expect_json and not step.save:
            return ""
        try:
            document = json.loads(self._data)
        except ValueError:
            return f"{step.method} {step.path}: the answer is not JSON: {text}"
        expected = (_differs(document, path, value) for path, value in step.expect_json.items())
        lacking = (_lacks(document, path) for path in step.save.values())
        return next(filter(None, (*expected, *lacking)), "")

    def saved(self) -> dict[str, str]:
        """Return what the step saves of a good answer."""
        if not self._step.save:
            return {}
        document = json.loads(self._data)
        return {name: _text(_at(document, path)) for name, path in self._step.save.items()}


def send(step: Http, container: ContainerState) -> Answer:
    """Send the request once, to where the container's port is published just now."""
    if not container.is_running:
        problem = f"{step.method} {step.path}: {step.service} does not run: it is {container.status}"
        return Answer(step, 0, b"", problem)
    url = f"http://{address(container, step.service, step.port, step.place)}{step.path}"
    body = None if step.json is None else json.dumps(step.json).encode()
    content = {} if body is None else {"Content-Type": "application/json"}
    with urllib3.PoolManager(retries=False, timeout=_ATTEMPT) as pool:
        try:
            answer = pool.request(step.method, url, body=body, headers={**content, **step.headers})
        except urllib3.exceptions.HTTPError as error:
            return Answer(step, 0, b"", f"{step.method} {step.path}: no answer: {error}")
    return Answer(step, answer.status, answer.data)


def address(container: ContainerState, service: str, port: int | None, place: Place) -> str:
    """Return host:port at which a service's port is published; its only one when `port` is None."""
    published = {
        int(name.partition("/")[0]): addresses[0]
        for name, addresses in container.ports.items()
        if addresses and name.endswith("/tcp")
    }
    if port is None and len(published) == 1:
        (port,) = published
    if port not in published:
        known = ", ".join(map(str, sorted(published))) or "none"
        raise ScenarioError(
            f"service {service} does not publish port {port or '(none given)'}; it publishes: {known}",
            place=place,
            help="add the port to `ports` in the compose file, or name another with `port`",
        )
    host, number = published[port]
    return f"{host}:{number}"


def _at(document: Any, path: str) -> Any:
    """Return what a document has at a dotted path; numbers are places in a list."""
    found = document
    for part in path.split("."):
        if isinstance(found, Mapping) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            raise NoSuchPathError(path)
    return found


def _differs(document: Any, path: str, expected: Any) -> str:
    if path == "":
        found = document
    else:
        try:
            found = _at(document, path)
        except NoSuchPathError:
            return f"the answer has nothing at {path}"
    where = path or "the answer"
    return "" if found == expected else f"{where} is {json.dumps(found)[:300]} instead of {json.dumps(expected)}"


def _lacks(document: Any, path: str) -> str:
    try:
        _at(document, path)
    except NoSuchPathError:
        return f"the answer has nothing at {path}, which is to be saved"
    return ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
