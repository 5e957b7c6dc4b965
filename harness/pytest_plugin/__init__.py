"""The pytest plugin: scenarios as tests, fixtures for stacks and ladders, and `assert_replays(path)`.

::

    from harness.pytest_plugin import assert_replays

    def test_migrations() -> None:
        assert_replays("migrations")

pytest loads this module in every project that has bootsmoke installed, so nothing heavy is imported at its top.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

import pytest

if TYPE_CHECKING:
    from harness.ladder.model import Ladder
    from harness.pytest_plugin.stack import BootedStack
    from harness.replay.model import Replay
    from harness.replay.server import Server

__all__ = ["assert_replays"]

_Scope = Literal["session", "package", "module", "class", "function"]

_MOST_FINDINGS = 50
_SCENARIO = "scenario.yaml"
_KEYS = [re.compile(rf"^{key}\s*:", re.MULTILINE) for key in ("compose", "steps")]
_LOOKED_AT = 100_000
"""Bytes of a file that may be anybody's: a scenario is far shorter."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of scenarios that run as tests."""
    group = parser.getgroup("bootsmoke")
    group.addoption(
        "--bootsmoke-keep",
        choices=("never", "failure", "always"),
        default="never",
        help="when containers, networks and volumes stay for a look at them (default: never)",
    )
    group.addoption(
        "--bootsmoke-scope",
        choices=("session", "package", "module", "class", "function"),
        default="session",
        help="how many tests share one boot_stack (default: session)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker that scenarios carry."""
    config.addinivalue_line("markers", "bootsmoke: a scenario of bootsmoke, booted on real containers")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect scenario files: those named on the command line, and elsewhere those that look like ours."""
    if file_path.name != _SCENARIO:
        return None
    if not (parent.session.isinitpath(file_path) or _is_ours(file_path)):
        return None
    from harness.pytest_plugin.scenarios import ScenarioFile  # noqa: PLC0415 - only where there is one

    return ScenarioFile.from_parent(parent, path=file_path)


def _is_ours(file: Path) -> bool:
    """Whether it has the keys that each of ours has: other tools call their files scenario.yaml, too."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        text = lines.read(_LOOKED_AT)
    return all(key.search(text) for key in _KEYS)


class ReplayOptions(TypedDict, total=False):
    """The options of `harness.replay`, which says what each does."""

    style: str | None
    postgres: str | None
    pg: int | None
    setup: Path | str | None
    seed: Path | str | None
    canary: bool
    race: int
    interrupt: bool


def assert_replays(path: Path | str, **options: Unpack[ReplayOptions]) -> Replay:
    """Boot a ladder cold and warm on a real Postgres, and return the replay if it is fine.

    AssertionError lists every failing statement and every change that the second boot makes, with file and line,
    SQLSTATE, Postgres's message and what to do. What keeps the ladder from being replayed is raised as it is:
    UsageError (LadderError among them) and PostgresError.
    """
    __tracebackhide__ = True
    from harness.replay.api import replay  # noqa: PLC0415 - psycopg and the parser

    found = replay(path, **options)
    if not found.ok:
        raise AssertionError(_told(found))
    return found


@pytest.fixture(scope="session", name="assert_replays")
def _assert_replays() -> Callable[..., Replay]:
    """`assert_replays(path, **options)`: fail unless the ladder boots twice and the second boot changes nothing."""
    return assert_replays


def _scope(fixture_name: str, config: pytest.Config) -> _Scope:  # noqa: ARG001 - pytest passes both by name
    scope: _Scope = config.getoption("bootsmoke_scope")
    return scope


@pytest.fixture(scope="session")
def boot_stack_files() -> Sequence[Path | str]:
    """Name the compose files, from the root directory; override it where Compose itself would not find them."""
    return ()


@pytest.fixture(scope="session")
def boot_stack_environment() -> Mapping[str, str]:
    """Give variables for the compose files beside those of this process; override it to have some."""
    return {}


@pytest.fixture(scope=_scope)
def boot_stack(
    request: pytest.FixtureRequest,
    boot_stack_files: Sequence[Path | str],
    boot_stack_environment: Mapping[str, str],
) -> Iterator[BootedStack]:
    """Boot the Compose project cold; see `BootedStack` for what a test can do with it."""
    from harness.pytest_plugin.stack import booted  # noqa: PLC0415 - Docker's SDK

    name = request.node.name or "session"
    with booted(request.config, name, boot_stack_files, boot_stack_environment) as stack:
        yield stack


@pytest.fixture(scope="session")
def ladder(pytestconfig: pytest.Config) -> Ladder:
    """Find the project's migrations; override it to `return harness.find_ladder(PATH)` where that is wrong."""
    from harness.errors import LadderError  # noqa: PLC0415
    from harness.ladder.discover import search  # noqa: PLC0415 - the parser

    found = search([pytestconfig.rootpath])
    if found is None:
        message = f"no migrations found in or below {pytestconfig.rootpath}"
        raise LadderError(message, help="override the fixture `ladder`: return harness.find_ladder(PATH)")
    return found


@pytest.fixture(scope="session")
def _replayed_server(ladder: Ladder) -> Iterator[Server]:
    """Give a Postgres with the database that every `replayed_database` is a copy of."""
    from harness.pytest_plugin.databases import replayed  # noqa: PLC0415 - psycopg

    with replayed(ladder) as server:
        yield server


@pytest.fixture
def replayed_database(_replayed_server: Server) -> Iterator[str]:
    """Give the connection string of a database of the test's own, in which `ladder` was applied twice."""
    from harness.pytest_plugin.databases import copied  # noqa: PLC0415 - psycopg

    with copied(_replayed_server) as conninfo:
        yield conninfo


def _told(replay: Replay) -> str:
    from harness.report.findings import findings  # noqa: PLC0415 - only when there are some

    what = "survive a second boot" if replay.cold.ok else "boot on an empty database"
    found = list(findings(replay))
    items = [f"{finding}\n    do: {finding.advice}" for finding in found[:_MOST_FINDINGS]]
    if len(found) > _MOST_FINDINGS:
        items.append(f"and {len(found) - _MOST_FINDINGS} more: `bootsmoke replay` lists all of them")
    head = f"the ladder {replay.ladder.root} ({replay.ladder.style}) does not {what} on Postgres {replay.postgres}:"
    return "\n".join([head, *items])
