"""Role grants over HTTP: scoped, time-bound, one for each actor, role and scope."""

from __future__ import annotations

import psycopg
import pytest

from tests.server.caller import FAR, Caller, admin
from tests.server.conftest import Boot

pytestmark = pytest.mark.docker

MATRIX: list[tuple[dict[str, object], int]] = [
    ({"scope_type": "profile", "scope_id": "prof-server"}, 200),
    ({"expires_at": FAR}, 200),
    ({"scope_type": "global", "scope_id": "prof-server"}, 400),
    ({"scope_type": "profile"}, 400),
    ({"expires_at": "2001-01-01T00:00:00Z"}, 400),
    ({"scope_type": "planet", "scope_id": "earth"}, 400),
]
"""The six cases: two grants that persist, four that are refused."""


@pytest.fixture
def root(boot: Boot, database_url: str) -> Caller:
    """Give the admin of a fresh server."""
    server = boot(database_url)
    server.wait_until_ready()
    return admin(server)


@pytest.mark.parametrize(("terms", "status"), MATRIX)
def test_the_matrix(root: Caller, terms: dict[str, object], status: int) -> None:
    """A grant that makes sense is there afterwards with its terms, and one that does not leaves nothing."""
    key = root.issue("somebody")
    assert root.grant(key, "r-operator", **terms)[0] == status
    _, held = root.ask("GET", f"/keys/{key.id}/roles")
    expected = [{"scope_type": "global", "scope_id": None, "expires_at": None, **terms}] if status == 200 else []
    assert [{name: grant[name] for name in ("scope_type", "scope_id", "expires_at")} for grant in held] == expected


def test_grants_survive_a_warm_boot(root: Caller, boot: Boot, database_url: str) -> None:
    """A second server on the same database lists the same grants and checks them the same way."""
    key = root.issue("somebody")
    root.grant(key, "r-operator", scope_type="profile", scope_id="prof-server")
    root.grant(key, "r-auditor", expires_at=FAR)
    before = root.ask("GET", f"/keys/{key.id}/roles")
    root.server.terminate()
    second = boot(database_url)
    second.wait_until_ready()
    assert root.on(second).ask("GET", f"/keys/{key.id}/roles") == before
    assert key.on(second).allowed("certificates.issue", "profile", "prof-server")


def test_granting_again_is_one_grant_with_the_new_expiry(root: Caller) -> None:
    """The upsert finds a global grant too, whose scope_id is NULL."""
    key = root.issue("somebody")
    for scope in ({}, {"scope_type": "issuer", "scope_id": "iss-local"}):
        _, first = root.grant(key, "r-operator", **scope)
        _, second = root.grant(key, "r-operator", expires_at=FAR, **scope)
        assert (second["id"], second["expires_at"]) == (first["id"], FAR)
    assert len(root.ask("GET", f"/keys/{key.id}/roles")[1]) == 2


def test_one_role_is_held_in_several_scopes(root: Caller) -> None:
    """Profiles and issuers beside each other are grants of their own."""
    key = root.issue("somebody")
    for scope_type, scope_id in (("profile", "prof-server"), ("profile", "prof-client"), ("issuer", "iss-local")):
        assert root.grant(key, "r-operator", scope_type=scope_type, scope_id=scope_id)[0] == 200
    assert len(root.ask("GET", f"/keys/{key.id}/roles")[1]) == 3


def test_a_scoped_grant_covers_its_own_scope_and_a_global_one_all(root: Caller) -> None:
    """What is checked is the scope that is asked for."""
    key = root.issue("somebody")
    root.grant(key, "r-operator", scope_type="profile", scope_id="prof-server")
    assert key.allowed("certificates.issue", "profile", "prof-server")
    assert not key.allowed("certificates.issue", "profile", "prof-client")
    assert not key.allowed("certificates.issue", "issuer", "prof-server")
    assert not key.allowed("certificates.issue")
    root.grant(key, "r-auditor")
    assert key.allowed("audit.read")
    assert key.allowed("audit.read", "issuer", "iss-local")
    assert not key.allowed("roles.grant")


def test_an_expired_grant_covers_nothing(root: Caller, database_url: str) -> None:
    """A grant whose time has come stays listed and permits nothing, an admin's own included."""
    key = root.issue("somebody")
    root.grant(key, "r-admin", expires_at=FAR)
    assert key.ask("GET", f"/keys/{key.id}/roles")[0] == 200
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE actor_roles SET expires_at = now() WHERE actor_id = %s", [key.id])
    assert not key.allowed("roles.grant")
    assert key.ask("GET", f"/keys/{key.id}/roles")[0] == 403
    assert len(root.ask("GET", f"/keys/{key.id}/roles")[1]) == 1


def test_a_revoked_grant_is_gone(root: Caller) -> None:
    """204, then 404; what it permitted is denied."""
    key = root.issue("somebody")
    _, grant = root.grant(key, "r-auditor")
    assert root.ask("DELETE", f"/keys/{key.id}/roles/{grant['id']}")[0] == 204
    assert root.ask("DELETE", f"/keys/{key.id}/roles/{grant['id']}")[0] == 404
    assert not key.allowed("audit.read")


def test_only_an_admin_grants(root: Caller) -> None:
    """No key is 401, one without the role everywhere 403, an admin of one scope too."""
    key = root.issue("somebody")
    root.grant(key, "r-admin", scope_type="profile", scope_id="prof-server")
    assert key.grant(key, "r-admin")[0] == 403
    assert Caller(root.server, "rsk_unknown").grant(key, "r-admin")[0] == 401


def test_unknown_keys_and_roles_are_refused(root: Caller) -> None:
    """An unknown key is 404, an id that is none as well, an unknown role 400."""
    key = root.issue("somebody")
    unknown = Caller(root.server, "", "00000000-0000-0000-0000-000000000000")
    assert root.grant(unknown, "r-admin")[0] == 404
    assert root.grant(Caller(root.server, "", "7"), "r-admin")[0] == 404
    assert root.grant(key, "r-nobody") == (400, {"error": "there is no role 'r-nobody'"})


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"\xff",
        b'{"role_id": 7}',
        b'{"role_id": "r-admin", "scope": "global"}',
        b'{"role_id": "r-admin\\u0000"}',
        b'{"role_id": "r-admin", "expires_at": "2099-01-01T00:00:00"}',
        b'{"role_id": "r-admin", "expires_at": "9999-12-31T23:59:59-23:59"}',
        b"",
    ],
)
def test_a_body_that_does_not_fit_is_400(root: Caller, body: bytes) -> None:
    """Bad JSON, wrong types, unknown fields, NUL, a time without a zone: an error that says where."""
    key = root.issue("somebody")
    status, answer = root.ask("POST", f"/keys/{key.id}/roles", body)
    assert (status, list(answer)) == (400, ["error"])


def test_every_change_leaves_an_audit_row(root: Caller, database_url: str) -> None:
    """Who did what to which grant, in order."""
    key = root.issue("somebody")
    _, grant = root.grant(key, "r-auditor")
    root.ask("DELETE", f"/keys/{key.id}/roles/{grant['id']}")
    root.grant(key, "r-nobody")
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT actor_id, action, resource_id FROM audit_events ORDER BY id").fetchall()
    assert rows[1:] == [
        (root.id, "api_key.issued", key.id),
        (root.id, "role.granted", grant["id"]),
        (root.id, "role.revoked", grant["id"]),
    ]
