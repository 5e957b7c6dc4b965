"""Secrets are kept out of everything that is written or printed, by their values.

A value is what it is in whatever name it travels under, so each known secret is searched for as it stands and as
it looks URL-encoded, base64-encoded and JSON-escaped.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

MASK = "***"

_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)?(_|$)|secret|token|credential|private|(^|_)(key|pat|pwd|dsn)(_|$)|api_?key",
    re.IGNORECASE,
)
_SHORTEST = 4
"""A shorter value would turn ordinary text into masks and is no secret worth the name."""
_SHORTEST_LINE = 16
"""A shorter line of a longer secret may be an ordinary word."""
_PASSWORD = re.compile(
    r"""(?:^|[\s;&?])(?:password|pwd)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^\s;&'"]+))""", re.IGNORECASE
)
"""A password in a connection string: libpq's, ADO.NET's, or the parameters of a URL."""


def secrets_of(environment: Mapping[str, str], *, public: Iterable[str] = ()) -> set[str]:
    """Return the values in `environment` that are secrets: by their variable's name, or as an address's password.

    A value that stands in `public` (the name of a service, a user, a database) is not one: masking `postgres`
    wherever it stands would hide everything and protect nothing.
    """
    found: set[str] = set()
    for name, value in environment.items():
        if _SECRET_NAME.search(name) and not name.endswith("_FILE"):
            found.add(value)
        for password in _passwords(value):
            found |= {password, unquote(password)}
    return {value for value in found if len(value) >= _SHORTEST} - set(public)


def _passwords(value: str) -> list[str]:
    """Return the passwords in an address: the one before a URL's host, and those that are called so."""
    named = ["".join(groups) for groups in _PASSWORD.findall(value)]
    try:
        return [*named, (urlsplit(value).password if "://" in value else None) or ""]
    except ValueError:
        return named


class Redactor:
    """Replaces every known secret by `***`; secrets may be added while it is in use."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Learn further secrets, and the lines of long ones; those under four characters are not replaced."""
        for secret in secrets:
            lines = (line.strip() for line in secret.splitlines())
            for text in (secret, *(line for line in lines if len(line) >= _SHORTEST_LINE)):
                if len(text) >= _SHORTEST:
                    self._forms |= _forms(text)
        longest_first = sorted(self._forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """Return `text` without any known secret."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def value(self, value: Any) -> Any:
        """Return a JSON-like value with `text` applied to every string in it but for our own words.

        Those are the keys of mappings and the members of enumerations: a journal stays readable although somebody's
        password is `pass`, which is in `passed`.
        """
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {str(key): self.value(item) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(item) for item in value]
        return value


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    }
