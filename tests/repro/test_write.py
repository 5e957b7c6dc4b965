"""What is written of a reproduction: a folder that `replay` takes, and a script that psql runs."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import BootsmokeError, UsageError
from harness.ladder.discover import find_ladder
from harness.ladder.model import Migration
from harness.replay.binaries import choose
from harness.replay.model import Options
from harness.replay.run import replay
from harness.replay.server import Server
from harness.repro.api import Around, repro_on
from harness.repro.model import Repro
from harness.repro.write import SCRIPT, refuse_taken, write
from tests.repro.making import LADDERS, broken, ladder

pytestmark = pytest.mark.postgres

STOPPED = [
    "cold-fails",
    "deferred-to-the-commit",
    "enum-add-value",
    "index-concurrently",
    "narrow-check-comes-back",
    "transactions-of-its-own",
]


def written(found: Repro, folder: Path, server: Server) -> Path:
    """Write a reproduction, and return its folder."""
    write(found, folder, server)
    return folder


def psql(folder: Path, server: Server) -> subprocess.CompletedProcess[str]:
    """Run the script of a folder on an empty database, as it says."""
    program = choose(server.major, ()).program("psql")
    server.create("script")
    try:
        command = [str(program), "-X", "-d", server.conninfo("script"), "-f", str(folder / SCRIPT)]
        return subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": os.defpath})
    finally:
        server.drop("script")


@pytest.mark.parametrize("case", STOPPED)
def test_folder_and_script_stop_alike(case: str, server: Server, tmp_path: Path) -> None:
    """A replay of the folder, and psql with the script, end with the same SQLSTATE and words at the same boot."""
    found = repro_on(server, find_ladder(LADDERS / case))
    assert found.failure is not None
    error = found.failure.error
    folder = written(found, tmp_path / "out", server)

    again = replay(find_ladder(folder), server)
    stop = again.cold.failure or (again.warm.first_failure if again.warm else None)
    assert stop is not None
    assert (stop.sqlstate, stop.message) == (error.sqlstate, error.message)

    run = psql(folder, server)
    assert run.returncode == 3
    assert f"ERROR:  {error.sqlstate}: {error.message}\n" in run.stderr
    assert f"--   ERROR:  {error.sqlstate}: {error.message}\n" in (folder / SCRIPT).read_text()
    boots = ["first boot, on an empty database", "second boot, on the same database"]
    assert run.stdout.splitlines() == boots[: 1 if found.failure.boot == "cold" else 2]


def test_a_ladder_of_the_scenarios(server: Server, tmp_path: Path) -> None:
    """Files keep their names and say where each statement is from; one that was changed says so."""
    folder = written(repro_on(server, broken("conflict-target")), tmp_path / "out", server)
    names = ["000029_rbac.up.sql", "000043_actor_role_scope.up.sql", "repro.sql"]
    assert sorted(path.name for path in folder.iterdir()) == names
    lines = (folder / names[0]).read_text().splitlines()
    assert [line for line in lines if line.startswith("--")] == [
        "-- 000029_rbac.up.sql:34, without what the failure does not need",
        "-- 000029_rbac.up.sql:82",
    ]
    assert "42P10" in psql(folder, server).stderr


def test_a_change_is_shown_by_the_rows_after_each_boot(server: Server, tmp_path: Path) -> None:
    """The script passes, and prints another table after the second boot."""
    folder = written(repro_on(server, find_ladder(LADDERS / "null-in-conflict-key")), tmp_path / "out", server)
    run = psql(folder, server)
    assert run.returncode == 0
    first, second = run.stdout.split("second boot, on the same database")
    assert (first.count("admin"), second.count("admin")) == (1, 2)
    again = replay(find_ladder(folder), server, Options(canary=False))
    assert [drift.what for drift in again.data_drift] == ["rows of public.grants are added at the second boot"]


def test_setup_and_rows_are_written_beside_it(server: Server, tmp_path: Path) -> None:
    """They go into the script as well; what the setup has SET is set at the second boot, too."""
    setup = Migration("s", Path("s"), "CREATE SCHEMA app; SET search_path = app; CREATE TABLE t (id int);")
    seed = Migration("r", Path("r"), "INSERT INTO t VALUES (1), (1);")
    made = ladder(a="CREATE UNIQUE INDEX one ON t (id); DROP INDEX one;")
    found = repro_on(server, made, around=Around(setup, seed))
    folder = written(found, tmp_path / "out", server)
    assert (folder / "setup.sql").read_text() == setup.text
    assert (folder / "seed.sql").read_text() == seed.text
    assert 'ERROR:  23505: could not create unique index "one"' in psql(folder, server).stderr


def test_a_secret_of_the_log_is_masked_where_the_ladder_has_it(server: Server, tmp_path: Path) -> None:
    """A role's password is no part of a bug report, nor is it needed for the failure."""
    made = ladder(a="CREATE ROLE repro_app PASSWORD 'hunter2-of-the-log';")
    write(repro_on(server, made), tmp_path / "out", server, ["hunter2-of-the-log"])
    texts = [path.read_text() for path in (tmp_path / "out").iterdir()]
    assert len(texts) == 2
    assert all("hunter2" not in text and "PASSWORD '***'" in text for text in texts)


def test_what_fails_no_more_when_it_is_masked_is_told(server: Server, tmp_path: Path) -> None:
    """A proof that proves nothing would be worse than none."""
    found = repro_on(server, ladder(a="SELECT 'no-number'::int;"))
    with pytest.raises(BootsmokeError, match="does not fail alike"):
        write(found, tmp_path / "out", server, ["no-number"])


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    """Nothing is ever written over."""
    refuse_taken(tmp_path / "new")
    (tmp_path / "empty").mkdir()
    refuse_taken(tmp_path / "empty")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("full", "full/file", "link"):
        with pytest.raises(UsageError, match=f"{name} is there already"):
            refuse_taken(tmp_path / name)


def test_names_that_no_order_keeps_get_numbers(server: Server) -> None:
    """And each statement of a file that is sent outside of a transaction has a file of its own."""
    setup = Migration("b/up.sql", Path("b/up.sql"), "CREATE TABLE IF NOT EXISTS x (id int);")
    piecewise = Migration(
        "a.sql", Path("a.sql"), "INSERT INTO x VALUES (1); CREATE VIEW v AS TABLE x;", transactional=False
    )
    found = repro_on(server, replace(ladder(), migrations=(setup, piecewise)))
    assert found.part is not None
    assert list(found.part.files) == ["001_b.up.sql", "002_a.up.sql"]
