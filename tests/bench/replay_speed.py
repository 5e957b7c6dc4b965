"""Measures `bootsmoke replay` on ladders of 45 files and of 3000 statements, embedded, with canary rows.

    python -m tests.bench.replay_speed

Prints for each the seconds from the command's start to its end, the server's start and stop among them, and the
most memory that the command, or one of its servers' processes, had. One ladder of each size is safe; the other
fails and drifts in every file, so that every kind of work is done.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_SAFE = """
CREATE TABLE IF NOT EXISTS t{n} (
    id   BIGINT PRIMARY KEY,
    name TEXT NOT NULL CHECK (name <> ''),
    kind TEXT NOT NULL DEFAULT 'a' CHECK (kind IN ('a', 'b')),
    up   BIGINT REFERENCES t{up} (id)
);
CREATE INDEX IF NOT EXISTS t{n}_name ON t{n} (lower(name));
ALTER TABLE t{n} ADD COLUMN IF NOT EXISTS at TIMESTAMPTZ NOT NULL DEFAULT now();
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 't{n}_short' AND conrelid = 't{n}'::regclass) THEN
        ALTER TABLE t{n} ADD CONSTRAINT t{n}_short CHECK (length(name) < 100);
    END IF;
END
$$;
INSERT INTO t{n} (id, name) VALUES (1, 'one'), (2, 'two') ON CONFLICT (id) DO NOTHING;
CREATE OR REPLACE VIEW v{n} AS SELECT id, name FROM t{n};
COMMENT ON TABLE t{n} IS 'Table {n}';
CREATE OR REPLACE FUNCTION f{n}(n BIGINT) RETURNS BIGINT LANGUAGE sql AS 'SELECT n + {n}';
GRANT SELECT ON v{n} TO PUBLIC;
CREATE INDEX IF NOT EXISTS t{n}_at ON t{n} (at) WHERE kind = 'a';
"""
_UNSAFE = """
ALTER TABLE t{n} ADD CONSTRAINT t{n}_id CHECK (id > 0);
UPDATE t{n} SET kind = 'a', at = now();
ALTER TABLE t{n} ADD UNIQUE (id, name);
"""


def main() -> None:
    """Measure both sizes of both ladders."""
    for files, unsafe in ((45, False), (45, True), (300, False), (230, True)):
        with tempfile.TemporaryDirectory() as folder:
            statements = _lay(Path(folder), files, _SAFE + _UNSAFE if unsafe else _SAFE)
            began = time.monotonic()
            done = subprocess.run(
                [sys.executable, "-m", "harness", "replay", folder], capture_output=True, text=True, check=False
            )
            took = time.monotonic() - began
        if done.returncode not in (0, 1):
            sys.exit(done.stderr)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{files} files, {statements} statements: {took:.2f} s, {memory:.0f} MB; {done.stdout.splitlines()[-1]}"
        )


def _lay(folder: Path, files: int, text: str) -> int:
    for number in range(files):
        migration = text.format(n=number, up=max(0, number - 1))
        (folder / f"{number:06}_t.up.sql").write_text(migration)
    return files * (text.count(";\n") - text.count("END IF;\n") - text.count("< 100);\n"))


if __name__ == "__main__":
    main()
