"""Secrets are kept out of everything that is written or printed, by their values and by what they look like.

A value is what it is in whatever name it travels under, so each known secret is searched for as it stands and as it
looks URL-encoded, JSON-escaped, and base64-encoded at any place of what was encoded with it. What nobody told us of
is found where its form or its surroundings give it away: a key of a known kind, a password in an address.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import unquote, urlsplit

MASK = "***"

_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)?(_|$)|secret|token|credential|private|(^|_)(key|pat|pwd|dsn|salt|auth)(_|$)|api_?key",
    re.IGNORECASE,
)
_ABOUT_A_SECRET = re.compile(
    r"(^|_)(file|path|dir|ttl|seconds|minutes|hours|days|expiry|length|size|enabled|required|alg|algorithm|header"
    r"|url|uri|host|port|name|type)$|^(OLD)?PWD$",
    re.IGNORECASE,
)
"""The end of a name that tells where a secret is or how long it lasts, not what it is."""
_PUBLIC_NAME = re.compile(
    r"(^|_)(id|uuid|sha|commit|rev|revision|digest|version|build|host|hostname|image|tag)$", re.IGNORECASE
)
_RANDOM = re.compile(r"(?=[^\d\s]*\d)(?=[^A-Za-z\s]*[A-Za-z])[A-Za-z0-9_+/-]{20,}={0,2}")
_ORDINARY = frozenset(("true", "false", "none", "null", "yes", "enabled", "disabled", "default", "required"))
_SHORTEST = 4
"""A shorter value would turn ordinary text into masks and is no secret worth the name."""
_SHORTEST_LINE = 16
"""A shorter line of a longer secret may be an ordinary word."""
_SHORTEST_CORE = 6
"""Characters of base64 that are a secret's own wherever it stands; fewer turn up by chance."""
_PASSWORD = re.compile(
    r"""(?:^|[\s;&?])(?:password|pwd)\s{0,9}=\s{0,9}(?:'([^']*)'|"([^"]*)"|([^\s;&'"]+))""", re.IGNORECASE
)
"""A password in a connection string: libpq's, ADO.NET's, or the parameters of a URL."""
_ADDRESS = re.compile(r"""[a-z0-9+.-]{1,40}://[^\s"'<>]{1,2000}""", re.IGNORECASE)

