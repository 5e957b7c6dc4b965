"""Words by which programs of many languages, shells and the kernel tell why they ended, other than by SQL.

`kind_of_trouble` reads one line. The order of the rules is that of their certainty: a line that fits several, as
`bind: permission denied` does, is the first one's.
"""

from __future__ import annotations

import re

_NAME = r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
"""An environment variable, as nearly all are called."""

_MEMORY = (
    r"java\.lang\.OutOfMemoryError|heap out of memory|fatal error: (?:runtime: )?(?:out of memory|cannot allocate)"
    r"|memory allocation of \d{1,20} bytes failed|\b(?:NoMemory|Memory)Error\b|std::bad_alloc"
    r"|Allowed memory size of \d{1,20} bytes exhausted|Cannot allocate memory"
    r"|\b[a-z]{2,20}_alloc: Cannot (?:re)?allocate \d{1,20} bytes"
)
_FORMAT = r"exec format error|cannot execute binary file|cannot execute: required file not found|wrong ELF class"
_PORT = (
    r"port is already allocated|address (?:already )?in use|\bEADDRINUSE\b|\bAddrInUse\b|:eaddrinuse"
    r"|ports are not available|port \d{1,5} (?:is |was )?already in use"
)
_SPACE = r"no space left on device|\bENOSPC\b|disk quota exceeded"
_READ_ONLY = r"read-only file ?system|\bEROFS\b"
_TLS = (
    r"SSL is not enabled on the server|server does not support (?:SSL|TLS)|not support SSL connections"
    r"|server refused TLS|unable to verify the first certificate|self[- ]signed certificate"
    r"|certificate (?:verify failed|has expired|is not trusted|signed by unknown)|x509: |\btls: (?!no )"
    r"|SSLHandshakeException|PKIX path|ssl not available|invalid peer certificate|server certificate for"
)
_HOST = (
    r"no such host|could not translate host name|UnknownHost|\bENOTFOUND\b|EAI_AGAIN|name or service not known"
    r"|name resolution|name does not resolve|nodename nor servname|getaddrinfo failed|failed to lookup address"
    r"|:nxdomain|php_network_getaddresses"
)
_SETTING = (
    rf"\bKeyError: ['\"]{_NAME}['\"]|key not found: \"{_NAME}\"|\b{_NAME}: (?:unbound variable|parameter )"
    rf"|\b{_NAME}\b['\"`]?,? (?:environment variable )?(?:is |was )?"
    r"(?:not set|required|must be set|missing|undefined|not defined|not found\. Declare it as envvar)"
    rf"|required key {_NAME} missing|Could not resolve placeholder '[\w.\-]{{1,100}}'"
    r"|(?:missing|required|unset|undefined|set the) .{0,60}\b(?:environment|env) var"
    r"|\b(?:environment|env) var(?:iable)?s? .{0,100}(?:not set|missing|not found|is required|undefined|be set)"
    r"|environment variable not found|`Err` value: NotPresent|superuser password is not specified"
    r"|validation errors? for \w{0,40}(?:Settings|Config|Env)"
)
_NOT_EXECUTABLE = r"\bexec(?:ve)?\b.{0,200}permission denied"
_PERMISSION = (
    r"permission denied(?! for )|\bEACCES\b|\bEPERM\b|:eacces|AccessDenied|operation not permitted|access is denied"
)
_FILE = (
    r"executable file not found|no such file or directory|is a directory|\bENOENT\b|cannot find (?:module|package)"
    r"|NoSuchFileException|No module named |error while loading shared libraries|cannot load such file"
    r"|could not find or load main class|unable to access jarfile|can't open file|could not open input file"
    r"|:enoent|failed to open stream"
)


def _rule(code: str, pattern: str) -> tuple[str, re.Pattern[str]]:
    # The names of variables are upper case, the rest of what programs say is written in both.
    flags = 0 if code == "BOOT412" else re.IGNORECASE
    return code, re.compile(pattern, flags)


_MEMORY_RULE = _rule("BOOT204", _MEMORY)
_RULES = (
    _MEMORY_RULE,
    _rule("BOOT403", r"\.s\.PGSQL\.\d{1,5}\b"),  # libpq without a host: a socket that no other container has
    _rule("BOOT406", _FORMAT),
    _rule("BOOT402", _PORT),
    _rule("BOOT405", _SPACE),
    _rule("BOOT414", _READ_ONLY),
    _rule("BOOT408", _TLS),
    _rule("BOOT407", _HOST),
    _rule("BOOT412", _SETTING),
    _rule("BOOT401", _NOT_EXECUTABLE),
    _rule("BOOT413", _PERMISSION),
    _rule("BOOT401", _FILE),
    _rule("BOOT403", r"connection refused|\bECONNREFUSED\b"),
)
_VARIABLE = re.compile(rf"\b{_NAME}\b")
_LONGEST = 4096


def kind_of_trouble(line: str) -> str:
    """Return the code of what a line tells of; empty where it tells of nothing that is known."""
    clipped = line[:_LONGEST]
    return next((code for code, pattern in _RULES if pattern.search(clipped)), "")


def tells_of_memory(line: str) -> bool:
    """Whether a runtime says here that its memory is used up: traces of a hundred lines follow on that."""
    return _MEMORY_RULE[1].search(line[:_LONGEST]) is not None


def variable_in(line: str) -> str | None:
    """Return the environment variable that a line names."""
    found = _VARIABLE.search(line[:_LONGEST])
    return found.group() if found else None
