"""The order in which an engine is looked for, with real sockets."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from harness.engine.address import EngineAddress, answers, connect, find_engine, private_engine
from harness.errors import EngineUnavailableError, UsageError
from tests.host.scripted_api import ScriptedApi

NOWHERE = Path("/nonexistent/docker.sock")


def context(home: Path, name: str, host: str) -> None:
    """Write a context as `docker context create` does."""
    folder = home / ".docker/contexts/meta" / f"id-of-{name}"
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))


def private(checkout: Path, url: str) -> None:
    """Write an address as `make engine` does."""
    (checkout / ".engine").mkdir()
    (checkout / ".engine/host").write_text(f"{url}\n")


def test_docker_host_comes_first_and_need_not_answer(api: ScriptedApi, tmp_path: Path) -> None:
    """DOCKER_HOST goes before a context and is returned unasked, so that an error can name it."""
    context(tmp_path, "work", api.url)
    environment = {"DOCKER_HOST": "ssh://somewhere", "DOCKER_CONTEXT": "work", "HOME": str(tmp_path)}
    assert find_engine(environment, tmp_path) == EngineAddress("ssh://somewhere", "DOCKER_HOST")
    assert api.calls == []


def test_the_context_of_the_environment_goes_before_the_current_one(tmp_path: Path) -> None:
    """DOCKER_CONTEXT wins over `docker context use`, which wins over the default socket."""
    context(tmp_path, "work", "tcp://work:2375")
    context(tmp_path, "play", "tcp://play:2375")
    (tmp_path / ".docker/config.json").write_text('{"currentContext": "play"}')
    home = {"HOME": str(tmp_path)}
    assert find_engine(home, tmp_path) == EngineAddress("tcp://play:2375", "context play")
    assert find_engine({**home, "DOCKER_CONTEXT": "work"}, tmp_path) == EngineAddress(
        "tcp://work:2375", "context work"
    )


def test_docker_config_moves_the_contexts(tmp_path: Path) -> None:
    """DOCKER_CONFIG names the folder that is ~/.docker otherwise."""
    context(tmp_path, "work", "tcp://work:2375")
    environment = {"HOME": "/nonexistent", "DOCKER_CONFIG": str(tmp_path / ".docker"), "DOCKER_CONTEXT": "work"}
    assert find_engine(environment, tmp_path) == EngineAddress("tcp://work:2375", "context work")


def test_a_context_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    """A chosen context is never passed over for some other engine."""
    with pytest.raises(EngineUnavailableError, match="'typo' does not exist") as caught:
        find_engine({"DOCKER_CONTEXT": "typo", "HOME": str(tmp_path)}, tmp_path)
    assert "docker context ls" in caught.value.help


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_broken_configuration_is_named(tmp_path: Path, text: str) -> None:
    """A configuration of Docker's that cannot be read is a usage error at its path."""
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/config.json").write_text(text)
    with pytest.raises(UsageError, match=r"config\.json: not a JSON"):
        find_engine({"HOME": str(tmp_path)}, tmp_path)


def test_the_default_context_is_the_default_socket(api: ScriptedApi, tmp_path: Path) -> None:
    """The context named default has no file: it stands for the default socket, which has to answer."""
    environment = {"DOCKER_CONTEXT": "default", "HOME": str(tmp_path)}
    default = Path(api.url.removeprefix("unix://"))
    assert find_engine(environment, tmp_path, default_socket=default) == EngineAddress(api.url, "default socket")
    assert find_engine(environment, tmp_path, default_socket=NOWHERE) is None


def test_the_private_engine_is_found_from_within_the_checkout(api: ScriptedApi, tmp_path: Path) -> None:
    """The address that `make engine` wrote holds for all folders below the checkout."""
    private(tmp_path, api.url)
    below = tmp_path / "a/b"
    below.mkdir(parents=True)
    assert find_engine({}, below, default_socket=NOWHERE) == EngineAddress(api.url, "private engine")


def test_a_private_engine_that_is_gone_is_none(tmp_path: Path) -> None:
    """A left-over address of an engine that does not answer is no engine, though it can be asked for."""
    private(tmp_path, "unix:///nonexistent/docker.sock")
    assert find_engine({}, tmp_path, default_socket=NOWHERE) is None
    assert private_engine(tmp_path) == EngineAddress("unix:///nonexistent/docker.sock", "private engine")


def test_only_an_engine_answers(api: ScriptedApi) -> None:
    """A web server that says something else, or an address in another manner, is no engine."""
    assert answers(api.url)
    api.ping = b"hello"
    assert not answers(api.url)
    assert not answers("ssh://somewhere")
    assert not answers("unix:///nonexistent/docker.sock")


def test_a_silent_socket_does_not_hold_anybody_up(socket_folder: Path) -> None:
    """A socket that takes connections and says nothing is given up after the time it was given."""
    path = socket_folder / "s.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        assert not answers(f"unix://{path}", seconds=0.05)


def test_an_engine_answers_over_tcp_too() -> None:
    """A plain tcp:// address is asked as a socket is; its default port is 2375."""
    connection = connect("tcp://127.0.0.1", 1)
    assert (connection.host, connection.port) == ("127.0.0.1", 2375)
