"""Nothing that a terminal, a CI runner or a browser would obey comes out of names, statements, logs and errors."""

from __future__ import annotations

import json
import os
import re
import shutil
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cli import main
from harness.cli.output import print_error
from harness.errors import Place, UsageError
from harness.journal import Record
from harness.report.document import document
from harness.report.html import html
from harness.report.junit import junit
from harness.report.summary import summary
from harness.report.text import clean, json_text, visible
from tests.report.journals import broken_check
from tests.untrusted.calm import CALM

EVIL = (
    "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\",  # a link
    "\x1b]52;c;cm0gLXJm\x07",  # the clipboard
    "\x1b]0;title\x07\x1b[2J\x1b[31m\x1bc",  # title, clear, colour, reset
    "\x9b31m\x9d52;c;eA==\x9c\x90q\x9c",  # the same in eight bits
    "a\rb\x08\x08c\x7f\x00",  # over-writing
    "\u202etxt.exe\u2066\u200b\u061c\ufeff\U000e0041",  # text that looks like another one
    "\n::error::x\n::set-output name=a::b\n##[add-mask]a\n##vso[task.complete]\n",  # commands to runners
    "<script>alert(1)</script><img src=http://evil onerror=alert(1)>]]>",
)
EVERYTHING = "x".join(EVIL)
OBEYED = re.compile(
    r"^\s*::(?:(?:set|save|add|remove|stop)-[a-z]+|debug|notice|warning|error|(?:end)?group|echo)\b[^:]*::"
    r"|##\[|##vso\[",
    re.IGNORECASE | re.MULTILINE,
)
UNSEEN = ("Cc", "Cs", "Zl", "Zp")
TURNING = ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")


def harmful(text: str) -> list[str]:
    """Return what a terminal or a runner would obey in a text of many lines."""
    unseen = [
        repr(sign)
        for sign in text
        if sign != "\n" and (unicodedata.category(sign) in UNSEEN or unicodedata.bidirectional(sign) in TURNING)
    ]
    return unseen + [found[0] for found in OBEYED.finditer(text)]


@CALM
@given(st.lists(st.sampled_from([*EVIL, "\x1b", "[", "]", ":", "::", "#", "##", "[", " ", "a", "\n"])).map("".join))
def test_a_cleaned_text_is_harmless_and_stays_so(text: str) -> None:
    """However the pieces stand together, on one line or as lines, and cleaned twice as cleaned once."""
    assert harmful(clean(text)) == []
    assert clean(clean(text)) == clean(text)
    assert harmful(visible(text).replace("\t", " ")) == []


@CALM
@given(st.text(st.characters()) | st.sampled_from(EVIL))
def test_json_on_a_terminal_is_harmless_and_means_the_same(text: str) -> None:
    """What is unseen stands there by its number; lone surrogates, too."""
    told = json_text({"a": [text]})
    assert harmful(told) == []
    assert json.loads(told) == {"a": [text]}


def test_an_error_about_hostile_names_is_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    """In words and as a document."""
    error = UsageError(EVERYTHING, place=Place(EVERYTHING, 1, 1), help=EVERYTHING)
    print_error(error, as_json=True)
    told = capsys.readouterr()
    assert harmful(told.err) == harmful(told.out) == []
    assert json.loads(told.out)["error"]["message"] == EVERYTHING


@pytest.mark.parametrize("options", [[], ["--verbose"], ["--json"], ["--sarif"], ["--github"]])
def test_the_guard_tells_of_a_hostile_ladder_without_harm(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: Sequence[str],
) -> None:
    """File names, tables, strings and comments as somebody made them who hopes for a careless reader."""
    name = EVERYTHING.replace("/", "").replace("\x00", "")[:100]
    hostile = EVERYTHING.replace("\x00", "")
    sql = f'CREATE TABLE "{hostile[:40]}" (a int); -- {hostile}\nINSERT INTO "{hostile[:40]}" VALUES (1);\n'
    (tmp_path / f"1_{name}.up.sql").write_text(sql, newline="")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert main(["guard", ".", "--no-color", *options]) == 1
    told = capsys.readouterr()
    own = [line for line in told.out.splitlines() if re.match(r"::(error|warning) file=[^:]*,title=[^:]*::", line)]
    others = [line for line in told.out.splitlines() if "--github" not in options or line not in own]
    assert harmful("\n".join(others)) == harmful(told.err) == []
    assert all(sign.isprintable() for line in own for sign in line)
    assert bool(own) == ("--github" in options)
    markdown = (tmp_path / "summary.md").read_text() if own else ""
    assert "<script" not in markdown
    assert harmful(markdown) == []


def poisoned(value: Any, key: str = "") -> Any:
    """Return a journal's data with poison behind each text that came from outside."""
    free = ("message", "statement", "said", "reason", "text", "title", "advice", "evidence", "object", "about")
    if isinstance(value, dict):
        return {name: poisoned(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item, key) for item in value]
    return f"{value}{EVERYTHING}" if isinstance(value, str) and key in free else value


@pytest.fixture
def journal() -> list[Record]:
    """Return the records of a failed check in which all that came from outside is hostile."""
    return [replace(record, data=poisoned(dict(record.data))) for record in broken_check()]


RENDERERS: dict[str, Callable[[list[Record]], str]] = {
    "summary": lambda records: summary(records, base=Path("/work/app")),
    "json": lambda records: json_text(document(records)),
    "html": html,
    "junit": junit,
}


@pytest.mark.parametrize("name", RENDERERS)
def test_a_report_of_a_hostile_run_is_harmless(name: str, journal: list[Record]) -> None:
    """Terminal, document, page and JUnit: characters that are seen, no element of the log's own."""
    told = RENDERERS[name](journal)
    assert [sign for sign in told if sign not in "\n\t" and not sign.isprintable()] == []
    if name in ("html", "junit"):
        assert "<script>alert" not in told
        assert "<img src=http" not in told
    else:
        assert harmful(told) == []
    if name == "junit":
        assert ET.fromstring(told).tag == "testsuites"  # noqa: S314 - our own


def test_a_name_that_is_no_utf8_ends_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Linux lets any bytes be a name."""
    folder = tmp_path / "ladder"
    folder.mkdir()
    (folder / os.fsdecode(b"1_\xff\xfe.up.sql")).write_text("CREATE TABLE a (b int);")
    monkeypatch.chdir(tmp_path)
    assert main(["guard", "ladder"]) == 1
    assert main(["guard", "ladder", "--json"]) == 1
    assert harmful(capsys.readouterr().out) == []
    shutil.rmtree(folder)