_GIVEN_AWAY = re.compile(
    r"""
    (?P<before>
        ://[^\s/?#:@"'<>]{0,100}:(?=[^\s/?#@"'<>]{1,200}@)                     # the password of a URL
      | \b(?i:bearer|basic)\s{1,4}(?=[\w.~+/-]{0,200}\d)(?=[\w.~+/-]{16})      # a header
      | (?i:passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|private|secret)[_-]?key)
        (?:=(?![$%{<*])["']?|\\{0,3}"\s?:\s?\\{0,3}"(?![$%{<*]))(?=[^\s"'&;,\\]{4})  # password=.., "password": ".."
    )
    (?:(?<=:)[^\s/?#@"'<>]{1,200} | (?<=\s)[\w.~+/-]{16,4096}={0,2} | (?<=[="'])[^\s"'&;,\\]{4,4096})
    | \beyJ[\w-]{8,4096}\.eyJ[\w-]{8,8192}\.[\w-]{8,4096}                      # a JSON web token
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | \b(?:gh[pousr]_|github_pat_|glpat-|npm_|pypi-|sk-|sk_live_|rk_live_|xox[abeprs]-|AIza)[\w-]{20,255}
    | -----BEGIN\ [A-Z ]{0,30}PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]{0,30}PRIVATE\ KEY-----|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
"""What is a secret by its looks; `before` stays."""
_WORD = re.compile(r"[A-Za-z0-9]+")
_HINTS = re.compile(r"://|(?i:bearer|basic|pass|pwd|secret|token|key)|eyJ|AKIA|ASIA|_|xox|AIza|-")


def secrets_of(environment: Mapping[str, str], *, public: Iterable[str] = (), guess: bool = False) -> set[str]:
    """Return the values in `environment` that are secrets: by their variable's name, or as an address's password.

    A value that stands in `public` (the name of a service, a user, a database) is not one: masking `postgres`
    wherever it stands would hide everything and protect nothing. With `guess` a long value of letters and digits
    counts as well, unless its name says what it is.
    """
    found: set[str] = set()
    for name, value in environment.items():
        is_named = _SECRET_NAME.search(name) and not _ABOUT_A_SECRET.search(name)
        if is_named or (guess and _RANDOM.fullmatch(value) and not _PUBLIC_NAME.search(name)):
            found.add(value)
        found |= passwords_in(value)
    return {value for value in found if len(value) >= _SHORTEST and value.lower() not in _ORDINARY} - set(public)


def passwords_in(text: str) -> set[str]:
    """Return the passwords of the addresses in a text: those before a URL's host, and those that are called so."""
    found = {"".join(groups) for groups in _PASSWORD.findall(text)}
    found.update(filter(None, map(_password, _ADDRESS.findall(text))))
    return {form for password in found for form in (password, unquote(password)) if len(form) >= _SHORTEST}


def _password(address: str) -> str | None:
    try:
        return urlsplit(address).password
    except ValueError:
        return None


class Redactor:
    """Replaces every known secret by `***`, and what looks like one; secrets may be added while it is in use."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: dict[str, _Known] = {}
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Learn further secrets, and the lines of long ones; those under four characters are not replaced."""
        known = dict(self._known)
        for secret in secrets:
            lines = (line.strip() for line in secret.splitlines())
            for text in (secret, *(line for line in lines if len(line) >= _SHORTEST_LINE)):
                if len(text) >= _SHORTEST and text not in known:
                    known[text] = _Known.of(text)
        longest_first = sorted(known, key=len, reverse=True)
        self._known = {text: known[text] for text in longest_first}

    def text(self, text: str) -> str:
        """Return `text` without any known secret, and without what looks like one; twice is as good as once."""
        before, masked = "", text
        while masked != before:  # the mask itself may complete a secret that has stars in it
            before = masked
            for known in self._known.values():
                masked = known.masked(masked)
            masked = _GIVEN_AWAY.sub(_mask_value, masked) if _HINTS.search(masked) else masked
        return masked

    def holds_secret(self, text: str) -> bool:
        """Whether a known secret stands in `text`, in any of its forms."""
        return any(known.masked(text) != text for known in self._known.values())

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


@dataclass(frozen=True, slots=True)
class _Known:
    """One secret: the pattern of all its forms, and letters one of which stands in each of these."""

    needles: frozenset[str]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, secret: str) -> _Known:
        raw = secret.encode(errors="surrogatepass")
        needles = frozenset(max(_WORD.findall(text), key=len, default="") for text in (secret, *_cores(raw)))
        return cls(needles, re.compile("|".join(dict.fromkeys(_forms(secret, raw)))))

    def masked(self, text: str) -> str:
        """Return the text without this secret; looking for letters is a hundred times as quick as for a pattern."""
        return self.pattern.sub(MASK, text) if any(needle in text for needle in self.needles) else text


def _mask_value(found: re.Match[str]) -> str:
    return f"{found['before'] or ''}{MASK}"


def _forms(secret: str, raw: bytes) -> Iterator[str]:
    """Yield patterns of what a secret looks like in other people's texts, the longest first.

    No form is one that a text can match in two ways: a search takes the time of the text's length.
    """
    inner = (json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
    yield from (re.escape(json.dumps(text, ensure_ascii=False)[1:-1]) for text in inner)
    yield "".join(map(_in_a_url, secret))
    yield "".join(map(_in_json, secret))
    yield re.escape(secret)
    yield from (_either_alphabet(core) + "={0,2}" for core in _cores(raw))


def _in_a_url(letter: str) -> str:
    if letter.isascii() and letter.isalnum():
        return letter
    octets = letter.encode(errors="surrogatepass")
    once, twice = ("".join(f"{percent}{_hex(f'{octet:02x}')}" for octet in octets) for percent in ("%", "%25"))
    plus = "|\\+" if letter == " " else ""
    return f"(?:{twice}|{once}|{re.escape(letter)}{plus})"


def _in_json(letter: str) -> str:
    if letter.isascii() and letter.isalnum():
        return letter
    units = letter.encode("utf-16-be", errors="surrogatepass")
    by_number = "".join(rf"\\u{_hex(units[at : at + 2].hex())}" for at in range(0, len(units), 2))
    by_name = re.escape(json.dumps(letter, ensure_ascii=False)[1:-1])
    return f"(?:{by_number}|{by_name}" + ("|\\\\/)" if letter == "/" else ")")


def _hex(digits: str) -> str:
    return "".join(digit if digit.isdigit() else f"[{digit}{digit.upper()}]" for digit in digits)


def _cores(raw: bytes) -> Iterator[str]:
    """Yield the base64 of a secret, and what of it stays when bytes stand before it and behind it."""
    yield base64.b64encode(raw).decode().rstrip("=")
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw).decode()
        core = encoded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
        if len(core) >= _SHORTEST_CORE:
            yield core


def _either_alphabet(encoded: str) -> str:
    return encoded.replace("+", "[+-]").replace("/", "[/_]")
