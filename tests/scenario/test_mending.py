"""What is offered beside a cause in a migration: the ladder as it ran, and a fix that a replay has proved."""

from __future__ import annotations

import shlex
import threading
import time
from pathlib import Path

import pytest

from harness.cancellation import Cancellation
from harness.cli import main
from harness.diagnose.model import Cause
from harness.ladder.discover import find_ladder
from harness.ladder.model import Ladder
from harness.redact import Redactor
from harness.scenario import mending
from harness.scenario.mending import is_replayable, keep, mend

LADDERS = Path(__file__).parents[1] / "ladders"
SLOW = "CREATE TABLE t (id int);\nSELECT pg_sleep(60);\n"


def made(folder: Path, **files: str) -> Ladder:
    """Write a ladder, and return it as it is found."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.sql").write_bytes(text.encode())
    return find_ladder(folder)


@pytest.mark.parametrize(
    ("code", "path", "expected"),
    [
        ("BOOT101", "a.sql", True),
        ("BOOT101", None, False),
        ("BOOT106", "a.sql", False),
        ("BOOT108", "a.sql", False),
        ("BOOT403", "a.sql", False),
    ],
)
def test_what_two_boots_can_show(code: str, path: str | None, expected: bool) -> None:
    """A failure in a migration, but no race and no mark that a tool has left."""
    assert is_replayable(Cause(code, "", "", "", "", path=path)) is expected


def test_the_ladder_is_kept_as_it_ran(tmp_path: Path) -> None:
    """With the files that a scenario has put into it; the command finds the same ladder there."""
    ladder = made(tmp_path / "there", **{"000001_a.up": "SELECT 1;", "000002_b.up": "SELECT 2;"})
    (tmp_path / "other.sql").write_text("SELECT 3;")
    ran = ladder.overlay({"/app/000002_b.up.sql": tmp_path / "other.sql"})
    command = keep(ran, tmp_path / "run/ladder-2")
    found = find_ladder(tmp_path / "run/ladder-2")
    assert [(m.name, m.text) for m in found.migrations] == [
        ("000001_a.up.sql", "SELECT 1;"),
        ("000002_b.up.sql", "SELECT 3;"),
    ]
    assert shlex.split(command) == ["bootsmoke", "repro", "--migrations", str(tmp_path / "run/ladder-2")]


def test_what_nobody_is_to_read_is_taken_out(tmp_path: Path) -> None:
    """Byte by byte all else stays, line ends as well."""
    ladder = made(tmp_path / "db", a="CREATE ROLE app PASSWORD 's3cret';\r\n-- \ufeff")
    keep(ladder, tmp_path / "kept", Redactor(["s3cret"]).text)
    assert (tmp_path / "kept/a.sql").read_bytes() == "CREATE ROLE app PASSWORD '***';\r\n-- \ufeff".encode()


def test_a_style_that_was_named_is_named_again(tmp_path: Path) -> None:
    """Where the guess would be another one; settings beside a file go with it."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there/2_b.sql").write_text("SELECT 2;")
    (tmp_path / "there/10_a.sql").write_text("SELECT 1;")
    command = keep(find_ladder(tmp_path / "there", "plain"), tmp_path / "kept")
    assert shlex.split(command)[-2:] == ["--style", "plain"]
    (tmp_path / "flyway").mkdir()
    (tmp_path / "flyway/V1__a.sql").write_text("SELECT 1;")
    (tmp_path / "flyway/V1__a.sql.conf").write_text("executeInTransaction=false\n")
    keep(find_ladder(tmp_path / "flyway"), tmp_path / "flown")
    assert [m.transactional for m in find_ladder(tmp_path / "flown").migrations] == [False]


@pytest.mark.postgres
def test_a_fix_is_proved_and_told_as_a_diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the file as it is called in the run, relative to the working directory: `patch` carries it out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mending, "SECONDS", 60.0)  # a machine under load
    ladder = made(tmp_path / "db", **{p.stem: p.read_text() for p in (LADDERS / "unguarded-check").glob("*.sql")})
    command = keep(ladder, tmp_path / "run/ladder-2")
    offer = mend(ladder, tmp_path / "run/ladder-2", Cancellation())
    assert not offer.note
    assert offer.diff.startswith("--- db/002_check.sql\n+++ db/002_check.sql\n@@")
    assert "+IF NOT EXISTS (SELECT FROM pg_constraint" in offer.diff
    assert main(shlex.split(command)[1:]) == 1


@pytest.mark.postgres
def test_where_nothing_is_proved_nothing_is_offered(tmp_path: Path) -> None:
    """The cold boot fails already: there is nothing to prove a fix by."""
    ladder = made(tmp_path / "db", a="SELECT * FROM gone;")
    keep(ladder, tmp_path / "kept")
    offer = mend(ladder, tmp_path / "kept", Cancellation())
    assert (offer.diff, offer.note) == ("", "")


@pytest.mark.postgres
def test_the_time_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ladder that takes long is left to `bootsmoke fix`, and that is said."""
    monkeypatch.setattr(mending, "SECONDS", 1.0)
    ladder = made(tmp_path / "db", a=SLOW)
    keep(ladder, tmp_path / "kept")
    offer = mend(ladder, tmp_path / "kept", Cancellation())
    assert offer.note == f"no fix was found within 1 s: bootsmoke fix {tmp_path}/db"


@pytest.mark.postgres
def test_a_cancelled_run_does_not_wait_for_it(tmp_path: Path) -> None:
    """The search ends at once, and nothing is offered."""
    ladder, cancellation = made(tmp_path / "db", a=SLOW), Cancellation()
    keep(ladder, tmp_path / "kept")
    threading.Timer(0.5, cancellation.cancel).start()
    began = time.monotonic()
    offer = mend(ladder, tmp_path / "kept", cancellation)
    assert (offer.diff, offer.note) == ("", "")
    assert time.monotonic() - began < mending.SECONDS / 2


def test_without_a_postgres_one_line_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is started."""
    monkeypatch.setattr(mending, "installed", list)
    offer = mend(made(tmp_path / "db", a=SLOW), tmp_path / "kept", Cancellation())
    assert offer.note == "a fix can be looked for where a Postgres is installed: pip install 'bootsmoke[pg18]'"


def test_a_search_that_breaks_off_is_told(tmp_path: Path) -> None:
    """Here the folder is gone: that is no reason to say that there is no fix."""
    offer = mend(made(tmp_path / "db", a=SLOW), tmp_path / "gone", Cancellation())
    assert offer.note == f"no fix could be looked for: bootsmoke fix {tmp_path}/db says why"
