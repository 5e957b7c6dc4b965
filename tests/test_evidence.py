"""What a run leaves, and what may be given away of it."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path

import pytest

from harness.compose.model import Project, Service
from harness.engine.model import ContainerState
from harness.errors import BootsmokeError
from harness.evidence import SEAL, pack, save_containers, save_model, seal
from harness.redact import Redactor

SECRET = "Xk29vTq8LmPw"  # noqa: S105 - of the tests


def test_the_model_and_the_containers_are_saved_without_secrets(tmp_path: Path) -> None:
    """The model is what Compose resolved, without what it interpolated from; values are masked everywhere."""
    service = Service("server", "server:1", {"environment": {"TOKEN": SECRET}}, "h")
    project = Project(
        name="p",
        files=(tmp_path / "compose.yml",),
        directory=tmp_path,
        services={"server": service},
        networks={},
        volumes={},
        secrets={},
        configs={},
        variables={"HOME": "/home/somebody"},
    )
    save_model(tmp_path, project, Redactor([SECRET]))
    state = ContainerState("1", "n", {}, "i", "exited", environment={"URL": f"postgres://u:{SECRET}@h/d"})
    save_containers(tmp_path, {"server": state}, Redactor([SECRET]))
    model, inspected = ((tmp_path / name).read_text() for name in ("compose.json", "inspect.json"))
    assert json.loads(model)["services"]["server"]["config"] == {"environment": {"TOKEN": "***"}}
    assert json.loads(inspected)["server"]["environment"]["URL"] == "postgres://u:***@h/d"
    assert "somebody" not in model


def run_folder(folder: Path) -> Path:
    """Make a run's folder with two files."""
    run = folder / "R1"
    (run / "check").mkdir(parents=True)
    (run / "journal.jsonl").write_text('{"kind": "run.started"}\n')
    (run / "check/server-1-1.log").write_bytes(b"1.0 stderr \xff started\n")
    return run


def test_a_sealed_folder_is_packed_to_the_same_bytes_each_time(tmp_path: Path) -> None:
    """All files, in order, without users, times and modes; bytes that are no text stay as they are."""
    run = run_folder(tmp_path)
    assert seal(run, Redactor([SECRET])) == []
    for name in ("a.tgz", "b.tgz"):
        pack(run, tmp_path / name)
    assert (tmp_path / "a.tgz").read_bytes() == (tmp_path / "b.tgz").read_bytes()
    with tarfile.open(tmp_path / "a.tgz") as archive:
        members = archive.getmembers()
        log = archive.extractfile("R1/check/server-1-1.log")
        assert log is not None
        assert log.read() == b"1.0 stderr \xff started\n"
    assert [member.name for member in members] == ["R1/check/server-1-1.log", "R1/journal.jsonl"]
    assert {(member.uid, member.uname, member.mtime) for member in members} == {(0, "", 0)}


def test_a_secret_that_got_in_all_the_same_is_taken_out_when_the_run_is_sealed(tmp_path: Path) -> None:
    """The file is named, and holds the mask from then on."""
    run = run_folder(tmp_path)
    (run / "build.log").write_text(f"export TOKEN={SECRET}\n")
    assert seal(run, Redactor([SECRET])) == ["build.log"]
    assert SECRET not in (run / "build.log").read_text()


def test_a_folder_that_was_never_searched_is_not_packed(tmp_path: Path) -> None:
    """A run that broke off has not been searched for its secrets, and nobody knows them any more."""
    run = run_folder(tmp_path)
    with pytest.raises(BootsmokeError, match="not sealed: the run broke off"):
        pack(run, tmp_path / "a.tgz")
    assert not (tmp_path / "a.tgz").exists()


@pytest.mark.parametrize("change", ["added", "changed", "removed"])
def test_a_folder_that_was_changed_since_is_not_packed(tmp_path: Path, change: str) -> None:
    """What was searched is what is packed, and nothing else."""
    run = run_folder(tmp_path)
    seal(run, Redactor())
    if change == "removed":
        (run / "journal.jsonl").unlink()
    else:
        (run / ("notes.txt" if change == "added" else "journal.jsonl")).write_text("x")
    with pytest.raises(BootsmokeError, match="changed since the files were searched"):
        pack(run, tmp_path / "a.tgz")
    assert not (tmp_path / "a.tgz").exists()


def test_what_looks_like_a_secret_keeps_the_bundle_from_being_written(tmp_path: Path) -> None:
    """The finished bundle is searched once more, for the looks of secrets; the file is named."""
    run = run_folder(tmp_path)
    leak = run / "check/server-1-2.log"
    leak.write_text("key AKIAIOSFODNN7EXAMPLE\n")
    sealed = seal(run, Redactor())
    assert sealed == ["check/server-1-2.log"]
    leak.write_text("key AKIAIOSFODNN7EXAMPLE\n")
    manifest = json.loads((run / SEAL).read_text())

    manifest["files"]["check/server-1-2.log"] = hashlib.sha256(leak.read_bytes()).hexdigest()
    (run / SEAL).write_text(json.dumps(manifest))
    with pytest.raises(BootsmokeError, match=r"R1/check/server-1-2\.log holds what looks like a secret"):
        pack(run, tmp_path / "a.tgz")
    assert not (tmp_path / "a.tgz").exists()


def test_links_out_of_the_folder_are_left_out(tmp_path: Path) -> None:
    """A bundle holds what the run has written, never what something in its folder points to."""
    run = run_folder(tmp_path)
    (tmp_path / "elsewhere").write_text("mine")
    (run / "link").symlink_to(tmp_path / "elsewhere")
    seal(run, Redactor())
    pack(run, tmp_path / "a.tgz")
    with tarfile.open(tmp_path / "a.tgz") as archive:
        assert "R1/link" not in archive.getnames()
