"""The scenarios of this project, each with what it holds broken on purpose, and the words in which it goes red."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from harness.errors import Place
from harness.scenario.load import load
from harness.scenario.model import ComposeSource, PutFile, Scenario

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "compose/server"
"""What is below /app in the server's image."""


@dataclass(frozen=True)
class Edit:
    """A text that a file has once becomes another; where `old` is empty, `new` is put behind the whole file."""

    file: str
    """Its path below /app; the scenario's own copy is changed where it puts one there."""
    old: str
    new: str

    def apply(self, text: str) -> str:
        """Return the changed text."""
        if not self.old:
            return text + self.new
        assert text.count(self.old) == 1, f"{self.file} does not have this once: {self.old}"
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Mutant:
    """One scenario, what is changed, and what it has to say then."""

    scenario: str
    edits: tuple[Edit, ...]
    message: str
    """What stands in the scenario's message."""
    cause: tuple[str, str] | None = None
    """The cause that the report names: its code and its file."""
    put: tuple[str, str] | None = None
    """A file of the scenario's folder that is there from the first boot on, and where."""
    compose: tuple[str, str] | None = None
    """A text of the scenario's last compose file, and what it becomes."""

    def build(self, folder: Path) -> Scenario:
        """Return the scenario with the change; changed files are written below `folder`."""
        scenario = load(ROOT / "scenarios" / self.scenario)
        put = {entry.to: entry for entry in scenario.put}
        if self.put:
            name, to = self.put
            put[to] = PutFile("server", scenario.compose.directory / name, to, Place(""))
        for edit in self.edits:
            to = f"/app/{edit.file}"
            source = put[to].file if to in put else SERVER / edit.file
            changed = _written(folder / edit.file, edit.apply(source.read_text()))
            put[to] = PutFile("server", changed, to, Place(""))
        return replace(scenario, put=tuple(put.values()), compose=self._composed(scenario.compose, folder))

    def _composed(self, source: ComposeSource, folder: Path) -> ComposeSource:
        if self.compose is None:
            return source
        *others, last = source.files
        changed = Edit(last.name, *self.compose).apply(last.read_text())
        return replace(source, files=(*others, _written(folder / last.name, changed)))


def _written(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


_RBAC = "migrations/000029_rbac.up.sql"
_SCOPE = "migrations/000043_actor_role_scope.up.sql"
_DEACTIVATED = "migrations/000045_users_deactivated_at.up.sql"
_CHAIN = "migrations/000048_audit_chain.up.sql"

FAST = (
    # The broken ladders, mended: what has to fail passes, or fails in another way.
    Mutant(
        "crashloop-unguarded-check",
        (
            Edit(
                _SCOPE,
                "ADD CONSTRAINT actor_roles_scope_type_enum",
                "DROP CONSTRAINT IF EXISTS actor_roles_scope_type_enum, ADD CONSTRAINT actor_roles_scope_type_enum",
            ),
        ),
        "warm boot: expected failed, got ready",
    ),
    Mutant(
        "crashloop-conflict-target",
        (
            Edit(
                _RBAC, "ON CONFLICT (actor_id, actor_type, role_id, tenant_id) DO NOTHING", "ON CONFLICT DO NOTHING"
            ),
        ),
        "warm boot: expected failed, got ready",
    ),
    Mutant(
        "cold-null-key",
        (Edit(_RBAC, "'r-operator', NULL)", "'r-operator', 't-default')"),),
        "cold boot: expected failed, got ready",
    ),
    Mutant(
        "cold-broken-insert",
        (Edit(_DEACTIVATED, "ADD COLUMN IF NOT EXISTS deactivated_at", "ADD COLUMN email"),),
        "cold boot: expected sqlstate 23502, got 42701",
        ("BOOT101", "000045_users_deactivated_at.up.sql"),
    ),
)
"""Those that run with all tests."""

SLOW = (
    Mutant(
        "null-scope-growth",
        (Edit(_SCOPE, "UNIQUE (actor_id", "UNIQUE NULLS NOT DISTINCT (actor_id"),),
        "warm boot: expected drift, got ready",
    ),
    # The ladder, broken: a boot that changes what it found.
    Mutant(
        "cold-then-warm",
        (Edit(_RBAC, "", "UPDATE actor_roles SET granted_at = now();\n"),),
        "the warm boot changed the database: ",
    ),
    Mutant(
        "role-grants-survive-warm-boot",
        (Edit(_SCOPE, "", "DELETE FROM actor_roles WHERE scope_type <> 'global';\n"),),
        "the warm boot changed the database: ",
    ),
    Mutant(
        "bootstrap-once",
        (Edit("refserver/auth.py", "'day-0 admin', 'bootstrap'", "'day-0 admin', 'issued'"),),
        "the statuses are 201, 201 instead of 201, 409",
    ),
    Mutant(
        "warm-resets-value",
        (Edit(_CHAIN, "DO UPDATE SET length = 0, head = sha256('genesis')", "DO NOTHING"),),
        "warm boot: expected drift, got ready",
    ),
    Mutant(
        "upgrade-boot",
        (Edit(_SCOPE, "", "UPDATE actor_roles SET expires_at = NULL WHERE scope_type = 'global';\n"),),
        "('bob', 'r-auditor', 'global', None, 't')",
    ),
    Mutant(
        "killed-mid-ladder",
        (
            Edit("migrations/000001_initial_schema.up.sql", "", "CREATE TABLE ladder_under_way ();\n"),
            Edit(_CHAIN, "", "DROP TABLE ladder_under_way;\n"),
        ),
        "warm boot: expected ready, got failed",
        ("BOOT101", "000001_initial_schema.up.sql"),
    ),
    # The server, broken.
    Mutant(
        "role-grant-matrix",
        (Edit("refserver/grants.py", '<= now()", (moment,)', 'IS NULL AND false", (moment,)'),),
        "status 200 instead of 400",
    ),
    Mutant(
        "offer-lifecycle",
        (Edit("refserver/offers.py", "    connection.execute(_SUPERSEDE, values)\n", ""),),
        "accept: status 200 instead of 409",
    ),
    Mutant(
        "offer-race",
        (
            Edit("refserver/offers.py", "    ORDER BY id\n    FOR UPDATE\n", "    ORDER BY id\n"),
            Edit(
                "refserver/offers.py",
                "    made = grants.upsert(",
                '    connection.execute("SELECT pg_sleep(0.3)")\n    made = grants.upsert(',
            ),
        ),
        "the statuses are 200, 200 instead of 200, 409",
    ),
    Mutant(
        "two-replicas",
        (Edit("refserver/ladder.py", "pg_advisory_lock(", "pg_advisory_lock_shared("),),
        "the log of server holds 'SQLSTATE'",
        put=("000000_meet.up.sql", "/app/migrations/000000_meet.up.sql"),
    ),
    Mutant(
        "postgres-restarts",
        (
            Edit(
                "refserver/web.py",
                "        with pool.connection():  # the pool's own check sends an empty query\n            pass\n",
                "        pass\n",
            ),
        ),
        "not within 10 s: GET /readyz: status 200 instead of 503",
    ),
    Mutant(
        "slow-postgres",
        (),
        "cold boot: expected ready, got crashloop",
        ("BOOT415", ""),
        compose=("sleep 6;", "sleep 60;"),
    ),
)
"""Those that `make mutants` adds."""
