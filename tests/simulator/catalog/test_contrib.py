"""What the extensions of Postgres's own bring along."""

from __future__ import annotations

import json

import pytest

from harness.replay.postgres import embedded
from harness.simulator.catalog import contrib, contrib_generate


def test_extensions_are_known_by_name() -> None:
    """Those that come with Postgres are known, others are not."""
    assert all(map(contrib.is_known, ("citext", "pgcrypto", "uuid-ossp", "pg_trgm", "btree_gist")))
    assert not contrib.is_known("postgis")
    assert not list(contrib.operators("postgis"))


def test_operators_and_classes_are_told_by_their_types() -> None:
    """pg_trgm's similarity operator and index classes, citext's casts, earthdistance's need of cube."""
    assert contrib.Operator("%", "text", "text", "bool") in list(contrib.operators("pg_trgm"))
    assert ("gin", "gin_trgm_ops", "text") in list(contrib.operator_classes("pg_trgm"))
    assert ("citext", "text", "i") in list(contrib.casts("citext"))
    assert contrib.requires("earthdistance") == ["cube"]
    assert contrib.wrappers("postgres_fdw") == ["postgres_fdw"]


@pytest.mark.postgres
def test_the_file_is_what_postgres_18_says() -> None:
    """The generated file holds what its generator finds in the newest Postgres."""
    kept = json.loads(contrib_generate.FILE.read_text())
    with embedded(18) as server:
        for name in ("citext", "hstore", "pg_trgm", "pg_stat_statements"):
            told = json.loads(json.dumps(contrib_generate.of_extension(server, name)))
            assert told == kept[name]
