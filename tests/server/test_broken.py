import difflib
import shutil
from pathlib import Path

import psycopg
import pytest
import yaml
from refserver import auth, ladder
from refserver.ladder import BootError

from tests.server.database import snapshot
from tests.server.running import BROKEN, MIGRATIONS

CASES = {
    "unguarded-check": ("000043_actor_role_scope.up.sql", "42710", "warm"),
    "conflict-target": ("000029_rbac.up.sql", "42P10", "warm"),
    "null-key": ("000029_rbac.up.sql", "23502", "cold"),
    "broken-insert": ("000045_users_deactivated_at.up.sql", "23502", "cold"),
    "null-scope": ("000043_actor_role_scope.up.sql", "drift", "rows of actor_roles"),
    "reset-value": ("000048_audit_chain.up.sql", "drift", "rows of audit_chain_head"),
}
FAILING = [case for case, (_, sqlstate, _) in CASES.items() if sqlstate != "drift"]
DRIFTING = [case for case in CASES if case not in FAILING]


def broken_file(case: str) -> Path:
    """Return the one file of a case."""
    return BROKEN / case / CASES[case][0]


def broken_ladder(case: str, folder: Path) -> Path:
    """Copy the good ladder into `folder`, with the case's file in place of its namesake."""
    shutil.copytree(MIGRATIONS, folder, dirs_exist_ok=True)
    shutil.copy(broken_file(case), folder)
    return folder


def test_every_case_is_listed() -> None:
    """Each folder is a case known here, has its override file, and holds its one migration only."""
    assert {path.name for path in BROKEN.iterdir()} == {*CASES, *(f"{case}.yml" for case in CASES)}
    for case in CASES:
        assert list((BROKEN / case).iterdir()) == [broken_file(case)]


@pytest.mark.parametrize("case", CASES)
def test_a_broken_file_says_what_is_wrong_and_differs_in_little_else(case: str) -> None:
    """Its head names the bug and the SQLSTATE; the SQL of at most one statement differs."""
    broken = broken_file(case).read_text()
    head = broken.partition("\n--\n")[0]
    assert head.startswith("-- BROKEN ON PURPOSE: ")
    assert CASES[case][1] in head
    good = (MIGRATIONS / CASES[case][0]).read_text()
    matcher = difflib.SequenceMatcher(a=code(good), b=code(broken), autojunk=False)
    changes = [block for block in matcher.get_opcodes() if block[0] != "equal"]
    assert changes
    assert max(block[2] for block in changes) - min(block[1] for block in changes) <= 13
    assert sum(block[4] - block[3] for block in changes) <= 5


def code(text: str) -> list[str]:
    """Return the lines that are no comments."""
    return [line for line in text.splitlines() if not line.startswith("--")]


@pytest.mark.parametrize("case", CASES)
def test_the_override_lays_the_file_over_its_namesake(case: str) -> None:
    """The override mounts the case's file, read-only, where the image has the good one, and does nothing else."""
    override = yaml.safe_load((BROKEN / f"{case}.yml").read_text())
    name = CASES[case][0]
    mount = f"./broken/{case}/{name}:/app/migrations/{name}:ro"
    assert override == {"services": {"server": {"volumes": [mount]}}}


@pytest.mark.docker
@pytest.mark.parametrize("case", FAILING)
def test_the_broken_ladder_fails_on_its_boot(case: str, database_url: str, tmp_path: Path) -> None:
    """A warm case passes the cold boot and fails at the warm one, a cold case fails at once, each as it says."""
    name, sqlstate, kind = CASES[case]
    folder = broken_ladder(case, tmp_path)
    if kind == "warm":
        ladder.apply(database_url, folder)
    for _ in range(2):
        with pytest.raises(BootError, match=rf"^migration {name} failed: .* \(SQLSTATE {sqlstate}\)$"):
            ladder.apply(database_url, folder)


@pytest.mark.docker
@pytest.mark.parametrize("case", DRIFTING)
def test_the_drifting_ladder_passes_and_changes_rows(case: str, database_url: str, tmp_path: Path) -> None:
    """The warm boot of a case of drift ends well, and has changed the rows of one table and nothing else."""
    _, _, changed = CASES[case]
    folder = broken_ladder(case, tmp_path)
    ladder.apply(database_url, folder)
    with psycopg.connect(database_url) as connection:
        assert auth.mint_admin_key(connection)
    before = snapshot(database_url)
    ladder.apply(database_url, folder)
    after = snapshot(database_url)
    assert {name for name in before if before[name] != after[name]} == {changed}
