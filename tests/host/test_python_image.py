"""What the server's image needs of its base `python:X.Y-slim`, whether official or our stand-in."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Sequence

import pytest
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from compose.host.images import PYTHON
from compose.host.python_image import VERSION
from harness.engine import Engine
from harness.errors import NotFoundError

pytestmark = pytest.mark.docker

Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="session")
def image(docker_engine: Engine) -> str:
    """Name the image that `make images` left there: the compose file's own, or the stand-in."""
    name = f"python:{os.environ.get('PYTHON_VERSION') or PYTHON}-slim"
    try:
        docker_engine.image(name)
    except NotFoundError:
        return f"python:{VERSION}-slim"
    return name


@pytest.fixture
def run(docker_engine: Engine, docker_labels: dict[str, str], image: str) -> Run:
    """Run a command in a container of its own, with files put into /tmp first."""

    def run(command: Sequence[str], files: dict[str, bytes] | None = None, user: str = "") -> tuple[int, str]:
        name = f"bootsmoke-test-python-{docker_labels['dev.bootsmoke.test']}"
        body = {"Image": image, "Cmd": list(command), "Labels": docker_labels, "User": user}
        container = docker_engine.create_container(name, body)
        docker_engine.put_files(container, files or {})
        docker_engine.start(container)
        retry(
            retry=retry_if_result(lambda status: status != "exited"),
            wait=wait_fixed(0.05),
            stop=stop_after_delay(20),
        )(lambda: docker_engine.inspect(container).status)()
        log = "\n".join(line.text for line in docker_engine.logs(container))
        return docker_engine.inspect(container).exit_code, log

    return run


def wheel() -> bytes:
    """Make a wheel with one module and one command."""
    files = {
        "hello_wheel.py": "def main():\n    print('hello from a wheel')\n",
        "hello_wheel-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: hello-wheel\nVersion: 1\n",
        "hello_wheel-1.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "hello_wheel-1.dist-info/entry_points.txt": "[console_scripts]\nhello-wheel = hello_wheel:main\n",
        "hello_wheel-1.dist-info/RECORD": "",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def test_a_wheel_is_installed_without_a_network(run: Run) -> None:
    """`pip install --no-index` in a shell, as a RUN of a Dockerfile does it, makes modules and commands."""
    install = "python3 -m pip install --root-user-action ignore --no-index --find-links /tmp hello-wheel"
    code, log = run(["sh", "-c", f"{install} && hello-wheel"], {"/tmp/hello_wheel-1-py3-none-any.whl": wheel()})  # noqa: S108
    assert code == 0, log
    assert log.endswith("hello from a wheel")


def test_python_and_pip_have_their_usual_names(run: Run, image: str) -> None:
    """All four commands are there, and the version is the one in the image's name."""
    code, log = run(["sh", "-c", "python --version; python3 --version; pip --version; pip3 --version"])
    assert code == 0, log
    version = image.removeprefix("python:").removesuffix("-slim")
    assert [f" {version}" in line for line in log.splitlines()] == [True, True, True, True]


def test_the_standard_library_is_whole(run: Run) -> None:
    """Modules in C load with the libraries that they are linked to, for any user."""
    modules = (
        "ssl, sqlite3, ctypes, zlib, lzma, bz2, asyncio, hashlib, decimal, unittest.mock, zoneinfo, uuid, select"
    )
    code, log = run(
        ["python", "-c", f"import {modules}; ssl.create_default_context(); print('ok')"], user="10001:10001"
    )
    assert (code, log) == (0, "ok")


def test_wheels_find_the_libraries_that_they_may_count_on(run: Run) -> None:
    """What PEP 599 lets a binary wheel expect is there to be loaded."""
    names = [
        "libpthread.so.0",
        "libdl.so.2",
        "librt.so.1",
        "libm.so.6",
        "libutil.so.1",
        "libgcc_s.so.1",
        "libstdc++.so.6",
    ]
    code, log = run(["python", "-c", f"import ctypes\nfor name in {names}: ctypes.CDLL(name)"])
    assert (code, log) == (0, "")
