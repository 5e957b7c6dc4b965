from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import Place, ScenarioError
from harness.scenario.reader import parse, read

REFUSED = {
    "nothing in it": ("", "s.yaml: the file is empty"),
    "comments only": ("# later\n", "s.yaml: the file is empty"),
    "a tab": (
        "steps:\n\t- boot: cold\n",
        "s.yaml:2:1: a tab, where YAML allows spaces only\n  help: indent with spaces",
    ),
    "two colons": ("about: a: b\n", "s.yaml:1:9: this is no YAML: mapping values are not allowed here"),
    "an open list": (
        "files: [a\n",
        "s.yaml:2:1: this is no YAML: expected ',' or ']', but got '<stream end>'",
    ),
    "an open quote": ("about: 'a\n", "s.yaml:2:1: this is no YAML: found unexpected end of stream"),
    "a variable without quotes in braces": (
        "json: {a: ${b}}\n",
        "s.yaml:1:12: this is no YAML: expected ',' or '}', but got '{'",
    ),
    "a control character": (
        "about: a\n  b\x07\n",
        "s.yaml:2:4: the control character U+0007 may not stand in YAML",
    ),
    "an escaped NUL": ('file: "a\\0b"\n', "s.yaml:1:7: a text may hold neither NUL nor half of a surrogate pair"),
    "half a pair": ('a: "\\uD800"\n', "s.yaml:1:4: a text may hold neither NUL nor half of a surrogate pair"),
    "a duplicate key": ("a: 1\nb: 2\na: 3\n", "s.yaml:3:1: `a` stands here twice; first in line 1"),
    "a duplicate key in quotes": ("{a: 1, 'a': 2}", "s.yaml:1:8: `a` stands here twice; first in line 1"),
    "a key that is a list": ("? [a]\n: b\n", "s.yaml:1:3: a key has to be text"),
    "an anchor": (
        "a: &x [1]\nb: *x\n",
        "s.yaml:1:4: anchors and aliases are not supported\n  help: write it out",
    ),
    "an alias": ("b: *x\n", "s.yaml:1:4: anchors and aliases are not supported\n  help: write it out"),
    "an alias as key": ("*x : b\n", "s.yaml:1:1: anchors and aliases are not supported\n  help: write it out"),
    "a tag": (
        "a: !!python/name:os.system x\n",
        "s.yaml:1:4: tags are not supported\n  help: quote a text that begins with !",
    ),
    "two documents": ("a: 1\n---\nb: 2\n", "s.yaml:2:1: a second document; a file holds one scenario"),
    "a tower": ("[" * 1000, "s.yaml:1:34: nested deeper than 32 levels"),
}
SCALARS = {
    "true": True,
    "False": False,
    "on": "on",
    "yes": "yes",
    "22:22": "22:22",
    "0123": 123,
    "0o17": 15,
    "0x1F": 31,
    "-7": -7,
    "1_000": "1_000",
    "1.5": 1.5,
    "2E000": 2.0,
    ".5": 0.5,
    "1.2.3": "1.2.3",
    ".nan": ".nan",
    "2026-11-22": "2026-11-22",
    "~": None,
    "null": None,
    "": None,
    '""': "",
    '"42710"': "42710",
    "'true'": "true",
    "<<": "<<",
    "=": "=",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_plain_yaml_is_refused_at_its_place(text: str, message: str) -> None:
    """The message says what stands there, where, and where it helps what to do."""
    with pytest.raises(ScenarioError) as caught:
        parse(text, "s.yaml")
    assert str(caught.value) == message


@pytest.mark.parametrize(("text", "value"), SCALARS.items(), ids=repr)
def test_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    """`on` is text and so is 22:22; only true and false are booleans, and quotes make text of anything."""
    found = parse(f"key: {text}\n", "s.yaml").json()["key"]
    assert found == value
    assert type(found) is type(value)


def test_values_know_their_places_and_those_of_their_keys() -> None:
    """Lines and columns count from 1, in characters, for keys, values and items."""
    root = parse("ä: 1\nlist:\n  - über: {x:   2}\n", "s.yaml").entries()
    item = root["list"].items()[0]
    inner = item.entries()["über"].entries()["x"]
    assert root["ä"].place == Place("s.yaml", 1, 4)
    assert item.place == Place("s.yaml", 3, 5)
    assert (inner.key, inner.place) == (Place("s.yaml", 3, 12), Place("s.yaml", 3, 17))


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    """Files from Windows have the same lines and columns as others."""
    file = tmp_path / "s.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    entries = read(file).entries()
    assert [(v.key.line, v.key.column, v.json()) for v in entries.values()] == [(1, 1, 1), (2, 1, 2)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: 1\nb: \xc3\xa4\xff\n", "s.yaml:2:5: this is no UTF-8\n  help: save the file as UTF-8"),
        (b"#" * (1 << 20) + b"\n", "s.yaml: cannot read the scenario: it is larger than 1 MiB"),
    ],
    ids=["broken UTF-8", "too large"],
)
def test_files_that_are_no_text_of_a_sane_size_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, message: str
) -> None:
    """Broken UTF-8 is named with its place; nothing large is ever parsed."""
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_bytes(data)
    with pytest.raises(ScenarioError) as caught:
        read(Path("s.yaml"))
    assert str(caught.value) == message


def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    """The system's own word is in the message; a path outside the current directory is shown whole."""
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path)
    assert str(caught.value) == f"{tmp_path}: cannot read the scenario: Is a directory"


@settings(deadline=None)
@given(st.text(st.sampled_from("ab:-[]{},'\"\\&*!|>%@#?~ \n\t0${}\x00é"), max_size=60))
def test_whatever_is_typed_is_read_or_refused_at_a_place(text: str) -> None:
    """No text makes the reader fail in any other way, and a place lies within the text."""
    error = refusal(text)
    if error is not None:
        assert error.place is not None
        assert 0 <= error.place.line <= text.count("\n") + 1


def refusal(text: str) -> ScenarioError | None:
    """Return the error with which a text is refused, if it is."""
    try:
        parse(text, "s.yaml").json()
    except ScenarioError as error:
        return error
    return None
