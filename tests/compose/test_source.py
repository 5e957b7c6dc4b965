"""Places in compose files."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.compose.source import locate, mention, syntax_error

TEXT = """\
x-common: &common
  restart: always
services:
  my.server:
    <<: *common
    image: one
    volumes:
      - ./a:/a
      - {type: bind, source: ./b, target: /b.d}
  db: {image: postgres, ports: ["80:80"]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a file with the text above."""
    path = tmp_path / "compose.yml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ("services.my.server.image", 6, 5),
        ("services.my.server.restart", 2, 3),
        ("services.my.server.volumes.[1]", 9, 9),
        ("services.my.server.volumes.1.source", 9, 22),
        ("services.my.server.volumes.</a>", 8, 9),
        ("services.my.server.volumes.</b.d>", 9, 9),
        ("services.db.ports", 10, 25),
        ("services.db.healthcheck.test", 10, 3),
    ],
)
def test_locates_keys_and_items(file: Path, path: str, line: int, column: int) -> None:
    """Keys, items by index or value, merged keys and names with dots are found; else the longest known part."""
    place = locate([file], path)
    assert place is not None
    assert (place.path, place.line, place.column) == (str(file), line, column)


def test_the_last_file_that_has_it_wins(file: Path, tmp_path: Path) -> None:
    """An override's key is what Compose used, so that its place is the one to show."""
    override = tmp_path / "override.yml"
    override.write_text("services:\n  db:\n    image: other\n", encoding="utf-8")
    assert str(locate([file, override], "services.db.image")) == f"{override}:3:5"
    assert str(locate([file, override], "services.db.ports")) == f"{file}:10:25"


def test_what_no_file_has_is_nowhere(file: Path, tmp_path: Path) -> None:
    """Neither a wrong path nor a missing file raises: there is just no place."""
    assert locate([file, tmp_path / "missing.yml"], "volumes.data") is None


def test_finds_the_value_that_mentions_a_path(file: Path) -> None:
    """A path that Compose made absolute is found as the file wrote it."""
    place = mention([file], str(file.parent / "b"))
    assert place is not None
    assert place.line == 9


def test_syntax_errors_come_with_the_right_line(tmp_path: Path) -> None:
    """The first file that is no YAML is named, with line and column; characters that YAML forbids too."""
    good, bad = tmp_path / "good.yml", tmp_path / "bad.yml"
    good.write_text("a: 1\n", encoding="utf-8")
    assert syntax_error([good]) is None
    bad.write_text("services:\n  a:\n    image: x\n   b: 1\n", encoding="utf-8")
    found = syntax_error([good, bad])
    assert found is not None
    assert str(found[1]) == f"{bad}:4:4"
    bad.write_text("a: 1\nb: \x01\n", encoding="utf-8")
    found = syntax_error([bad])
    assert found is not None
    assert str(found[1]) == f"{bad}:2:4"
