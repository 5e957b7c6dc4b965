"""What pg_dump says of a database that was created here."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from harness.errors import PostgresError
from harness.replay.binaries import installed

if TYPE_CHECKING:
    from harness.replay.server import Server


def dump(server: Server, database: str, *options: str) -> list[str]:
    """Return what pg_dump writes of a database; nothing where there is no pg_dump of the server's version.

    The lines with a random key, `restrict`, are left out. PostgresError when it fails.
    """
    program = next((each.program("pg_dump") for each in installed() if each.major == server.major), None)
    if program is None or not program.is_file():
        return []
    conninfo = server.conninfo(database)
    password = conninfo_to_dict(conninfo).get("password")
    # The password goes where no list of processes shows it.
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    command = [str(program), *options, f"--dbname={make_conninfo(conninfo, password='')}"]
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    if done.returncode:
        raise PostgresError(f"pg_dump failed: {done.stderr.decode(errors='replace').strip()}")
    return [
        line for line in done.stdout.decode().splitlines() if not line.startswith(("\\restrict ", "\\unrestrict "))
    ]
