"""Mutated files: a parser ends with a value or with our own error, whatever was done to what it reads."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.cli import main
from harness.compose.source import locate, mention, refuse_bombs, syntax_error
from harness.diagnose.crash_log import classify
from harness.diagnose.postgres_log import records
from harness.engine.model import LogLine
from harness.errors import BootsmokeError
from harness.journal import read
from harness.ladder.discover import find_ladder
from harness.scenario.load import load

ROOT = Path(__file__).parents[2]
CORPUS = {
    "compose": [ROOT / "compose/docker-compose.yml", ROOT / "tests/compose/files/rich.yml"],
    "scenario": sorted(ROOT.glob("scenarios/*/scenario.yaml")),
    "sql": sorted(ROOT.glob("tests/ladders/*/*.sql")),
    "toml": [Path(__file__).with_name("settings.toml")],
}
PIECES = (
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\xc2\x9b31m", b"\xe2\x80\xae", b"\x1b]52;c;eA==\x07", b"\r", b"\n", b"\t"),
    *(
        b"{",
        b"[",
        b"]",
        b"}",
        b"'",
        b'"',
        b"&a ",
        b"*a",
        b"<<: ",
        b"!!python/object/apply:os.system ",
        b"- ",
        b": ",
    ),
    *(b"$$", b"${", b"/*", b"*/", b"--", b"(", b")", b";", b"DO ", b"BEGIN ATOMIC ", b"E'\\", b"9" * 400, b"1e999"),
)


def mutated(seed: int, data: bytes) -> bytes:
    """Return a file with a few pieces cut, doubled, swapped or put in."""
    chance = random.Random(seed)  # noqa: S311 - the same files at every run
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 1, 2, 8, 60, 400)))
        piece = chance.choice((b"", chance.choice(PIECES), data[start:end] * 2, chance.choice(PIECES) * 50))
        data = data[:start] + piece + data[end:]
    return data


def files(kind: str, seeds: range) -> Iterator[bytes]:
    """Yield mutants of a kind of file, one a seed."""
    corpus = CORPUS[kind]
    for seed in seeds:
        yield mutated(seed, corpus[seed % len(corpus)].read_bytes())


def _compose(folder: Path, data: bytes) -> None:
    file = folder / "compose.yml"
    file.write_bytes(data)
    refuse_bombs([file])
    locate([file], "services.server.environment.A")
    mention([file], "nothing")
    syntax_error([file])


def _scenario(folder: Path, data: bytes) -> None:
    (folder / "scenario.yaml").write_bytes(data)
    load(folder)


def _ladder(folder: Path, data: bytes) -> None:
    (folder / "1_a.up.sql").write_bytes(data)
    for migration in find_ladder(folder).migrations:
        _ = migration.statements


def _guard(folder: Path, data: bytes) -> None:
    (folder / "1_a.up.sql").write_bytes(data)
    assert main(["guard", str(folder), "--quiet"]) in (0, 1, 2)


def _settings(folder: Path, data: bytes) -> None:
    (folder / "1_a.up.sql").write_text("SELECT 1;")
    (folder / "bootsmoke.toml").write_bytes(data)
    assert main(["guard", str(folder), "--baseline", str(folder / "bootsmoke.toml"), "--quiet"]) in (0, 1, 2)


def _log(folder: Path, data: bytes) -> None:
    del folder
    lines = data.decode(errors="replace").splitlines()
    classify(lines)
    records(LogLine(0.0, "stderr", f"2026-01-01 UTC [1] ERROR:  {line}") for line in lines)


PARSERS: dict[str, tuple[str, Callable[[Path, bytes], None], int]] = {
    "compose": ("compose", _compose, 60),
    "scenario": ("scenario", _scenario, 200),
    "ladder": ("sql", _ladder, 300),
    "guard": ("sql", _guard, 60),
    "settings": ("toml", _settings, 20),
    "log": ("sql", _log, 300),
}


def survive(name: str, folder: Path, seeds: range) -> None:
    """Parse the mutants of these seeds; anything but a value or our own error fails, and names the seed."""
    kind, parse, _ = PARSERS[name]
    for seed, data in zip(seeds, files(kind, seeds), strict=True):
        try:
            parse(folder, data)
        except BootsmokeError as error:
            assert error.message  # noqa: PT017 - whether there is one at all is no matter
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}: {type(error).__name__}: {error}") from error


@pytest.mark.parametrize("name", PARSERS)
def test_a_mutated_file_is_read_or_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few of each, the same at every run."""
    monkeypatch.chdir(tmp_path)
    survive(name, tmp_path, range(PARSERS[name][2]))


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", PARSERS)
def test_many_mutated_files_are_read_or_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty times as many, others than in the test above."""
    monkeypatch.chdir(tmp_path)
    survive(name, tmp_path, range(10_000, 10_000 + 50 * PARSERS[name][2]))


def test_a_journal_that_was_cut_off_is_read_up_to_its_last_whole_line(tmp_path: Path) -> None:
    """A run that died leaves such a one."""
    journal = tmp_path / "journal.jsonl"
    journal.write_bytes(b'{"kind": "a", "at": 1, "elapsed": 0}\n{"kind": "b", "at"')
    assert [record.kind for record in read(journal)] == ["a"]
