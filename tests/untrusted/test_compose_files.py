"""Hostile compose files: refused at once or limited, with one clear error, and nothing is left running."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from harness.compose.resolve import resolve
from harness.compose.source import locate, mention
from harness.errors import ComposeError

LAUGHS = "x-0: &a0 [ha, ha, ha]\n" + "".join(
    f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
MERGES = "x-0: &a0 {k: v}\n" + "".join(
    f"x-{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
SERVICE = "services: {a: {image: x}}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{LAUGHS}services: {{a: {{image: x, command: *a9}}}}\n", "its aliases make more than 100000 values"),
        (f"{MERGES}services: {{a: {{<<: *a11, image: x}}}}\n", "its aliases make more than 100000 values"),
        ("x-a: &a {<<: *a, b: *a}\n" + SERVICE, "an alias stands inside of its own anchor"),
        ("services: &a\n  a: {image: x}\n  b: *a\n", "an alias stands inside of its own anchor"),
        ("x-a: &a1 []\nx-b: [*a1]\nservices: " + "[" * 500 + "]" * 500, "it is nested too deeply"),
        ("services: " + "{a: " * 20_000 + "}" * 20_000, "it is nested too deeply"),
        ("[" * 20_000, "nested too deeply"),
        (SERVICE + "#" * (4 << 20), "it is larger than 4 MiB"),
    ],
    ids=["laughs", "merges", "own merge", "own service", "deep with aliases", "deep", "open brackets", "large"],
)
def test_a_bomb_is_refused_in_a_moment(tmp_path: Path, text: str, message: str) -> None:
    """Compose itself takes minutes and gigabytes over some of these; nobody waits for it."""
    file = tmp_path / "compose.yml"
    file.write_text(text)
    began = time.monotonic()
    with pytest.raises(ComposeError, match=message) as caught:
        resolve([file])
    assert caught.value.place is not None
    assert time.monotonic() - began < 10


def test_aliases_of_ordinary_use_are_no_bomb(tmp_path: Path) -> None:
    """Anchors and merge keys are how people share parts between services."""
    file = tmp_path / "compose.yml"
    file.write_text("x-a: &a {image: x, restart: always}\nservices:\n  a: *a\n  b: {<<: *a, restart: 'no'}\n")
    assert {service.restart.name for service in resolve([file]).services.values()} == {"always", "no"}


@pytest.mark.parametrize("kind", ["compose file", "env file"])
def test_a_pipe_is_no_file(tmp_path: Path, kind: str) -> None:
    """Reading one would wait for a writer that never comes."""
    pipe, file = tmp_path / "pipe", tmp_path / "compose.yml"
    os.mkfifo(pipe)
    file.write_text(SERVICE)
    with pytest.raises(ComposeError, match="it is a pipe or a device"):
        resolve([pipe]) if kind == "compose file" else resolve([file], env_files=[pipe])


@pytest.mark.soak
def test_what_compose_reads_without_an_end_is_cut_off(tmp_path: Path) -> None:
    """An env file that a service names is read by Compose alone: its time and its memory are limited."""
    file = tmp_path / "compose.yml"
    file.write_text("services: {a: {image: x, env_file: /dev/zero}}\n")
    with pytest.raises(ComposeError, match="ran out of time or memory"):
        resolve([file])


@pytest.mark.parametrize("text", [LAUGHS, MERGES, "x: &x [*x, {y: *x}]\n", "a: &a\n  <<: *a\n", "[" * 800])
def test_places_are_found_or_not_but_never_searched_for_without_an_end(tmp_path: Path, text: str) -> None:
    """Each node is looked at once, whatever its aliases make of it."""
    file = tmp_path / "compose.yml"
    file.write_text(text)
    began = time.monotonic()
    locate([file], "x-9.<nothing>")
    locate([file], "x.<nothing>")
    locate([file], "a.b.c")
    assert mention([file], "nothing") is None
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "data", [b"services: {a: {image: \xe4}}\n", b"services: {a: {image: x\0}}\n", b"", b"\xff\xfe"]
)
def test_what_is_no_text_is_an_error_and_no_crash(tmp_path: Path, data: bytes) -> None:
    """Broken UTF-8, NUL bytes, nothing at all."""
    file = tmp_path / "compose.yml"
    file.write_bytes(data)
    with pytest.raises(ComposeError):
        resolve([file])


def test_a_secret_in_what_compose_complains_of_is_masked(tmp_path: Path) -> None:
    """Compose quotes the value that it cannot read, whatever its name says."""
    file = tmp_path / "compose.yml"
    file.write_text("services: {a: {image: x, mem_limit: '${API_TOKEN}'}}\n")
    with pytest.raises(ComposeError) as caught:
        resolve([file], environment={**os.environ, "API_TOKEN": "hunter2secret"})
    assert "hunter2secret" not in str(caught.value)
