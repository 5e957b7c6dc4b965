"""Whatever bytes a file holds, the guard ends in findings or in one clear error."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.guard.api import Options, guard
from harness.guard.model import Report, Runner

LADDERS = Path(__file__).parents[1] / "ladders"
TEXTS = sorted(path.read_bytes() for path in LADDERS.glob("*/*.sql"))
PIECES = (
    b"'", b'"', b"$$", b"$x$", b"/*", b"*/", b"--", b";", b"(", b")", b"\\", b"\0", b"\xff", b"\xef\xbb\xbf", b"\r",
    b"E'\\'", b"U&\"\\0061\"", b"BEGIN ATOMIC", b"BEGIN;", b"COMMIT;", b"DO $$ BEGIN", b"END $$;", b"EXECUTE 'x';",
    b"\\connect x\n", b"COPY users FROM stdin;\n1\tx\n\\.\n", b"-- bootsmoke: allow LAD102 -- x\n",
    b"-- bootsmoke: allow", b"IF NOT EXISTS", b"CASCADE", b"NULL", b"::regclass", b" OR REPLACE ", b"((((((((((",
    "é\u202e".encode(), b"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;",
    b"CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';",
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Take a migration and cut it, double parts of it, or put what is hard to read into it."""
    data = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(0, 5))):
        at, other = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4)))
        data = draw(
            st.sampled_from((data[:at] + piece + data[at:], data[:at] + data[other:], data + data[at:other]))
        )
    return data


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Make a folder that no repository is around."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.lists(mutated(), min_size=1, max_size=2), runner=st.sampled_from(list(Runner)))
def test_any_bytes(data: list[bytes], runner: Runner, folder: Path) -> None:
    """No other exception, and no finding without a place in its file."""
    for old in folder.glob("*.sql"):
        old.unlink()
    for number, text in enumerate(data, start=1):
        (folder / f"{number}.up.sql").write_bytes(text)
    found = judged(folder, runner)
    if isinstance(found, UsageError):
        assert found.place is not None
        return
    for finding in found.findings:
        assert 1 <= finding.line <= finding.end_line <= finding.migration.text.count("\n") + 1
        assert "a bug in bootsmoke" not in finding.message


def judged(folder: Path, runner: Runner) -> Report | UsageError:
    """Return the report, or the one error that stands for all that can be wrong with a file."""
    try:
        (report,) = guard([folder], Options(runner=runner))
    except UsageError as error:
        return error
    return report


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT {' || '.join(['x'] * 300)};",
        " UNION ALL ".join(["SELECT 1"] * 300),
        f"SELECT {'(SELECT ' * 60}1{')' * 60};",
        f"SELECT {'(' * 3000}1{')' * 3000};",
        f"CREATE TABLE a ({', '.join(f'c{n} int' for n in range(2000))});",
        "INSERT INTO a VALUES (1)" + ", (1)" * 20_000 + ";",
        f"{'-' * 50_000} bootsmoke: allow {' ' * 50_000}",
        "CREATE VIEW a AS SELECT 1; " * 500,
    ],
    ids=["operators", "unions", "sub-selects", "parentheses", "columns", "rows", "comment", "statements"],
)
def test_what_is_hard_to_carry(text: str, folder: Path) -> None:
    """The parser's limits, and much of everything, end in findings."""
    for old in folder.glob("*.sql"):
        old.unlink()
    (folder / "1.up.sql").write_text(text)
    (report,) = guard([folder])
    assert report.statements == text.count(";") or report.statements in (0, 1)
