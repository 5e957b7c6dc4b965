"""Role grant offers over HTTP: their life from the offer to one of its four ends."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from tests.server.caller import Answer, Caller, admin
from tests.server.conftest import Boot

pytestmark = pytest.mark.docker

SCOPE = {"scope_kind": "issuer", "scope_id": "7d9f3f0e-1111-4222-8333-444455556666"}


@pytest.fixture
def root(boot: Boot, database_url: str) -> Caller:
    """Give the admin of a fresh server."""
    server = boot(database_url)
    server.wait_until_ready()
    return admin(server)


@pytest.fixture
def account(root: Caller) -> str:
    """Give the account that offers are made to."""
    return root.account("ada@example.org")


@pytest.fixture
def ada(root: Caller, account: str) -> Caller:
    """Give the holder of the account's key."""
    return root.issue("ada", account)


def _second_admin(root: Caller) -> Caller:
    other = root.issue("second admin")
    root.grant(other, "r-admin")
    return other


def test_an_accepted_offer_is_a_grant(root: Caller, account: str, ada: Caller) -> None:
    """The acceptor holds the role in the offer's scope, and the inbox is empty."""
    _, offer = root.offer(account, **SCOPE)
    assert not ada.allowed("certificates.issue", "issuer", SCOPE["scope_id"])
    status, grant = ada.ask("POST", f"/offers/{offer['id']}/accept")
    assert (status, grant["scope_type"], grant["scope_id"]) == (200, "issuer", SCOPE["scope_id"])
    assert ada.allowed("certificates.issue", "issuer", SCOPE["scope_id"])
    assert not ada.allowed("certificates.issue")
    assert ada.ask("GET", "/offers") == (200, [])


@pytest.mark.parametrize("scope", [{}, SCOPE])
def test_the_same_grantors_second_offer_renews_the_first(
    root: Caller, account: str, ada: Caller, scope: dict[str, str]
) -> None:
    """One pending offer for a grantor, account, role and scope: an offer without a scope is one scope, too."""
    _, first = root.offer(account, message="please", **scope)
    _, second = root.offer(account, expires_at="2098-01-01T00:00:00Z", **scope)
    assert (second["id"], second["message"]) == (first["id"], None)
    assert [offer["expires_at"] for offer in ada.ask("GET", "/offers")[1]] == ["2098-01-01T00:00:00Z"]


def test_two_grantors_have_an_offer_each_and_one_is_superseded(root: Caller, account: str, ada: Caller) -> None:
    """The offer that is accepted supersedes the other one of the same role and scope, and no other."""
    other = _second_admin(root)
    _, mine = root.offer(account)
    _, theirs = other.offer(account)
    _, scoped = other.offer(account, **SCOPE)
    assert len(ada.ask("GET", "/offers")[1]) == 3
    assert ada.ask("POST", f"/offers/{mine['id']}/accept")[0] == 200
    assert ada.ask("POST", f"/offers/{theirs['id']}/accept")[0] == 409
    assert [offer["id"] for offer in ada.ask("GET", "/offers")[1]] == [scoped["id"]]


def test_the_inbox_is_ordered_by_the_soonest_expiry(root: Caller, account: str, ada: Caller) -> None:
    """Whatever the order in which they were made."""
    for year, role in ((2093, "r-operator"), (2091, "r-auditor"), (2092, "r-admin")):
        root.offer(account, role, expires_at=f"{year}-01-01T00:00:00Z")
    roles = [offer["role"] for offer in ada.ask("GET", "/offers")[1]]
    assert roles == ["r-auditor", "r-admin", "r-operator"]


def test_a_declined_offer_keeps_its_reason_and_has_ended(root: Caller, account: str, ada: Caller) -> None:
    """Its grantor can then make a new one."""
    _, offer = root.offer(account)
    status, declined = ada.ask("POST", f"/offers/{offer['id']}/decline", {"reason": "too much"})
    assert (status, declined["decline_reason"]) == (200, "too much")
    assert ada.ask("POST", f"/offers/{offer['id']}/accept")[0] == 409
    assert ada.ask("POST", f"/offers/{offer['id']}/decline", {})[0] == 409
    assert root.offer(account)[1]["id"] != offer["id"]


def test_only_the_grantor_retracts(root: Caller, account: str, ada: Caller) -> None:
    """To another grantor and to the recipient it is no offer of theirs."""
    _, offer = root.offer(account)
    for other in (ada, _second_admin(root)):
        assert other.ask("DELETE", f"/offers/{offer['id']}")[0] == 404
    status, retracted = root.ask("DELETE", f"/offers/{offer['id']}")
    assert (status, retracted["retracted_at"] is None) == (200, False)
    assert root.ask("DELETE", f"/offers/{offer['id']}")[0] == 409
    assert ada.ask("POST", f"/offers/{offer['id']}/accept")[0] == 409


