"""The text of every code, as a file beside this one: its page, and what is said of a failure of its kind.

The failures are those of `tests/logs`, and what real containers have left where no log tells. `python -m
tests.diagnose.golden` writes the file anew: look at what changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from harness.diagnose.diagnosis import evidence_of
from harness.diagnose.evidence import Evidence
from harness.diagnose.explain import explain
from harness.diagnose.model import Cause
from harness.outcome import Verdict
from harness.report.codes import all_codes, in_full

FILE = Path(__file__).with_name("codes.txt")
LOGS = Path(__file__).parents[1] / "logs"
OCI = "the engine could not start it: cannot start container 4e9138ea9a6a: OCI runtime create failed: "


def _crash(*lines: str, reason: str = "", code: int = 1, loops: bool = False) -> Evidence:
    verdict = Verdict.CRASHLOOP if loops else Verdict.FAILED
    return Evidence("app", verdict, reason or f"exited with code {code}: {lines[-1]}", code, lines=lines)


def _unhealthy(said: str, gave_up: float = 1.2, passed: float | None = None) -> Evidence:
    reason = f"the healthcheck gave up: {said}"
    return Evidence("app", Verdict.UNHEALTHY, reason, probe_output=said, gave_up_after=gave_up, passed_after=passed)


_DIED = Evidence("app", Verdict.FAILED, "killed by the kernel: out of memory", 137, oom_killed=True)
_KILLED = Evidence("app", Verdict.FAILED, "exited with code 137", 137, memory_limit=32 * 2**20)
_REFUSED = ("cannot reach the database: [Errno 111] Connection refused",)
LEFT = (
    _DIED,
    _KILLED,
    _crash("oh no", code=3, loops=True),
    _crash("bye", code=0),
    _crash(reason="exited with code 139, twice for the same reason", code=139, loops=True),
    _unhealthy("not today"),
    Evidence("app", Verdict.TIMEOUT, "not ready within 1 s: no answer from health"),
    _unhealthy('OCI runtime exec failed: exec failed: exec: "curl": executable file not found in $PATH: unknown'),
    _unhealthy("/bin/sh: curl: not found"),
    _unhealthy("urllib.error.HTTPError: HTTP Error 404: File not found"),
    _unhealthy("", gave_up=4.7, passed=5.3),
    _unhealthy("urllib.error.URLError: <urlopen error [Errno 111] Connection refused>"),
    _unhealthy("Health check exceeded timeout (500ms)"),
    Evidence("app", Verdict.FAILED, f'{OCI}exec: "/app/server": stat /app/server: no such file or directory'),
    Evidence("app", Verdict.FAILED, f"{OCI}sysctl kernel.bootsmoke is not in a separate kernel namespace"),
    _crash("/bin/sh: servr: not found", code=127),
    _crash("/bin/sh: /etc/passwd: Permission denied", code=126),
    _crash("dd: error writing '/data/x': No space left on device", "65+0 records in", "64+0 records out"),
    _crash("exec /run-it: exec format error"),
    _crash("touch: /x: Read-only file system"),
    Evidence("app", Verdict.FAILED, "exited with code 1", 1, lines=_REFUSED, unawaited="postgres"),
    _crash('pq: duplicate key value violates unique constraint "pg_type_typname_nsp_index"'),
)
"""What containers left behind that have no log in the corpus."""


def said() -> dict[str, list[Cause]]:
    """Return what is said of failures, by their code: the first log of each, and all that containers left."""
    found: dict[str, list[Cause]] = {}
    for folder in sorted(path.parent for path in LOGS.glob("*/expected.json")):
        code = json.loads((folder / "expected.json").read_text())["code"]
        if code not in found:
            cause = explain(evidence_of((folder / "log.txt").read_text()), None, None)
            found[code] = [cause] if cause.code == code else []
    for evidence in LEFT:
        cause = explain(evidence, None, None)
        found.setdefault(cause.code, []).append(cause)
    return found


def text() -> str:
    """Return the file."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    causes = said()
    for code in all_codes():
        yield f"{'=' * 20}\n{in_full(code)}"
        for cause in causes.get(code, []):
            yield f"\nsaid: {cause.code} {cause.title}: {cause.message}\ndo:   {cause.advice}"
            yield from (f"log:  {line}" for line in cause.evidence)


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
