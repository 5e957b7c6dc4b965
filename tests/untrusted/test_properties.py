"""What holds for every text: statements are at their places, edits touch nothing else, a journal keeps."""

from __future__ import annotations

import ast
import itertools
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness import files
from harness.clock import ManualClock
from harness.errors import LadderError, ScenarioError
from harness.journal import Journal, read
from harness.ladder.discover import find_ladder
from harness.redact import Redactor
from harness.scenario.load import load
from harness.sql.edits import Edit, apply
from harness.sql.parse import split
from tests.untrusted.calm import CALM

ROOT = Path(__file__).parents[2]
PIECES = st.sampled_from(
    (
        *("SELECT 1", "INSERT INTO ä VALUES ('a;b')", "DO $$ BEGIN; END $$", "SELECT $x$;$x$", "('", "(", ")"),
        *(";", ";\n", "\n", "\r\n", " ", "-- a;b\n", "/* ; */", "/* /* */ ; */", "'x''y'", "E'\\';'", '"a;b"', "é"),
        *("BEGIN ATOMIC SELECT 1; END", "\N{PILE OF POO}", "$1", "::text", "a", ";;"),
    )
)
SQL = st.lists(PIECES, max_size=14).map("".join)


@CALM
@given(SQL)
def test_statements_are_pieces_of_the_text_at_their_places(text: str) -> None:
    """Between them is nothing but blanks, comments and semicolons; lines and columns are right."""
    try:
        spans = split(text)
    except LadderError:
        return
    data = text.encode()
    at = 0
    for span in spans:
        assert at <= span.start < span.end <= len(data)
        before = data[: span.start].decode()
        assert span.line == before.count("\n") + 1
        assert span.column == len(before) - (before.rfind("\n") + 1) + 1
        assert span.end_line == data[: span.end - 1].count(b"\n") + 1
        assert split(data[at : span.start].decode()) == []
        assert len(split(data[span.start : span.end].decode())) == 1
        at = span.end
    assert split(data[at:].decode()) == []


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """Make a text and edits of it that do not overlap, none at the place of another."""
    text = draw(st.text("aé\n;\N{PILE OF POO}", max_size=30))
    bounds = list(itertools.accumulate((len(sign.encode()) for sign in text), initial=0))
    places = sorted(draw(st.sets(st.sampled_from(bounds), max_size=8)))
    pairs = zip(places[::2], places[1::2], strict=False)
    return text, [Edit(start, end, draw(st.text("xyß", max_size=5))) for start, end in pairs]


@CALM
@given(edited(), st.randoms(use_true_random=False))
def test_an_edit_touches_nothing_else_and_order_is_no_matter(case: tuple[str, list[Edit]], chance: Any) -> None:
    """What stands between the edits stands there afterwards, byte by byte."""
    text, edits = case
    shuffled = list(edits)
    chance.shuffle(shuffled)
    done = apply(text, shuffled)
    assert done == apply(text, edits)
    data, result, at, shift = text.encode(), done.encode(), 0, 0
    for edit in edits:
        assert result[at + shift : edit.start + shift] == data[at : edit.start]
        shift += len(edit.text.encode()) - (edit.end - edit.start)
        at = edit.end
    assert result[at + shift :] == data[at:]


@CALM
@given(edited())
def test_overlapping_edits_are_refused(case: tuple[str, list[Edit]]) -> None:
    """Two that change one place would depend on their order."""
    text, edits = case
    wide = [edit for edit in edits if edit.end > edit.start]
    assume(wide)
    with pytest.raises(ValueError, match="overlaps"):
        apply(text, [*wide, wide[0]])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=8,
)
RESERVED = {"kind", "at", "elapsed"}


@CALM
@given(st.lists(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), JSON, max_size=3), max_size=4))
def test_a_journal_gives_back_what_was_recorded(tmp_path_factory: pytest.TempPathFactory, told: list[Any]) -> None:
    """Line breaks, control characters, halves of characters: nothing breaks a line, and nothing is lost."""
    told = [{name: item for name, item in data.items() if name not in RESERVED} for data in told]
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    with Journal(path, ManualClock(), Redactor()) as journal:
        for data in told:
            journal.record("kind", **data)
    plain = Redactor()
    assert [dict(record.data) for record in read(path)] == [plain.value(data) for data in told]
    assert len(path.read_bytes().splitlines()) == len(told)
    assert all(json.loads(line) for line in path.read_bytes().splitlines())


