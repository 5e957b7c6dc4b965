"""Bisection of real histories on a real Postgres."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bisect.model import Bisection, Health, Trial
from harness.bisect.run import bisect
from harness.errors import UsageError
from tests.bisect.writing import Written

pytestmark = pytest.mark.postgres

GOOD = "CREATE TABLE IF NOT EXISTS {} (id int PRIMARY KEY, n int);\n"
BROKEN = "-- not guarded\nCREATE TABLE {} (id int PRIMARY KEY, n int);\n"


def found_in(written: Written, good: str, path: str = "m", bad: str = "HEAD") -> Bisection:
    """Bisect the ladder of a repository."""
    return bisect(written.top / path, good=good, bad=bad)


def tried(found: Bisection) -> list[tuple[str, str]]:
    """Return subject and health of all trials."""
    return [(trial.commit.subject, trial.health.value) for trial in found.trials]


def test_the_commit_and_the_statement(written: Written) -> None:
    """The first commit after which the warm boot fails is found, with file, line and SQLSTATE; each ladder once."""
    good = written.commit("0", {"m/0.sql": GOOD.format("t0")})
    for number in range(1, 9):
        text = (BROKEN if number == 6 else GOOD).format(f"t{number}")
        written.commit(f"{number}", {f"m/{number}.sql": text})
        written.commit(f"readme {number}", {"readme": f"{number}"})
    told: list[Trial] = []
    found = bisect(written.top / "m", good=good, tell=told.append)
    assert found.first_bad is not None
    assert found.first_bad.commit.subject == "6"
    replay = found.first_bad.replay
    assert replay is not None
    assert replay.warm is not None
    (failure,) = replay.warm.failures
    assert (failure.path, failure.line, failure.sqlstate) == ("m/6.sql", 2, "42P07")
    assert tried(found) == [
        ("0", "good"),
        ("readme 8", "bad"),
        ("8", "bad"),
        ("4", "good"),
        ("6", "bad"),
        ("5", "good"),
    ]
    assert told == list(found.trials)
    assert (found.touching, found.replays, found.skipped) == (8, 5, ())
    assert (found.path, found.style, found.postgres.split(".")[0]) == ("m", "numbered", "18")
    assert written.git("status", "--porcelain") == ""


def test_drift(written: Written) -> None:
    """A commit after which the warm boot changes rows is found, too, although nothing fails."""
    good = written.commit("0", {"m/0.sql": GOOD.format("a")})
    written.commit("1", {"m/1.sql": "INSERT INTO a VALUES (7, 7) ON CONFLICT DO NOTHING;\n"})
    written.commit("2", {"m/2.sql": "UPDATE a SET n = 0;\n"})
    written.commit("3", {"m/3.sql": GOOD.format("b")})
    found = found_in(written, good)
    assert [commit.subject for commit in found.suspects] == ["2"]
    assert found.first_bad is not None
    assert found.first_bad.replay is not None
    (drift,) = found.first_bad.replay.data_drift
    assert drift.place is not None
    assert (drift.kind.value, drift.place.path, drift.place.line) == ("changed", "m/2.sql", 1)


def test_skipped_commits(written: Written) -> None:
    """A commit whose cold boot fails, or that has no readable ladder, is passed over."""
    good = written.commit("0", {"m/0.sql": GOOD.format("a")})
    written.commit("1", {"m/1.sql": GOOD.format("b")})
    written.commit("2: no SQL", {"m/2.sql": "SELECT 'no end;\n"})
    written.commit("3: cold", {"m/2.sql": "SELECT * FROM nowhere;\n"})
    written.commit("4: mended", {"m/2.sql": GOOD.format("c")})
    written.commit("5", {"m/5.sql": BROKEN.format("d")})
    written.commit("6", {"m/6.sql": GOOD.format("e")})
    found = found_in(written, good)
    assert [commit.subject for commit in found.suspects] == ["5"]
    assert [trial.commit.subject for trial in found.skipped] == [
        trial.commit.subject for trial in found.trials if trial.commit.subject[:2] in ("2:", "3:")
    ]
    assert found.skipped


def test_only_skipped_commits_are_left(written: Written) -> None:
    """Where the break hides among commits that cannot be judged, all that it can be are named."""
    good = written.commit("0", {"m/0.sql": GOOD.format("a")})
    written.commit("1: gone", {"m/0.sql": None})
    written.commit("2: cold", {"m/0.sql": "SELECT * FROM nowhere;\n"})
    written.commit("3", {"m/0.sql": BROKEN.format("a")})
    found = found_in(written, good)
    assert [commit.subject for commit in found.suspects] == ["1: gone", "2: cold", "3"]
    assert found.first_bad is None
    assert {(trial.commit.subject, trial.health) for trial in found.skipped} == {
        ("1: gone", Health.UNREADABLE),
        ("2: cold", Health.COLD),
    }


def test_a_cold_boot_that_fails_at_the_bad_end(written: Written) -> None:
    """Then the first commit whose cold boot fails is what is searched for, a bad warm boot or not."""
    good = written.commit("0", {"m/0.sql": BROKEN.format("a")})
    written.commit("1", {"m/1.sql": GOOD.format("b")})
    written.commit("2", {"m/2.sql": "INSERT INTO nowhere VALUES (1);\n"})
    written.commit("3", {"m/3.sql": GOOD.format("c")})
    found = found_in(written, good)
    assert [commit.subject for commit in found.suspects] == ["2"]
    assert found.wanted is Health.COLD
    assert found.skipped == ()


def test_branches(written: Written) -> None:
    """Two branches that are good alone and bad together: the merge is the first bad commit."""
    good = written.commit("0", {"m/0.sql": GOOD.format("a")})
    written.git("checkout", "--quiet", "-b", "side")
    written.commit("side", {"m/1.sql": "ALTER TABLE a DROP COLUMN IF EXISTS n;\n"})
    written.git("checkout", "--quiet", "main")
    written.commit("main", {"m/2.sql": "ALTER TABLE a ADD COLUMN IF NOT EXISTS n int;\n"})
    merge = written.merge("side")
    written.commit("after", {"m/3.sql": GOOD.format("b")})
    found = found_in(written, good)
    assert [commit.sha for commit in found.suspects] == [merge]


def test_a_good_end_on_another_branch(written: Written) -> None:
    """The good end may be a release branch: what counts is where both histories part."""
    written.commit("0", {"m/0.sql": GOOD.format("a")})
    written.git("checkout", "--quiet", "-b", "release")
    written.commit("release", {"m/1.sql": GOOD.format("b")})
    written.git("checkout", "--quiet", "main")
    written.commit("1", {"m/1.sql": GOOD.format("c")})
    written.commit("2", {"m/2.sql": BROKEN.format("d")})
    found = found_in(written, "release")
    assert [commit.subject for commit in found.suspects] == ["2"]
    assert ("0", "good") in tried(found)


def test_a_common_ancestor_that_is_bad(written: Written) -> None:
    """What was mended on the way to the good end cannot be found on the way to the bad one."""
    written.commit("0", {"m/0.sql": BROKEN.format("a")})
    written.git("checkout", "--quiet", "-b", "mended")
    written.commit("mended", {"m/0.sql": GOOD.format("a")})
    written.git("checkout", "--quiet", "main")
    written.commit("1", {"m/1.sql": GOOD.format("c")})
    with pytest.raises(UsageError, match=r"the common ancestor of both ends [0-9a-f]{10} is not good"):
        found_in(written, "mended")


def test_a_merge_that_brings_back_an_old_ladder(written: Written) -> None:
    """Git's own history of the folder leaves such a merge out; it is found all the same."""
    old = written.commit("old", {"m/0.sql": BROKEN.format("a")})
    good = written.commit("mended", {"m/0.sql": GOOD.format("a")})
    written.git("checkout", "--quiet", "-b", "side", old)
    written.commit("side", {"readme": "x"})
    written.git("checkout", "--quiet", "main")
    written.merge("side", "--strategy=ours", "--no-commit")
    written.git("checkout", "side", "--", "m")
    written.git("commit", "--quiet", "--message", "undo")
    merge = written.git("rev-parse", "HEAD")
    found = found_in(written, good)
    assert [commit.sha for commit in found.suspects] == [merge]


