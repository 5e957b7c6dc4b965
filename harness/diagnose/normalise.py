"""A log line without what differs from one crash to the next, so that two crashes can be compared."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\x1b(?:\[[0-9;:?]{0,32}[ -/]{0,4}[@-~]"
    r"|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\)?|[@-Z\\^_])"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

_VARIABLE = re.compile(
    r"""
    (?P<keep>sqlstate\W{1,3}\w{5}\b)
    | (?<!\w) (?:
      (?P<time>
          \d{4}[-/]\d\d[-/]\d\d (?:[T\ ]\d\d:\d\d:\d\d (?:[.,]\d{1,9})?
              (?:\ ?Z|\ ?[+-]\d\d:?\d\d|\ UTC|\ GMT)?)?
        | (?:[A-Z][a-z]{2},?\ )? [A-Z][a-z]{2}\ {1,2}\d{1,2}\ (?:\d{4}\ )?\d\d:\d\d:\d\d
        | \d{1,3}:\d\d:\d\d(?:[.,]\d{1,9})?
      )
      | (?P<uuid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})
      | (?P<hex>0x[0-9a-f]{1,64} | (?=[a-f]{0,63}\d)(?=\d{0,63}[a-f])[0-9a-f]{8,64})
      | (?P<number>\d{1,40}(?:[.,:]\d{1,40}){0,8}
          (?:\ ?(?:ns|us|µs|ms|s|m|h|sec|secs|seconds|b|kb|mb|gb|kib|mib|gib|bytes)|%)?)
    ) (?!\w)
    | (?P<tmp>(?<![\w/])/(?:var/)?tmp/[^\s"':,;)\]}<>]{1,256})
    """,
    re.VERBOSE | re.IGNORECASE,
)


def without_escapes(line: str) -> str:
    """Return the line without ANSI escapes (colours, titles, cursor movements) and control characters."""
    return _CONTROL.sub("", _ESCAPE.sub("", line)) if "\x1b" in line or not line.isprintable() else line


def normalise(line: str) -> str:
    """Return the line with times, ids, addresses, numbers and temporary paths replaced by their kind.

    A number inside a name (`000043_actor_role_scope`) stays, and so does a SQLSTATE that is called one.
    Applying it twice changes nothing.
    """
    previous, text = "", " ".join(without_escapes(line).split())
    while text != previous:
        previous, text = text, " ".join(_VARIABLE.sub(_kind, text).split())
    return text


def _kind(found: re.Match[str]) -> str:
    return found.group() if found.lastgroup == "keep" else f"<{found.lastgroup}>"
