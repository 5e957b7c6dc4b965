"""Requests to a service's published port, against a real server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from harness.engine.model import ContainerState
from harness.errors import Place, ScenarioError
from harness.scenario.http import send
from harness.scenario.model import Http

HERE = Place("scenario.yaml", 7, 3)
GET = Http(HERE, "GET", "/readyz", "server", expect_json={"checks.0.name": "db"})
DOWN = ContainerState("id", "server", {}, "image", "restarting")


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer with a document."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"checks": [{"name": "db"}]}')

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def up() -> Iterator[ContainerState]:
    """Give a container whose port is that of a server on this machine."""
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        ports = {"8080/tcp": (("127.0.0.1", server.server_port),)}
        yield replace(DOWN, status="running", ports=ports)
        server.shutdown()
        thread.join()


def test_an_answer_as_expected_is_no_problem(up: ContainerState) -> None:
    """The path into the document may go through lists."""
    assert send(GET, up).problem() == ""
    wanted = replace(GET, expect_json={"checks.0.name": "cache"})
    assert send(wanted, up).problem() == 'checks.0.name is "db" instead of "cache"'
    assert "status 200 instead of 404" in send(replace(GET, status=404), up).problem()
    assert send(replace(GET, status=None), up).problem() == ""


def test_what_is_saved_has_to_be_there(up: ContainerState) -> None:
    """A text is saved as it is, anything else as JSON; a path without a value is a problem."""
    step = replace(GET, save={"name": "checks.0.name", "all": "checks"})
    answer = send(step, up)
    assert answer.problem() == ""
    assert answer.saved() == {"name": "db", "all": '[{"name": "db"}]'}
    assert (
        send(replace(GET, save={"id": "id"}), up).problem() == "the answer has nothing at id, which is to be saved"
    )


def test_a_container_that_does_not_run_is_a_problem_of_the_stack(up: ContainerState) -> None:
    """It publishes nothing while it is down: the scenario is right all the same."""
    assert "server does not run: it is restarting" in send(replace(GET, method="POST"), DOWN).problem()
    with pytest.raises(ScenarioError, match="does not publish port 9090; it publishes: 8080"):
        send(replace(GET, port=9090), up)
