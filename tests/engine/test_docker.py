"""The real engine: logs, commands and events at their limits."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from harness.engine.docker import DockerEngine
from harness.errors import EngineError, EngineTimeoutError, NotFoundError

pytestmark = pytest.mark.docker


def play(real: Any, script: str, **settings: Any) -> str:
    """Run a shell script in a container to its end; return the container."""
    container: str = real.run(Entrypoint=["/bin/sh", "-c", script], **settings)
    real.until(lambda: real.engine.inspect(container).status == "exited")
    return container


def test_both_streams_are_told_apart(real: Any) -> None:
    """Lines of stdout and of stderr carry the name of their stream."""
    container = play(real, "echo out; sleep 0.1; echo err >&2")
    assert [(line.text, line.stream) for line in real.engine.logs(container)] == [
        ("out", "stdout"),
        ("err", "stderr"),
    ]


def test_a_terminal_has_a_log_too(real: Any) -> None:
    """A container with a terminal sends no frames; its lines are read all the same."""
    container = play(real, "echo one; sleep 0.05; echo two", Tty=True)
    assert [line.text for line in real.engine.logs(container)] == ["one", "two"]


def test_the_log_of_a_terminal_can_be_followed(real: Any) -> None:
    """Without frames, too, each line arrives when it is written, and the stream ends with the life."""
    container = real.run(Entrypoint=["/bin/sh", "-c", "echo one; sleep 0.7; echo two"], Tty=True)
    stream = iter(real.engine.follow(container))
    assert next(stream).text == "one"
    assert real.engine.inspect(container).is_running
    assert [line.text for line in stream] == ["two"]


def test_a_line_beyond_the_engines_entry_is_one_line(real: Any) -> None:
    """A line of 40 000 bytes, which the engine keeps in three entries, comes back whole; a longer one is cut."""
    script = "head -c 40000 /dev/zero | tr '\\0' x; echo; head -c 100000 /dev/zero | tr '\\0' y; echo; echo end"
    lines = real.engine.logs(play(real, script))
    assert [line.text for line in lines] == ["x" * 40_000, "y" * 65_536, "end"]


def test_the_end_of_a_large_log_is_kept(real: Any) -> None:
    """Of a log of 9 MB the last 4 MiB are told, up to the last line, and the first 256 KiB if asked for."""
    container = play(real, "echo begin; yes 'a line of a flood' | head -n 400000; sleep 0.1; echo end")
    lines = real.engine.logs(container)
    assert lines[-1].text == "end"
    assert 50_000 < len(lines) < 4 * 2**20 / 50
    assert len(real.engine.logs(container, tail=3)) == 3
    head = real.engine.log_head(container)
    assert head[0].text == "begin"
    assert 1000 < len(head) < 256 * 2**10 / 50


def test_bytes_that_are_no_text_do_not_break_a_log(real: Any) -> None:
    """Invalid UTF-8 is replaced."""
    assert real.engine.logs(play(real, "printf 'a\\377b\\n'"))[0].text == "a\ufffdb"


def test_a_command_that_hangs_is_left_in_time(real: Any) -> None:
    """The time-out is kept for a command that says nothing, and for one that never stops talking."""
    container = real.run()
    for script in ("sleep 30", "while :; do echo x; done"):
        begin = time.monotonic()
        with pytest.raises(EngineTimeoutError, match=r"within 0\.5 s"):
            real.engine.exec(container, ["/bin/sh", "-c", script], timeout=0.5)
        assert 0.5 <= time.monotonic() - begin < 2


def test_a_command_reads_its_stdin_to_the_end(real: Any) -> None:
    """A megabyte goes in and comes out, and the command sees the end of it; empty input ends at once."""
    container, data = real.run(), b"0123456789abcdef" * 65_536
    assert real.engine.exec(container, ["cat"], timeout=20, stdin=data).output == data.decode()
    assert real.engine.exec(container, ["cat"], timeout=20, stdin=b"").output == ""


def test_a_command_may_ignore_its_stdin(real: Any) -> None:
    """A command that ends without reading a large input has its exit code told."""
    container = real.run()
    assert real.engine.exec(container, ["false"], timeout=20, stdin=b"x" * 5_000_000).exit_code == 1


def test_a_command_has_its_environment(real: Any) -> None:
    """Variables reach the command, both streams come back, and so does what is no UTF-8."""
    container = real.run()
    script = "echo \"$A\"; printf 'e\\377\\n' >&2"
    result = real.engine.exec(container, ["/bin/sh", "-c", script], timeout=20, environment={"A": "b c"})
    assert sorted(result.output.splitlines()) == ["b c", "e\ufffd"]


def test_threads_do_not_get_into_each_others_way(real: Any) -> None:
    """Many calls at once, from several threads, each get their own answer."""
    container = real.run()

    def ask(number: int) -> str:
        result = real.engine.exec(container, ["echo", str(number)], timeout=20)
        assert real.engine.inspect(container).id == container
        return str(result.output)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(24))) == [f"{number}\n" for number in range(24)]


def test_two_removals_at_once_are_fine(real: Any) -> None:
    """A removal that meets another one which is under way waits until the container is gone."""
    container = real.run()
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(real.engine.remove_container, container) for _ in range(4)]:
            done.result()
    with pytest.raises(NotFoundError):
        real.engine.inspect(container)


def test_files_reach_a_volume_before_the_first_start(real: Any) -> None:
    """A file can be put into a volume of a container that was never started."""
    volume = real.name()
    real.engine.create_volume(volume, {"Labels": real.labels})
    mounts = [{"Type": "volume", "Source": volume, "Target": "/data"}]
    container = real.create(HostConfig={"Mounts": mounts})
    real.engine.put_files(container, {"/data/a": b"content"})
    real.engine.start(container)
    assert real.engine.exec(container, ["cat", "/data/a"], timeout=20).output == "content"


def test_a_published_port_is_told(real: Any) -> None:
    """A port that the engine chose stands in inspect while the container runs."""
    bindings = {"5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}
    container = real.run(ExposedPorts={"5432/tcp": {}}, HostConfig={"PortBindings": bindings})
    ((address, port),) = real.engine.inspect(container).ports["5432/tcp"]
    assert (address, port > 0) == ("127.0.0.1", True)


def test_an_error_names_what_was_done_in_the_engines_words(real: Any) -> None:
    """A refusal says what could not be done and why, with ids of twelve characters."""
    container = real.run(Entrypoint=["/bin/sh", "-c", "exit 0"])
    real.until(lambda: not real.engine.inspect(container).is_running)
    with pytest.raises(EngineError) as caught:
        real.engine.kill(container)
    assert caught.value.message.startswith(f"cannot kill container {container[:12]}: ")
    assert "is not running" in caught.value.message
    assert container not in caught.value.message


def test_a_command_that_cannot_be_started_is_an_error_of_the_start(real: Any) -> None:
    """An entrypoint that does not exist is told when the container is started, and stands in inspect."""
    container = real.create(Entrypoint=["/no/such/program"])
    with pytest.raises(EngineError, match="no such file or directory"):
        real.engine.start(container)
    assert real.engine.inspect(container).exit_code == 127
    assert "no such file" in real.engine.inspect(container).error


@pytest.fixture
def over_tcp(engine_address: str) -> Iterator[DockerEngine]:
    """Reach the engine over TCP, through a small relay to its socket."""
    stack = [socket.create_server(("127.0.0.1", 0))]

    def relay() -> None:
        with suppress(OSError):
            while True:
                client, _ = stack[0].accept()
                daemon = socket.socket(socket.AF_UNIX)
                daemon.connect(urlsplit(engine_address).path)
                stack.extend((client, daemon))
                for source, sink in ((client, daemon), (daemon, client)):
                    threading.Thread(target=_pump, args=(source, sink), daemon=True).start()

    threading.Thread(target=relay, daemon=True).start()
    engine = DockerEngine(f"tcp://127.0.0.1:{stack[0].getsockname()[1]}")
    yield engine
    engine.close()
    for each in stack:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def test_an_engine_behind_tcp_is_the_same(over_tcp: DockerEngine, real: Any) -> None:
    """Commands with stdin, logs, events and the end of a blocked read work over TCP as well."""
    stream = over_tcp.events(real.labels)
    container = real.run()
    assert over_tcp.exec(container, ["cat"], timeout=20, stdin=b"x" * 100_000).output == "x" * 100_000
    assert over_tcp.logs(container) == []
    assert [event.action for _, event in zip(range(2), stream, strict=False)] == ["create", "start"]
    reader = threading.Thread(target=list, args=(stream,), daemon=True)
    reader.start()
    time.sleep(0.05)
    stream.close()
    reader.join(timeout=5)
    assert not reader.is_alive()