def test_an_offer_of_somebody_elses_is_not_found(root: Caller, account: str, ada: Caller) -> None:
    """Another account's key, a key without an account and another key than the one named get 404."""
    bob = root.issue("bob", root.account("bob@example.org"))
    second = root.issue("ada's second", account)
    _, offer = root.offer(account, to_actor_id=second.id)
    for caller in (bob, root, ada):
        assert caller.ask("POST", f"/offers/{offer['id']}/accept")[0] == 404
    assert second.ask("POST", f"/offers/{offer['id']}/accept")[0] == 200


def test_an_expired_offer_is_gone(root: Caller, account: str, ada: Caller, database_url: str) -> None:
    """410 for both answers, nothing in the inbox; its grantor can still retract it."""
    _, offer = root.offer(account)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE role_grant_offer SET expires_at = now()")
    assert ada.ask("GET", "/offers") == (200, [])
    assert ada.ask("POST", f"/offers/{offer['id']}/accept")[0] == 410
    assert ada.ask("POST", f"/offers/{offer['id']}/decline", {})[0] == 410
    assert root.ask("DELETE", f"/offers/{offer['id']}")[0] == 200


def test_what_makes_no_sense_is_refused(root: Caller, account: str, ada: Caller) -> None:
    """An unknown account is 404; a past expiry, half a scope, an unknown role or actor are 400; no admin is 403."""
    nobody = "00000000-0000-0000-0000-000000000000"
    assert root.offer(nobody)[0] == 404
    assert root.offer(account, expires_at="2001-01-01T00:00:00Z")[0] == 400
    assert root.offer(account, scope_kind="issuer")[0] == 400
    assert root.offer(account, role="r-nobody")[0] == 400
    assert root.offer(account, to_actor_id=root.id)[0] == 400
    assert ada.offer(account)[0] == 403


def _at_once(*calls: Callable[[], Answer]) -> list[int]:
    barrier = Barrier(len(calls))

    def call(ask: Callable[[], Answer]) -> int:
        barrier.wait(timeout=10)
        return ask()[0]

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(call, calls))


def test_of_accepts_at_the_same_moment_one_makes_the_grant(
    root: Caller, account: str, ada: Caller, database_url: str
) -> None:
    """Of one offer and of two grantors' offers alike: one 200, otherwise 409, one grant."""
    other = _second_admin(root)
    for scope in ({}, SCOPE):
        offers = [by.offer(account, **scope)[1]["id"] for by in (root, other)] * 4
        calls = [lambda offer=offer: ada.ask("POST", f"/offers/{offer}/accept") for offer in offers]
        assert _at_once(*calls) == [200, *[409] * 7]
    with psycopg.connect(database_url) as connection:
        grants = connection.execute("SELECT count(*) FROM actor_roles WHERE actor_id = %s", [ada.id]).fetchone()
        ends = connection.execute(
            "SELECT count(accepted_at), count(superseded_at), count(*) FROM role_grant_offer"
        ).fetchone()
    assert grants == (2,)
    assert ends == (2, 2, 4)


def test_an_accepted_offer_goes_with_its_grant(root: Caller, account: str, ada: Caller, database_url: str) -> None:
    """An offer that counts as accepted always has its grant."""
    _, offer = root.offer(account)
    _, grant = ada.ask("POST", f"/offers/{offer['id']}/accept")
    assert root.ask("DELETE", f"/keys/{ada.id}/roles/{grant['id']}")[0] == 204
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT FROM role_grant_offer").fetchall() == []


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ("declined_at = now(), retracted_at = now()", "role_grant_offer_single_terminal"),
        ("accepted_at = now()", "role_grant_offer_accepted_has_grant"),
        ("decline_reason = 'no'", "role_grant_offer_reason_needs_decline"),
        ("scope_kind = 'issuer'", "role_grant_offer_scope_kind_paired"),
        ("scope_kind = 'GLOBAL', scope_id = gen_random_uuid()", "role_grant_offer_scope_kind_enum"),
    ],
)
def test_the_table_itself_keeps_the_rules(
    root: Caller, account: str, database_url: str, changes: str, constraint: str
) -> None:
    """Each CHECK refuses what the API never writes."""
    root.offer(account)
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.CheckViolation) as caught:
        connection.execute(b"UPDATE role_grant_offer SET " + changes.encode())
    assert caught.value.diag.constraint_name == constraint
