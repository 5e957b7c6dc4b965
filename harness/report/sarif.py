"""SARIF 2.1.0, as far as all documents of ours are alike: docs.oasis-open.org/sarif/sarif/v2.1.0.

GitHub reads at most 25 000 results of a run, and tells a result from others by its `partialFingerprints`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harness import __version__

_MOST = 25_000
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def log(rules: Iterable[dict[str, Any]], results: Sequence[dict[str, Any]], base: Path) -> dict[str, Any]:
    """Return the document of one run; of more results than may be told, the first ones are."""
    driver = {
        "name": "bootsmoke",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": list(rules),
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"uri": f"{base.resolve().as_uri()}/"}},
        "results": list(results[:_MOST]),
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def artifact(path: Path, base: Path) -> dict[str, Any]:
    """Return where a file is: relative to `base`, where a repository is checked out, if it is below it."""
    whole, top = path.resolve(), base.resolve()
    if whole.is_relative_to(top):
        return {"uri": quote(whole.relative_to(top).as_posix()), "uriBaseId": "SRCROOT"}
    return {"uri": whole.as_uri()}


def name_of(title: str) -> str:
    """Return a rule's title as the one word that SARIF wants: letters and digits."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in title).split()
    return "".join(word.capitalize() for word in words)
