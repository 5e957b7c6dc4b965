from collections.abc import Callable

import pytest

from harness.errors import ScenarioError
from harness.scenario.reader import parse
from harness.scenario.value import Value, each, mapping


def text(value: Value) -> object:
    """Read a text."""
    return value.text()


def port(value: Value) -> object:
    """Read a port."""
    return value.integer(1, 65535)


def choice(value: Value) -> object:
    """Read one of two words."""
    return value.one_of(["ready", "failed"])


DURATION = "a duration such as 300ms, 5s or 2m, or a number of seconds"
REFUSED: dict[str, tuple[str, Callable[[Value], object], str]] = {
    "number for text": (
        "42",
        text,
        "1:4: `k` has to be text, not the number 42\n  help: put it in quotes if it is meant as text",
    ),
    "boolean for text": (
        "true",
        text,
        "1:4: `k` has to be text, not the boolean true\n  help: put it in quotes if it is meant as text",
    ),
    "nothing for text": (
        "",
        text,
        "1:3: `k` has to be text, not nothing\n  help: put it in quotes if it is meant as text",
    ),
    "empty text": ("''", text, "1:4: `k` is empty"),
    "list for text": ("[a]", text, "1:4: `k` has to be text, not a list"),
    "nothing for source": (
        "~",
        Value.source,
        '1:4: `k` has to be text, not nothing\n  help: an empty text is written ""',
    ),
    "text for number": ("http", port, "1:4: `k` has to be a whole number from 1 to 65535, not the text `http`"),
    "quoted number": ("'80'", port, "1:4: `k` has to be a whole number from 1 to 65535, not the text `80`"),
    "too large": ("65536", port, "1:4: `k` has to be a whole number from 1 to 65535, not the number 65536"),
    "fraction": ("1.5", port, "1:4: `k` has to be a whole number from 1 to 65535, not the number 1.5"),
    "boolean for number": (
        "true",
        port,
        "1:4: `k` has to be a whole number from 1 to 65535, not the boolean true",
    ),
    "endless number": ("9" * 5000, port, "1:4: `k` is a number of 5000 digits"),
    "other unit": ("5 sec", Value.seconds, f"1:4: `k` has to be {DURATION}, not the text `5 sec`"),
    "negative": ("-1", Value.seconds, f"1:4: `k` has to be {DURATION}, not the number -1"),
    "endless": ("1e999", Value.seconds, f"1:4: `k` has to be {DURATION}, not the number 1e999"),
    "boolean for time": ("true", Value.seconds, f"1:4: `k` has to be {DURATION}, not the boolean true"),
    "no time": ("0s", Value.seconds, "1:4: `k` has to be longer than nothing"),
    "other word": ("fine", choice, "1:4: `k` has to be one of ready, failed, not the text `fine`"),
    "long text": ("x" * 99, choice, f"1:4: `k` has to be one of ready, failed, not the text `{'x' * 37}...`"),
    "text for list": ("a", each(text), "1:4: `k` has to be a list, not the text `a`"),
    "empty list": ("[]", each(text, least=1), "1:4: `k` is an empty list"),
    "item": (
        "[a, 2]",
        each(text),
        "1:8: item 2 of `k` has to be text, not the number 2\n  help: put it in quotes if it is meant as text",
    ),
    "list for mapping": (
        "[a]",
        mapping(text),
        "1:4: `k` has to be a mapping (key: value), not a list",
    ),
    "value": ("{a: [b]}", mapping(text), "1:8: `a` has to be text, not a list"),
    "lacking key": ("{}", lambda value: value.fields("to").need("to", text), "1:4: `k` lacks `to`"),
    "near key": (
        "{sqlsate: 1}",
        lambda value: value.fields("sqlstate", "line"),
        "1:5: unknown key `sqlsate`; did you mean `sqlstate`?",
    ),
    "foreign key": (
        "{colour: 1}",
        lambda value: value.fields("sqlstate", "line"),
        "1:5: unknown key `colour`\n  help: known here: sqlstate, line",
    ),
    "near variable": (
        '"${tokn}"',
        lambda value: value.expanded({"token": "x"}),
        "1:4: unknown variable `tokn`; did you mean `token`?\n  help: known variables: token",
    ),
    "no variables": (
        "[a, '${token}']",
        lambda value: value.expanded({}),
        "1:8: unknown variable `token`\n  help: known variables: none; define them under `variables`",
    ),
    "lone dollar": (
        "$token",
        lambda value: value.expanded({"token": "x"}),
        "1:4: a dollar sign on its own\n  help: write $$ for a dollar sign, ${name} for a variable",
    ),
}
DURATIONS = {"300ms": 0.3, "5s": 5.0, "2m": 120.0, "1m30s": 90.0, "1h": 3600.0, "7": 7.0, "0.25": 0.25}


def value_of(written: str) -> Value:
    """Return what stands under the key `k`."""
    return parse(f"k: {written}", "s").entries()["k"]


@pytest.mark.parametrize(("written", "reader", "message"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_value_says_what_it_has_to_be_and_what_it_is(
    written: str, reader: Callable[[Value], object], message: str
) -> None:
    """The whole message, as a person reads it."""
    with pytest.raises(ScenarioError) as caught:
        reader(value_of(written))
    assert str(caught.value) == f"s:{message}"


@pytest.mark.parametrize(("written", "seconds"), DURATIONS.items())
def test_durations_are_seconds(written: str, seconds: float) -> None:
    """Units may be combined, and a plain number is seconds."""
    assert value_of(written).seconds() == seconds


def test_only_a_duration_that_may_be_nothing_may_be_nothing() -> None:
    """A stability window can be switched off."""
    assert value_of("0s").seconds(zero=True) == 0.0


@pytest.mark.parametrize("written", ["08006", "2E000", "true", "1_0", "'5'"])
def test_the_source_of_a_scalar_is_what_was_typed(written: str) -> None:
    """No zero is lost from 08006, and 2E000 does not become 2.0."""
    assert value_of(written).source() == written.strip("'")


def test_variables_fill_every_scalar_and_leave_keys_alone() -> None:
    """What was filled is text, two dollar signs are one, and what has none keeps its type."""
    written = '{a: ["x-${n}-${n}", 5], "${n}": $$5, b: "${n}"}'
    filled = value_of(written).expanded({"n": "1"})
    assert filled.json() == {"a": ["x-1-1", 5], "${n}": "$5", "b": "1"}


def test_a_variable_is_not_looked_into_again() -> None:
    """A value that looks like a variable stays as it is."""
    assert value_of('"${a}"').expanded({"a": "${b}"}).text() == "${b}"
