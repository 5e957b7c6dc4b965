"""The step that talks to a service over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import urllib3
from tenacity import Retrying, retry_if_result, stop_before_delay, wait_fixed

from harness.clock import Clock
from harness.engine.model import ContainerState
from harness.errors import ScenarioError
from harness.scenario.model import Http

_PAUSE = 0.1
_ATTEMPT = urllib3.Timeout(connect=2.0, read=10.0)


def send(step: Http, inspect: Callable[[], ContainerState], clock: Clock) -> str:
    """Send the request and return what is wrong with the answer, empty when nothing is.

    A GET is tried again until the answer is right or `step.within` seconds are over; anything else is sent once.
    The container is inspected each time: one that restarts is published at another port afterwards.
    """
    with urllib3.PoolManager(retries=False, timeout=_ATTEMPT) as pool:
        if step.method != "GET":
            return _once(step, pool, inspect())
        retrying = Retrying(
            retry=retry_if_result(bool),
            wait=wait_fixed(_PAUSE),
            stop=stop_before_delay(step.within),
            sleep=clock.sleep,
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else "not sent",
        )
        return str(retrying(lambda: _once(step, pool, inspect())))


def _address(step: Http, container: ContainerState) -> str:
    """Return host:port at which the container's port is published just now."""
    published = {
        int(name.partition("/")[0]): addresses[0]
        for name, addresses in container.ports.items()
        if addresses and name.endswith("/tcp")
    }
    if step.port is None and len(published) == 1:
        host, port = next(iter(published.values()))
        return f"{host}:{port}"
    if step.port not in published:
        known = ", ".join(map(str, sorted(published))) or "none"
        raise ScenarioError(
            f"service {step.service} does not publish port {step.port or '(none given)'}; it publishes: {known}",
            place=step.place,
            help="add the port to `ports` in the compose file, or name another with `port`",
        )
    host, port = published[step.port]
    return f"{host}:{port}"


def _once(step: Http, pool: urllib3.PoolManager, container: ContainerState) -> str:
    if not container.is_running:
        return f"{step.method} {step.path}: {step.service} does not run: it is {container.status}"
    url = f"http://{_address(step, container)}{step.path}"
    body = None if step.json is None else json.dumps(step.json).encode()
    content = {} if body is None else {"Content-Type": "application/json"}
    try:
        answer = pool.request(step.method, url, body=body, headers={**content, **step.headers})
    except urllib3.exceptions.HTTPError as error:
        return f"{step.method} {step.path}: no answer: {error}"
    return _problem(step, answer.status, answer.data)


def _problem(step: Http, status: int, data: bytes) -> str:
    text = data[:300].decode(errors="replace")
    if status != step.status:
        return f"{step.method} {step.path}: status {status} instead of {step.status}: {text}"
    if not step.expect_json:
        return ""
    try:
        document = json.loads(data)
    except ValueError:
        return f"{step.method} {step.path}: the answer is not JSON: {text}"
    differences = (_differs(document, path, value) for path, value in step.expect_json.items())
    return next(filter(None, differences), "")


def _differs(document: Any, path: str, expected: Any) -> str:
    found = document
    for part in path.split("."):
        if isinstance(found, Mapping) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return f"the answer has nothing at {path}"
    return "" if found == expected else f"{path} is {json.dumps(found)} instead of {json.dumps(expected)}"
