"""Scenarios to write into a test's folder."""

from pathlib import Path

HEAD = "compose: {files: [compose.yml]}\nsteps:\n"
FULL = """\
about: All keys at once.
compose:
  files: [compose.yml, ../shared.yml]
  profiles: [dev]
  env_files: [.env]
  environment: {PG: 16, TOKEN: "${token}"}
service: server
services: [server, worker]
migrations: sql
variables: {token: random, zone: eu}
put:
  - service: server
    file: sql/1.sql
    to: /app/1.sql
stability: 500ms
timeout: 90
steps:
  - boot: cold
    expect: {verdict: ready}
  - snapshot: before
  - recreate: [server, worker]
    environment: {TOKEN: "${token}", DEBUG: true}
    image: other:${zone}
    expect: {verdict: failed, sqlstate: 42710, migration: 1.sql, line: 3, object: "$$1", within: 0.5s}
  - unchanged: before
    allow: ["audit_*"]
  - http: POST /api/${zone}
    service: worker
    port: 8080
    headers: {Authorization: "Bearer ${token}"}
    json: {zones: ["${zone}", 1, null]}
    save: {id: items.0.id}
    expect: {status: 201, json: {"items.0.id": 3}}
"""
"""Every key of every step; the `folder` fixture makes the files that it names."""

STEPS = """\
compose: {files: [compose.yml]}
service: server
variables: {later: "2099"}
steps:
  - boot: cold
    scale: {server: 2}
  - sql: SELECT 1, NULL, true
    database: app
    expect: {rows: [[1, null, true]]}
    save: one
  - exec: server
    command: [ls, /]
    expect: {exit: 2, contains: app}
  - logs: server
    contains: [ready, "${one}"]
    lacks: error
  - eventually:
      http: GET /items/${one}?after=${later}
    within: 3s
  - parallel:
      - http: POST /a
      - http: POST /b
    expect: {statuses: [409, 200]}
  - hold: items
    mode: SHARE
    steps:
      - boot: warm
        until: started
      - kill: server
        signal: SIGTERM
  - start: server
  - recreate: server
    put: [{service: server, file: compose.yml, to: /app/x.sql}]
    expect: {verdict: drift, object: items, migration: 1.sql}
"""
"""Every kind of step that `FULL` does not have."""


def write(text: str, folder: str = "smoke") -> Path:
    """Write a scenario below the working directory, and return its folder."""
    path = Path(folder)
    path.mkdir(exist_ok=True)
    (path / "compose.yml").touch()
    (path / "scenario.yaml").write_text(text)
    return path
