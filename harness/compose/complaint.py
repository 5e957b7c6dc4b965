"""Turns what Compose says about files that it rejects into a ComposeError with file, line and column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from harness.compose.source import locate, mention, syntax_error
from harness.errors import ComposeError, Place

_IN_FILE = re.compile(r"(?:validating|failed to parse) (?P<file>[^:]+): (?P<rest>.*)", re.DOTALL)
_LINE = re.compile(r"(?:yaml: )?(?:unmarshal errors:\s*)?line (?P<line>\d+): (?P<rest>.*)", re.DOTALL)
_PATHS = (
    # services.a additional properties 'foo' not allowed; up to 2.3x: services.a Additional property foo is ...
    re.compile(r"^(?P<path>[\w.\-\[\]]*) ?[Aa]dditional propert(?:y|ies) '?(?P<key>[^' ]+)"),
    re.compile(r"'(?P<path>(?:services|networks|volumes|secrets|configs)[^']*)'"),
    re.compile(r"(?P<path>(?:services|networks|volumes|secrets|configs)\.[\w.\-\[\]]+)"),
)
_SERVICE = re.compile(r'service "(?P<service>[^"]+)" (?P<verb>[\w ]+)')
_MENTIONED = re.compile(r"(?:open|stat|find env file:) (?P<file>/[^:]+)|invalid \w+: (?P<value>[^\s:]+)")
_KEYS = {
    "depends on": "depends_on",
    "undefined network": "networks",
    "undefined volume": "volumes",
    "undefined secret": "secrets",
    "undefined config": "configs",
}
_HELP = (
    ("additional propert", "remove the key or correct its spelling; keys of your own start with x-"),
    ("no configuration file provided", "name the compose file with -f, or run in its folder"),
    ("required variable", "set the variable, or give it a default: ${NAME:-default}"),
    ("env file", "create the file, or mark it `required: false`"),
    ("no such file or directory", "correct the path; relative ones start at the first compose file's folder"),
    ("undefined service", "correct the name, or activate the profile that the service belongs to"),
)


def explain(stderr: str, files: Sequence[Path]) -> ComposeError:
    """Return the error that Compose's `stderr` stands for; Compose's own words are the message."""
    text = _own_words(stderr)
    place, message = _placed(text, files)
    advice = next((help_ for words, help_ in _HELP if words in text.lower()), "")
    return ComposeError(message, place=place, help=advice)


def _own_words(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip() and not line.startswith("time=")]
    return " ".join(lines) or "Docker Compose failed without a word"


def _placed(text: str, files: Sequence[Path]) -> tuple[Place | None, str]:
    in_file = _IN_FILE.match(text)
    if in_file:
        files, text = [Path(in_file["file"])], in_file["rest"].strip()
    line = _LINE.match(text)
    if line or text.startswith("yaml:"):
        broken = syntax_error(files)
        if broken:
            return broken[1], f"this is no YAML: {broken[0]}"
        name = str(files[0]) if len(files) == 1 else ""
        return (Place(name, int(line["line"])), line["rest"]) if line and name else (None, text)
    path = _path(text)
    return (locate(files, path) if path else _mentioned(text, files)), text


def _mentioned(text: str, files: Sequence[Path]) -> Place | None:
    match = _MENTIONED.search(text)
    return mention(files, match["file"] or match["value"]) if match else None


def _path(text: str) -> str:
    """Return the path of the key that Compose complains about, with dots; empty when it names none."""
    for pattern in _PATHS:
        match = pattern.search(text)
        if match:
            groups = match.groupdict()
            parts = [groups["path"], groups.get("key") or ""]
            return re.sub(r"\[(\w+)\]", r".\1", ".".join(part for part in parts if part)).replace("..", ".")
    service = _SERVICE.search(text)
    if not service:
        return ""
    key = next((key for words, key in _KEYS.items() if words in text), "")
    return f"services.{service['service']}.{key}".rstrip(".")
