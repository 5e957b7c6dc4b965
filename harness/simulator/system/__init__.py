"""Postgres's own catalogs, computed from the store; names to oids and back; and the functions that go with them.

`view` finds a table or view of pg_catalog or information_schema; `regclass` and its kin take a text or an oid.
"""

from harness.simulator.system import asking, formatting
from harness.simulator.system.lookups import regclass, regnamespace, regproc, regprocedure, regrole, regtype
from harness.simulator.system.views import SystemView, view

__all__ = [
    "SystemView",
    "asking",
    "formatting",
    "regclass",
    "regnamespace",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
    "view",
]
