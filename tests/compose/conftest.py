"""Projects for the tests of the compose room: from a model in Python (no Compose), or from text (real Compose)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.compose.model import Project
from harness.compose.parse import Resolved, parse_project
from harness.compose.resolve import resolve

MakeProject = Callable[..., Project]
Load = Callable[..., Project]


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """Give a function that parses a resolved model; a service without an image gets one."""

    def make(services: Mapping[str, Any], *, version: str = "2.40.3", **top: Any) -> Project:
        variables = top.pop("variables", {})
        full = {name: {"image": "x", **service} for name, service in services.items()}
        model = {"name": "app", "services": full, **top}
        return parse_project(Resolved(model, {}, variables, (), tmp_path, version))

    return make


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Give a function that writes compose files (`compose.yml` and others) and resolves them with Compose."""

    def write_and_resolve(text: str, *, others: Mapping[str, str] | None = None, **options: Any) -> Project:
        for name, content in {"compose.yml": text, **(others or {})}.items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return resolve(**options)

    return write_and_resolve
