from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.server.conftest import Boot
from tests.server.database import Postgres
from tests.server.running import TOKEN

pytestmark = pytest.mark.docker


def test_the_key_is_minted_once_and_works_over_restarts(boot: Boot, database_url: str) -> None:
    """201 with a key that /me accepts, 409 for the next call, and both still hold after a warm boot."""
    first = boot(database_url)
    first.wait_until_ready()
    status, minted = first.bootstrap()
    assert status == 201
    assert first.bootstrap()[0] == 409
    first.terminate()

    second = boot(database_url)
    second.wait_until_ready()
    assert second.bootstrap() == (409, {"error": "the admin key was minted before"})
    status, holder = second.request("GET", "/api/v1/auth/me", minted["key"])
    assert status == 200
    assert (holder["id"], holder["tenant_id"], holder["roles"]) == (minted["id"], "t-default", ["r-admin"])
    assert "users.deactivate" in holder["permissions"]


def test_of_many_calls_at_once_one_gets_the_key(boot: Boot, database_url: str) -> None:
    """The database decides: one 201 and otherwise 409, also between two servers."""
    servers = [boot(database_url)]
    servers[0].wait_until_ready()
    servers.append(boot(database_url))
    servers[1].wait_until_ready()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: servers[n % 2].bootstrap()[0], range(8)))
    assert sorted(answers) == [201] + [409] * 7
    with psycopg.connect(database_url) as connection:
        audited = connection.execute("SELECT action, resource_type FROM audit_events").fetchall()
    assert audited == [("api_key.bootstrapped", "api_key")]


def test_neither_token_nor_key_is_logged(boot: Boot, database_url: str) -> None:
    """The log names the key's id, and no secret, whatever was asked."""
    server = boot(database_url)
    server.wait_until_ready()
    _, minted = server.bootstrap()
    server.bootstrap("a-wrong-token")
    server.request("GET", "/api/v1/auth/me", minted["key"])
    server.terminate()
    assert f"admin key minted: id {minted['id']}" in server.log()
    for secret in (TOKEN, "a-wrong-token", minted["key"], "of-the-tests"):
        assert secret not in server.log()


def test_without_the_right_token_nothing_is_minted(boot: Boot, database_url: str) -> None:
    """A wrong or missing token is 401, and the right one still works afterwards."""
    server = boot(database_url)
    server.wait_until_ready()
    for token in ("", "wrong", TOKEN + "x", TOKEN.upper()):
        assert server.bootstrap(token) == (401, {"error": "not the bootstrap token"})
    assert server.bootstrap()[0] == 201


def test_an_empty_token_switches_the_bootstrap_off(boot: Boot, database_url: str) -> None:
    """A server without a token answers 404 to every caller, an empty credential included."""
    server = boot(database_url, token="")
    server.wait_until_ready()
    for token in ("", "anything"):
        assert server.bootstrap(token) == (404, {"error": "no bootstrap token is set"})


def test_me_needs_a_valid_key(boot: Boot, database_url: str) -> None:
    """No key, an unknown one and the bootstrap token itself are all 401."""
    server = boot(database_url)
    server.wait_until_ready()
    for key in ("", "rsk_unknown", TOKEN):
        assert server.request("GET", "/api/v1/auth/me", key) == (401, {"error": "not a valid key"})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/api/v1/auth/bootstrap", 405), ("POST", "/healthz", 405)],
)
def test_every_error_is_json(boot: Boot, database_url: str, method: str, path: str, status: int) -> None:
    """An unknown path or method gets an error in the form of all others."""
    server = boot(database_url)
    server.wait_until_ready()
    got, body = server.request(method, path)
    assert got == status
    assert list(body) == ["error"]


def test_readiness_follows_the_database(boot: Boot, postgres: Postgres, database: str) -> None:
    """503 while the database turns connections away, 200 soon after it takes them again; alive all the time."""
    server = boot(postgres.url(database))
    server.wait_until_ready()
    postgres.turn_away(database)
    assert server.request("GET", "/readyz") == (503, {"error": "the database is not reachable"})
    assert server.request("GET", "/api/v1/auth/me", "rsk_any")[0] == 503
    assert server.status_of("/healthz") == 200
    postgres.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
    server.wait_for("/readyz", 200, within=5)


def test_a_frozen_database_is_not_ready(boot: Boot, postgres: Postgres, database: str) -> None:
    """A Postgres that keeps its connections and answers nothing gives 503, not a hanging request."""
    server = boot(postgres.url(database))
    server.wait_until_ready()
    with postgres.frozen():
        for _ in range(3):
            assert server.status_of("/readyz") == 503
        assert server.status_of("/healthz") == 200
    server.wait_for("/readyz", 200, within=5)
