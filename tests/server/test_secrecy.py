"""Where keys and the token of a running server are, and where they never are: the log, the database."""

import hashlib
import hmac

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from refserver import auth

from harness.redact import Redactor
from tests.server.caller import Caller
from tests.server.conftest import Boot
from tests.server.database import PASSWORD, Postgres
from tests.server.running import TOKEN

WRONG = "rsk_a-key-that-nobody-was-given"


def dump(database_url: str) -> str:
    """Return every row of every table as text."""
    with psycopg.connect(database_url) as connection:
        tables = connection.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = (
            connection.execute(SQL("SELECT t::text FROM {} t").format(Identifier(*name))).fetchall()
            for name in tables.fetchall()
        )
        return "\n".join(text for found in rows for (text,) in found)


@pytest.mark.docker
def test_no_key_and_no_token_is_in_the_log_or_in_the_database(
    boot: Boot, postgres: Postgres, database: str, database_url: str
) -> None:
    """Keys that were minted, used and misspelt, answers of all kinds, a database that is away, an end."""
    server = boot(database_url)
    server.wait_until_ready()
    status, minted = server.bootstrap()
    assert status == 201
    admin = Caller(server, minted["key"], minted["id"])
    status, issued = admin.ask("POST", "/keys", {"name": "second"})
    assert status == 201
    assert [server.bootstrap(token)[0] for token in (TOKEN, WRONG)] == [409, 401]
    assert Caller(server, WRONG).ask("GET", "/me")[0] == 401
    assert Caller(server, issued["key"]).ask("GET", "/me")[0] == 200
    assert admin.ask("POST", "/keys", f'{{"name": "{minted["key"]}"'.encode())[0] == 400
    assert admin.ask("POST", f"/{minted['key']}?key={minted['key']}", {})[0] == 404
    found = dump(database_url)
    postgres.turn_away(database)
    assert admin.ask("GET", "/me")[0] == 503
    server.terminate()
    kept = Redactor([minted["key"], issued["key"], TOKEN, WRONG, PASSWORD])
    assert "admin key minted" in server.log()
    assert not kept.holds_secret(server.log())
    assert not kept.holds_secret(found)
    assert hashlib.sha256(minted["key"].encode()).hexdigest() in found


def test_the_token_is_compared_in_a_time_that_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """By hmac.compare_digest, over digests of one length whatever was given."""
    compared: list[tuple[int, int]] = []
    compare = hmac.compare_digest

    def watched(given: bytes, expected: bytes) -> bool:
        compared.append((len(given), len(expected)))
        return compare(given, expected)

    monkeypatch.setattr("refserver.auth.hmac.compare_digest", watched)
    assert [auth.same_secret(given, TOKEN) for given in ("", "d", TOKEN, TOKEN * 100)] == [
        False,
        False,
        True,
        False,
    ]
    assert compared == [(32, 32)] * 4
