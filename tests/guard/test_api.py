"""The guard for programs: which ladders, and what is taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import LadderError, UsageError
from harness.guard import baseline
from harness.guard.api import Options, guard
from harness.guard.model import Report, Runner
from tests.bisect.writing import Written

EVERY_BOOT = Runner.EVERY_BOOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a ladder of two files that do not replay."""
    made = tmp_path / "db"
    made.mkdir()
    (made / "1_a.up.sql").write_text("CREATE TABLE a (x int);\n")
    (made / "2_b.up.sql").write_text("CREATE TABLE b (x int);\nCREATE INDEX b_x ON b (x);\n")
    return made


def told(report: Report) -> list[str]:
    """Return code and place of what is left."""
    return [f"{finding.code} {finding.migration.name}:{finding.line}" for finding in report.findings]


def test_folders_and_files(folder: Path, tmp_path: Path) -> None:
    """Each folder is a ladder of its own, and so are the files of one folder together."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "1.sql").write_text("CREATE SCHEMA s;\n")
    (other / "2.sql").write_text("CREATE TABLE IF NOT EXISTS s.t (x int);\n")
    reports = guard([folder, other / "2.sql", other / "1.sql"])
    assert [told(report) for report in reports] == [
        ["LAD102 1_a.up.sql:1", "LAD102 2_b.up.sql:1", "LAD103 2_b.up.sql:2"],
        ["LAD117 1.sql:1"],
    ]


def test_without_a_path(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The ladder below the current folder is found; where there is none, that is an error."""
    monkeypatch.chdir(tmp_path)
    assert len(told(guard([])[0])) == 3
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(UsageError, match="no migrations found"):
        guard([])
    assert folder.is_dir()


def test_setup(folder: Path, tmp_path: Path) -> None:
    """What stands before the ladder is there, and is not judged."""
    (folder / "1_a.up.sql").write_text("CREATE TABLE IF NOT EXISTS s.a (x int);\n")
    (folder / "2_b.up.sql").unlink()
    setup = tmp_path / "setup.sql"
    setup.write_text("CREATE SCHEMA s;\n")
    (without,), (with_it,) = guard([folder]), guard([folder], Options(setup=setup))
    assert (without.assumed, with_it.assumed) == (("schema s",), ())


def test_disabled_rules(folder: Path) -> None:
    """What they would say is accepted with their reason."""
    (report,) = guard([folder], Options(disabled={"LAD102": "the tables are dropped by hand"}))
    assert told(report) == ["LAD103 2_b.up.sql:2"]
    assert {(each.finding.code, each.reason) for each in report.accepted} == {
        ("LAD102", "the tables are dropped by hand")
    }


def test_a_baseline(folder: Path, tmp_path: Path) -> None:
    """What is in it is accepted, whatever moves; what is new is told."""
    known = tmp_path / "known.json"
    assert baseline.write(known, guard([folder])) == 3
    (folder / "2_b.up.sql").write_text(
        "\n\nCREATE TABLE b (x int);\nCREATE INDEX b_x ON b (x);\nCREATE SCHEMA s;\n"
    )
    (report,) = guard([folder], Options(baseline=known))
    assert told(report) == ["LAD117 2_b.up.sql:5"]
    assert len(report.accepted) == 3


def test_a_file_without_an_end(folder: Path) -> None:
    """A quote that nobody closes is an error with its place."""
    (folder / "2_b.up.sql").write_text("SELECT 1;\nSELECT 'x;\n")
    with pytest.raises(LadderError) as error:
        guard([folder])
    assert str(error.value.place) == f"{folder}/2_b.up.sql:2:8"


def test_suggestions(folder: Path) -> None:
    """They are there when they are asked for, with offsets in the file, a byte order mark included."""
    (folder / "1_a.up.sql").write_bytes(b"\xef\xbb\xbfCREATE TABLE a (x int);\n")
    (report,) = guard([folder], Options(with_fixes=True))
    first, second, _ = (finding.fix for finding in report.findings)
    assert first is not None
    assert second is not None
    assert [(edit.start, edit.text.strip()) for edit in (*first.edits, *second.edits)] == [
        (3 + len("CREATE TABLE"), "IF NOT EXISTS"),
        (len("CREATE TABLE"), "IF NOT EXISTS"),
    ]
    assert [finding.fix for finding in guard([folder])[0].findings] == [None, None, None]


def test_since_a_revision(tmp_path: Path) -> None:
    """What was there when the branch left it is known; what is new, or fails because of what is new, is told."""
    repository = Written(tmp_path)
    grants = (
        "CREATE TABLE IF NOT EXISTS grants (role text, permission text, UNIQUE (role, permission));\n"
        "INSERT INTO grants VALUES ('a', 'b') ON CONFLICT (role, permission) DO NOTHING;\n"
        "CREATE TABLE known (x int);\n"
    )
    repository.commit("Grants", {"db/1.sql": grants})
    repository.git("switch", "--quiet", "--create", "scope")
    scope = (
        "ALTER TABLE grants ADD COLUMN IF NOT EXISTS scope text;\n"
        "ALTER TABLE grants DROP CONSTRAINT IF EXISTS grants_role_permission_key;\n"
        "CREATE UNIQUE INDEX IF NOT EXISTS grants_key ON grants (role, permission, scope);\n"
        "CREATE TABLE fresh (x int);\n"
    )
    repository.commit("Scope", {"db/2.sql": scope})
    repository.git("switch", "--quiet", "main")
    repository.commit("Meanwhile", {"db/1.sql": None, "db/9.sql": "SELECT 1;"})
    repository.git("switch", "--quiet", "scope")
    (report,) = guard([tmp_path / "db"], Options(since="main", runner=EVERY_BOOT))
    assert told(report) == ["LAD118 1.sql:2", "LAD102 2.sql:4"]
    assert [each.reason for each in report.accepted] == ["it was there at main"]
    (all_of_it,) = guard([tmp_path / "db"], Options(since=repository.git("rev-list", "--max-parents=0", "main")))
    assert told(all_of_it) == told(report)


def test_since_a_revision_without_the_ladder(tmp_path: Path) -> None:
    """Everything is new; a revision that git does not know is an error."""
    repository = Written(tmp_path)
    repository.commit("Nothing", {"README": "x"})
    (tmp_path / "db").mkdir()
    (tmp_path / "db/1.sql").write_text("CREATE TABLE a (x int);")
    assert told(guard([tmp_path / "db"], Options(since="main"))[0]) == ["LAD102 1.sql:1"]
    with pytest.raises(UsageError, match="git knows no commit"):
        guard([tmp_path / "db"], Options(since="elsewhere"))
