from __future__ import annotations

import argparse

import pytest

from harness.cli.select import Shard, expression, matches, shard

NAMES = ("cold-then-warm", "cold-null-key", "crashloop-check")


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("cold", ["cold-then-warm", "cold-null-key"]),
        ("not cold", ["crashloop-check"]),
        ("cold and not null", ["cold-then-warm"]),
        ("null or crash", ["cold-null-key", "crashloop-check"]),
        ("crash or cold and warm", ["cold-then-warm", "crashloop-check"]),
        ("not not warm", ["cold-then-warm"]),
        ("Cold", []),
    ],
)
def test_matches(text: str, chosen: list[str]) -> None:
    """`not` binds closest, then `and`, then `or`; a word is a substring, its case counts."""
    assert [name for name in NAMES if matches(expression(text), name)] == chosen


@pytest.mark.parametrize("text", ["", "and", "a or", "or a", "a b", "not", "a and not", "a or or b"])
def test_no_expression(text: str) -> None:
    """What is no expression is refused, not guessed at."""
    with pytest.raises(argparse.ArgumentTypeError, match="no expression"):
        expression(text)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_shards(count: int) -> None:
    """The shards share the scenarios out: each is in exactly one, and sizes differ by one at most."""
    items = list(range(5))
    shares = [Shard(number, count).of(items) for number in range(1, count + 1)]
    assert sorted(item for share in shares for item in share) == items
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "1/", "a/b", "-1/2", "1/0"])
def test_no_shard(text: str) -> None:
    """What is no shard is refused."""
    with pytest.raises(argparse.ArgumentTypeError, match="no shard"):
        shard(text)
