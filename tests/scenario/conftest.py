from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a working directory with what the scenarios in it refer to."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "smoke" / "sql").mkdir(parents=True)
    for name in ("shared.yml", "smoke/compose.yml", "smoke/.env", "smoke/sql/1.sql"):
        (tmp_path / name).touch()
    (tmp_path / "smoke" / "loop").symlink_to("loop")
    return tmp_path
