"""Which partitions would hold the same values."""

from __future__ import annotations

from collections.abc import Callable

import pytest

CREATED = "CREATE TABLE p (k {type}) PARTITION BY {by}; CREATE TABLE a PARTITION OF p {one}; "
SECOND = "CREATE TABLE b PARTITION OF p {two}"


@pytest.mark.parametrize(
    ("by", "one", "two", "overlaps"),
    [
        ("RANGE (k)", "FOR VALUES FROM (1) TO (10)", "FOR VALUES FROM (9) TO (20)", True),
        ("RANGE (k)", "FOR VALUES FROM (1) TO (10)", "FOR VALUES FROM (10) TO (20)", False),
        ("RANGE (k)", "FOR VALUES FROM (MINVALUE) TO (10)", "FOR VALUES FROM (5) TO (MAXVALUE)", True),
        ("RANGE (k)", "FOR VALUES FROM (MINVALUE) TO (5)", "FOR VALUES FROM (5) TO (MAXVALUE)", False),
        ("LIST (k)", "FOR VALUES IN (1, 2)", "FOR VALUES IN (2, 3)", True),
        ("LIST (k)", "FOR VALUES IN (1, 2)", "FOR VALUES IN (3)", False),
        ("LIST (k)", "DEFAULT", "FOR VALUES IN (3)", False),
        ("LIST (k)", "DEFAULT", "DEFAULT", True),
        ("HASH (k)", "FOR VALUES WITH (MODULUS 2, REMAINDER 0)", "FOR VALUES WITH (MODULUS 4, REMAINDER 2)", True),
        ("HASH (k)", "FOR VALUES WITH (MODULUS 2, REMAINDER 0)", "FOR VALUES WITH (MODULUS 4, REMAINDER 3)", False),
        ("RANGE (k)", "FOR VALUES FROM (1 + 0) TO (10)", "FOR VALUES FROM (9) TO (20)", False),
    ],
)
def test_partitions_do_not_overlap(
    refused: Callable[[str], list[str]], by: str, one: str, two: str, overlaps: bool
) -> None:
    """A value has one partition, and there is one default; what is not a constant is not judged."""
    ladder = CREATED.format(type="int", by=by, one=one) + SECOND.format(two=two)
    assert refused(ladder) == ["", "", "42P17" if overlaps else ""]


def test_days_are_compared_as_they_are_written(refused: Callable[[str], list[str]]) -> None:
    """Partitions by month touch and do not overlap."""
    months = "FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')", "FOR VALUES FROM ('2024-01-15') TO ('2024-03-01')"
    ladder = CREATED.format(type="date", by="RANGE (k)", one=months[0]) + SECOND.format(two=months[1])
    assert refused(ladder) == ["", "", "42P17"]
