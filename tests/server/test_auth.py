import hashlib
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from refserver import auth, ladder

from tests.server.running import MIGRATIONS


@pytest.mark.parametrize(
    ("header", "credentials"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Basic abc", ""),
        ("Bearer", ""),
        ("abc", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_bearer_reads_the_header_of_rfc_6750(header: str | None, credentials: str) -> None:
    """The scheme is case-insensitive; anything else than Bearer gives nothing."""
    assert auth.bearer(header) == credentials


@pytest.mark.parametrize(
    ("given", "same"), [("token", True), ("Token", False), ("", False), ("tokens", False), ("tök€n", False)]
)
def test_only_the_very_token_is_the_same(given: str, same: bool) -> None:
    """Secrets compare as bytes, also when what was given is not ASCII."""
    assert auth.same_secret(given, "token") is same


def test_a_minted_key_hides_from_repr() -> None:
    """A traceback or a log line with the value in it does not give the key away."""
    minted = auth.MintedKey(id=UUID(int=1), key="rsk_secret")
    assert "secret" not in repr(minted)


@pytest.mark.docker
def test_the_key_is_hashed_at_rest(database_url: str) -> None:
    """The database holds the key's SHA-256, and the key's own text nowhere."""
    ladder.apply(database_url, MIGRATIONS)
    with psycopg.connect(database_url) as connection:
        minted = auth.mint_admin_key(connection)
        assert minted
        stored = connection.execute("SELECT id, key_hash FROM api_keys").fetchall()
        everything = connection.execute("SELECT api_keys::text, a::text FROM api_keys, audit_events a").fetchall()
    assert stored == [(minted.id, hashlib.sha256(minted.key.encode()).digest())]
    assert minted.key not in str(everything)


@pytest.mark.docker
def test_key_grant_and_audit_row_stand_or_fall_together(database_url: str) -> None:
    """When the transaction is rolled back nothing of the three is left, and the key can be minted again."""
    ladder.apply(database_url, MIGRATIONS)
    counts = (
        "SELECT (SELECT count(*) FROM api_keys), (SELECT count(*) FROM audit_events),"
        " (SELECT count(*) FROM actor_roles WHERE actor_type = 'api_key')"
    )
    with psycopg.connect(database_url) as connection:
        assert auth.mint_admin_key(connection)
        assert connection.execute(counts).fetchone() == (1, 1, 1)
        connection.rollback()
        assert connection.execute(counts).fetchone() == (0, 0, 0)
        assert auth.mint_admin_key(connection)


@pytest.mark.docker
def test_the_later_of_two_mints_waits_and_gets_nothing(database_url: str) -> None:
    """While one transaction holds the first key, another waits for its end, and then finds the key taken."""
    ladder.apply(database_url, MIGRATIONS)
    with (
        psycopg.connect(database_url) as first,
        psycopg.connect(database_url) as second,
        ThreadPoolExecutor(1) as pool,
    ):
        assert auth.mint_admin_key(first)
        waiting = pool.submit(auth.mint_admin_key, second)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        first.commit()
        assert waiting.result(timeout=10) is None


@pytest.mark.docker
@pytest.mark.parametrize(
    "sabotage",
    [
        "UPDATE api_keys SET revoked_at = now()",
        "UPDATE api_keys SET key_hash = sha256('another key')",
    ],
)
def test_a_revoked_or_unknown_key_has_no_holder(database_url: str, sabotage: str) -> None:
    """A key that was revoked, or that no row knows, finds nobody; and revoking does not allow a second mint."""
    ladder.apply(database_url, MIGRATIONS)
    with psycopg.connect(database_url) as connection:
        minted = auth.mint_admin_key(connection)
        assert minted
        holder = auth.find_holder(connection, minted.key)
        assert holder
        assert (holder.id, holder.roles) == (minted.id, ["r-admin"])
        assert "roles.grant" in holder.permissions
        connection.execute(sabotage.encode())
        assert auth.find_holder(connection, minted.key) is None
        assert auth.mint_admin_key(connection) is None


@pytest.mark.docker
def test_an_expired_grant_gives_no_role(database_url: str) -> None:
    """A key whose grant is past its expiry still has a holder, but no role and no permission."""
    ladder.apply(database_url, MIGRATIONS)
    with psycopg.connect(database_url) as connection:
        minted = auth.mint_admin_key(connection)
        assert minted
        connection.execute("UPDATE actor_roles SET expires_at = now() - interval '1 second'")
        holder = auth.find_holder(connection, minted.key)
    assert holder
    assert (holder.roles, holder.permissions) == ([], [])
