"""What `bootsmoke diagnose` can be given."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from harness.diagnose import source
from harness.diagnose.model import Cause
from harness.diagnose.source import load
from harness.errors import UsageError

CAUSE = Cause("BOOT101", "title", "server", "message", "advice", path="1.sql", line=3)


def run_folder(path: Path, cause: Cause | None = CAUSE) -> Path:
    """Write what a run leaves whose last boot failed."""
    results: list[dict[str, Any]] = [
        {"verdict": "ready", "service": "postgres", "cause": None},
        {
            "verdict": "failed",
            "service": "server",
            "cause": cause.document() | {"latency_ms": 1} if cause else None,
        },
    ]
    records = [{"kind": "run.started"}, {"kind": "boot.finished", "scenario": "check", "results": results}]
    (path / "check").mkdir(parents=True)
    (path / "journal.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in records) + '{"kind": "cut')
    (path / "check/server-1-9.log").write_text("before\n")
    (path / "check/server-1-10.log").write_text("boom\n")
    (path / "check/server-extra-1-11.log").write_text("fine\n")
    return path


def packed(path: Path, *members: tuple[str, bytes]) -> Path:
    """Write an archive."""
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def test_a_runs_folder_tells_its_own_cause(tmp_path: Path) -> None:
    """The journal's cause is taken, and the log of the service that failed."""
    found = load(run_folder(tmp_path / "run"))
    assert (found.cause, found.log) == (CAUSE, "boom\n")


def test_a_run_without_a_cause_leaves_its_log(tmp_path: Path) -> None:
    """Where the run itself knew none, the log may tell more."""
    found = load(run_folder(tmp_path / "run", None))
    assert (found.cause, found.log) == (None, "boom\n")


def test_postgres_of_the_run_is_heard(tmp_path: Path) -> None:
    """Its log stands before the server's, as both are looked at together."""
    folder = run_folder(tmp_path / "run", None)
    (folder / "check/postgres-1-3.log").write_text("LOG:  database system is ready to accept connections\n")
    assert load(folder).log == "LOG:  database system is ready to accept connections\n\nboom\n"


def test_a_packed_run_is_read_in_place(tmp_path: Path) -> None:
    """A .tar.gz of the folder, under any name, gives the same; nothing is unpacked."""
    folder = run_folder(tmp_path / "run")
    files = [(f"top/{file.relative_to(folder)}", file.read_bytes()) for file in folder.rglob("*") if file.is_file()]
    bundle = packed(tmp_path / "run.tar.gz", *files, ("../../escape.log", b"x"), ("/abs/x.log", b"x"))
    before = sorted(tmp_path.rglob("*"))
    found = load(bundle)
    assert (found.cause, found.log) == (CAUSE, "boom\n")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A folder from elsewhere cannot have other files of this machine read."""
    folder = run_folder(tmp_path / "run", None)
    (tmp_path / "secret").write_text("secret")
    (folder / "check/server-1-10.log").unlink()
    (folder / "check/server-1-10.log").symlink_to(tmp_path / "secret")
    assert load(folder).log == "before\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_log_of_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    """What a shell has saved is decoded, and what cannot be is replaced."""
    (tmp_path / "log").write_bytes("Zeile é\n".encode(encoding))
    assert load(tmp_path / "log").log.startswith("Zeile ")


def test_the_end_of_a_large_log_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says why it ended at its end."""
    monkeypatch.setattr(source, "MOST", 8)
    (tmp_path / "log").write_text("0123456789")
    assert load(tmp_path / "log").log == "23456789"


def test_what_is_no_run_is_told(tmp_path: Path) -> None:
    """A missing file, a folder without a journal, a broken journal and an archive of too much are usage errors."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/journal.jsonl").write_text("no\n")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd/journal.jsonl").write_text('[1]\n{"kind": "boot.finished"}\n')
    many = packed(tmp_path / "many.tar.gz", *((f"{number}.log", b"") for number in range(10_001)))
    for path in (tmp_path / "absent", tmp_path / "empty", tmp_path / "broken", tmp_path / "odd", many):
        with pytest.raises(UsageError) as told:
            load(path)
        assert told.value.place is not None