def sources() -> list[Path]:
    """Return our own modules, those of the stand-in host included."""
    return [*ROOT.glob("harness/**/*.py"), *ROOT.glob("compose/**/*.py")]


def test_no_shell_is_built_from_strings() -> None:
    """Processes get lists of arguments; what goes to `sh -c` in a container is the compose file's own text."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                assert name not in ("os.system", "os.popen", "subprocess.getoutput", "eval", "exec"), path
                shell = [word for word in node.keywords if word.arg == "shell"]
                assert not shell, f"{path}:{node.lineno}"
            if isinstance(node, ast.List | ast.Tuple):
                words = [item.value for item in node.elts if isinstance(item, ast.Constant)]
                texts = [node.elts[i + 1] for i, item in enumerate(node.elts[:-1]) if _is_option(item, words)]
                assert all(isinstance(text, ast.Constant) for text in texts), f"{path}:{node.lineno}"


def _is_option(item: ast.expr, words: Sequence[object]) -> bool:
    is_shell = bool({"sh", "bash", "/bin/sh", "/bin/bash"} & {word for word in words if isinstance(word, str)})
    return is_shell and isinstance(item, ast.Constant) and item.value == "-c"


@pytest.mark.parametrize("kind", ["pipe", "device", "large", "folder"])
def test_what_is_no_file_of_a_sane_size_is_not_read(tmp_path: Path, kind: str) -> None:
    """A pipe has no writer, a device no end; a link to one is one."""
    path = tmp_path / "1_a.up.sql"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"x" * 100)
    with pytest.raises(OSError, match=r"pipe or a device|larger than|directory"):
        files.read(path, 99)


def test_a_ladder_reads_neither_pipes_nor_devices_nor_loops(tmp_path: Path) -> None:
    """A pipe is no migration; a link to a device or to itself is one that cannot be read."""
    (tmp_path / "1_a.up.sql").write_text("SELECT 1;")
    os.mkfifo(tmp_path / "2_b.up.sql")
    assert [migration.name for migration in find_ladder(tmp_path).migrations] == ["1_a.up.sql"]
    for target in ("/dev/zero", "3_c.up.sql"):
        link = tmp_path / "3_c.up.sql"
        link.symlink_to(target)
        with pytest.raises(LadderError):
            find_ladder(tmp_path)
        link.unlink()


SCENARIO = "compose: {{files: [{compose}]}}\nput: [{{service: a, file: {put}, to: /a}}]\nsteps: [{{boot: cold}}]\n"


@pytest.mark.parametrize(
    ("compose", "put"),
    [("../../../outside", "a.sql"), ("compose.yml", "../../../outside"), ("compose.yml", "link")],
)
def test_a_scenario_does_not_lead_out_of_its_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compose: str, put: str
) -> None:
    """By dots or by a link; `../../compose` in the same repository is how scenarios share a stack."""
    folder = tmp_path / "repository/scenarios/one"
    folder.mkdir(parents=True)
    (tmp_path / "repository/.git").mkdir()
    (tmp_path / "repository/shared.yml").write_text("")
    (tmp_path / "outside").write_text("")
    (folder / "link").symlink_to(tmp_path / "outside")
    for name in ("compose.yml", "a.sql"):
        (folder / name).write_text("")
    monkeypatch.chdir(tmp_path / "repository")
    (folder / "scenario.yaml").write_text(SCENARIO.format(compose="../../shared.yml", put="a.sql"))
    assert load(folder).compose.files == (tmp_path / "repository/shared.yml",)
    (folder / "scenario.yaml").write_text(SCENARIO.format(compose=compose, put=put))
    with pytest.raises(ScenarioError, match="outside of the scenario's repository") as caught:
        load(folder)
    assert caught.value.place is not None
    monkeypatch.chdir(tmp_path)
    assert load(folder).name == "one"
