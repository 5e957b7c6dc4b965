"""ON CONFLICT, or a foreign key, names a key that a later file replaces."""

from __future__ import annotations

from harness.guard.rules.rule import Rule, Severity, stops

RULE = Rule(
    code="LAD118",
    title="the unique key that it names is replaced later",
    severity=Severity.ERROR,
    help=(
        "Guard the INSERT with WHERE NOT EXISTS (ON CONFLICT DO NOTHING without columns is enough only where the "
        "new key cannot be NULL); guard a foreign key by a look at pg_constraint."
    ),
    why=(
        "ON CONFLICT (a, b) needs a unique key of exactly these columns at the time when it runs. A later "
        "file has replaced that key by another, so that at the next boot Postgres finds none and refuses the "
        "statement (42P10), although all its rows are there. REFERENCES needs one in the same way (42830)."
    ),
    before="""\
INSERT INTO grants (role, permission) VALUES ('admin', 'all') ON CONFLICT (role, permission) DO NOTHING;
-- a later file makes the key (role, permission, scope)
""",
    after="""\
INSERT INTO grants (role, permission) SELECT 'admin', 'all'
WHERE NOT EXISTS (SELECT FROM grants WHERE role = 'admin' AND permission = 'all');
""",
    source="postgresql.org/docs/current/sql-insert.html (unique index inference)",
    says=stops(lambda case: case.sqlstate in ("42P10", "42830")),
)