def test_nothing_to_find(written: Written) -> None:
    """A bad end that is good is no error: there is nothing to find."""
    good = written.commit("0", {"m/0.sql": GOOD.format("a")})
    written.commit("1", {"m/1.sql": GOOD.format("b")})
    found = found_in(written, good)
    assert (found.suspects, found.first_bad, found.bad.health) == ((), None, Health.GOOD)


def test_ends_that_are_wrong(written: Written) -> None:
    """A good end that is bad, one without a ladder, swapped ends and strange histories are told as such."""
    bad = written.commit("bad", {"m/0.sql": BROKEN.format("a")})
    good = written.commit("mended", {"m/0.sql": GOOD.format("a")})
    with pytest.raises(UsageError, match=f"--good {bad[:10]} is not good: its warm boot fails or changes"):
        found_in(written, bad)
    with pytest.raises(UsageError, match=f"--bad {bad[:10]} comes before --good {good[:10]}"):
        found_in(written, good, bad=bad)
    with pytest.raises(UsageError, match=f"n: --bad {good[:10]} has no ladder that can be replayed"):
        found_in(written, bad, path="n")
    written.git("checkout", "--quiet", "--orphan", "alone")
    written.commit("alone", {"m/0.sql": BROKEN.format("a")})
    with pytest.raises(UsageError, match="have no common history"):
        found_in(written, good)


def test_setup_and_style(written: Written, tmp_path: Path) -> None:
    """The setup stands before the ladder of each commit, and the style that is named holds for all of them."""
    setup = tmp_path / "setup.sql"
    setup.write_text("CREATE SCHEMA app;\n")
    good = written.commit("0", {"m/10.sql": GOOD.format("app.a"), "m/9.sql": GOOD.format("app.b")})
    written.commit("1", {"m/11.sql": BROKEN.format("app.c")})
    found = bisect(written.top / "m", good=good, setup=setup, style="plain", pg=17)
    assert (found.style, found.why_style, found.postgres.split(".")[0]) == ("plain", "named by --style", "17")
    assert found.first_bad is not None
    assert found.first_bad.replay is not None
    assert [m.name for m in found.first_bad.replay.ladder.migrations] == ["10.sql", "11.sql", "9.sql"]
