"""What the server offers over HTTP; see `operations` for how a request is read.

    GET    /healthz                                 200 while the process lives
    GET    /readyz                                  200 when the database answers; 503 otherwise
    GET    /openapi.json                            this list, for programs
    POST   /api/v1/auth/bootstrap                   Bearer BOOTSTRAP_TOKEN: 201 {id, key}, once; 409 ever after
    GET    /api/v1/auth/me                          whose key it is, with roles and permissions
    GET    /api/v1/auth/check                       ?permission=&scope_type=&scope_id=: {allowed}
    POST   /api/v1/auth/accounts                    admin: {email, display_name}: 201 {id}
    POST   /api/v1/auth/keys                        admin: {name, account_id?}: 201 {id, key}
    GET    /api/v1/auth/keys/{id}/roles             admin: the key's grants
    POST   /api/v1/auth/keys/{id}/roles             admin: {role_id, scope_type?, scope_id?, expires_at?}: 200, an
                                                    upsert on actor, role and scope
    DELETE /api/v1/auth/keys/{id}/roles/{grant_id}  admin: 204
    POST   /api/v1/auth/offers                      admin: {to_account_id, role, expires_at, to_actor_id?,
                                                    scope_kind?, scope_id?, message?}: 200, an upsert on the pending
                                                    offer of the same grantor, account, role and scope
    GET    /api/v1/auth/offers                      the inbox of the key's account, soonest expiry first
    POST   /api/v1/auth/offers/{id}/accept          200 with the grant
    POST   /api/v1/auth/offers/{id}/decline         {reason?}: 200 with the offer
    DELETE /api/v1/auth/offers/{id}                 by the grantor: 200 with the offer, retracted

Of the last three: 404 when the offer is not the caller's, 409 when it has ended, 410 when it has expired. Every
error is JSON: {"error": "..."}. A request that needs the database and does not get it is a 503.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from psycopg_pool import ConnectionPool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from refserver import auth, grants, offers
from refserver.body import Decline, NewAccount, NewGrant, NewKey, NewOffer, Question
from refserver.grants import RefusedError
from refserver.log import logger
from refserver.offers import Refusal
from refserver.operations import UNAUTHORIZED, Call, Operation, answer

_T = TypeVar("_T")

_SECRET = {"Cache-Control": "no-store"}
_STATUS = {Refusal.UNKNOWN: 404, Refusal.ENDED: 409, Refusal.EXPIRED: 410}
_ENDS = {404: "no such offer for the caller", 409: "it has ended already", 410: "it has expired"}


class Api:
    """The operations, over one pool of connections."""

    def __init__(self, pool: ConnectionPool, bootstrap_token: str) -> None:
        self._pool = pool
        self._bootstrap_token = bootstrap_token

    def operations(self) -> Iterator[Operation]:
        """Yield all of them but those on the process itself (health, readiness, this document)."""
        base = "/api/v1/auth"
        yield Operation(
            "POST",
            f"{base}/bootstrap",
            "Mint the day-0 admin key",
            self.bootstrap,
            {
                201: "the key, this once",
                401: "not the token",
                404: "no token is set",
                409: "minted before",
                503: "the database is not reachable",
            },
            takes="token",
        )
        yield Operation("GET", f"{base}/me", "Whose key it is", self.me, {200: "the holder"}, takes="key")
        yield Operation(
            "GET",
            f"{base}/check",
            "Whether the key has a permission in a scope",
            self.check,
            {200: "{allowed}"},
            query=Question,
            takes="key",
        )
        yield Operation(
            "POST",
            f"{base}/accounts",
            "Make an account",
            self.make_account,
            {201: "its id", 409: "the email is taken"},
            body=NewAccount,
            takes="admin",
        )
        yield Operation(
            "POST",
            f"{base}/keys",
            "Issue a key without roles",
            self.issue_key,
            {201: "the key, this once", 404: "no such account"},
            body=NewKey,
            takes="admin",
        )
        yield from self._of_grants(f"{base}/keys/{{id}}/roles")
        yield from self._of_offers(f"{base}/offers")

    def _of_grants(self, path: str) -> Iterator[Operation]:
        no_key = {404: "no such key"}
        yield Operation(
            "GET", path, "A key's grants", self.list_grants, {200: "the grants", **no_key}, takes="admin"
        )
        yield Operation(
            "POST",
            path,
            "Grant a role, or set the expiry of the grant",
            self.grant,
            {200: "the grant", **no_key},
            body=NewGrant,
            takes="admin",
        )
        yield Operation(
            "DELETE",
            f"{path}/{{grant_id}}",
            "Revoke a grant",
            self.revoke,
            {204: "revoked", 404: "no such grant of the key"},
            takes="admin",
        )

    def _of_offers(self, path: str) -> Iterator[Operation]:
        yield Operation(
            "POST",
            path,
            "Offer a role, or renew the pending offer",
            self.make_offer,
            {200: "the offer", 404: "no such account"},
            body=NewOffer,
            takes="admin",
        )
        yield Operation("GET", path, "The caller's inbox", self.inbox, {200: "the offers"}, takes="key")
        yield Operation(
            "POST",
            f"{path}/{{id}}/accept",
            "Accept an offer",
            self.accept,
            {200: "the grant", **_ENDS},
            takes="key",
        )
        yield Operation(
            "POST",
            f"{path}/{{id}}/decline",
            "Decline an offer",
            self.decline,
            {200: "the offer", **_ENDS},
            body=Decline,
            takes="key",
        )
        yield Operation(
            "DELETE",
            f"{path}/{{id}}",
            "Retract an offer",
            self.retract,
            {200: "the offer", 404: _ENDS[404], 409: _ENDS[409]},
            takes="key",
        )

    def bootstrap(self, call: Call) -> Response:
        """Mint the day-0 admin key; whoever loses the answer has to revoke the key in the database."""
        if not self._bootstrap_token:
            raise HTTPException(404, "no bootstrap token is set")
        if not auth.same_secret(call.bearer, self._bootstrap_token):
            raise HTTPException(401, "not the bootstrap token", headers=UNAUTHORIZED)
        with self._pool.connection() as connection:
            minted = auth.mint_admin_key(connection)
        if minted is None:
            raise HTTPException(409, "the admin key was minted before")
        logger.info("admin key minted: id %s", minted.id)
        return answer({"id": minted.id, "key": minted.key}, 201, _SECRET)

    def me(self, call: Call) -> Response:
        """Say whose key it is."""
        return answer(call.by)

    def check(self, call: Call) -> Response:
        """Say whether the key has a permission in a scope."""
        with self._pool.connection() as connection:
            return answer({"allowed": grants.may(connection, call.by, call.query)})

    def make_account(self, call: Call) -> Response:
        """Make an account."""
        with self._pool.connection() as connection:
            account = auth.make_account(connection, call.by, call.body)
        if account is None:
            raise HTTPException(409, "the email is taken")
        return answer({"id": account}, 201)

    def issue_key(self, call: Call) -> Response:
        """Issue a key; its secret is in this answer alone."""
        with self._pool.connection() as connection:
            minted = auth.issue_key(connection, call.by, call.body)
        found = _found(minted, "there is no such account")
        return answer({"id": found.id, "key": found.key}, 201, _SECRET)

    def list_grants(self, call: Call) -> Response:
        """List a key's grants."""
        with self._pool.connection() as connection:
            return answer(_found(grants.of_key(connection, call.by, call.ids[0]), "there is no such key"))

    def grant(self, call: Call) -> Response:
        """Grant a role to a key."""
        with _told(), self._pool.connection() as connection:
            made = grants.grant(connection, call.by, call.ids[0], call.body)
        return answer(_found(made, "there is no such key"))

    def revoke(self, call: Call) -> Response:
        """Revoke a grant."""
        with self._pool.connection() as connection:
            _found(grants.revoke(connection, call.by, *call.ids), "the key has no such grant")
        return Response(status_code=204)

    def make_offer(self, call: Call) -> Response:
        """Offer a role to an account."""
        with _told(), self._pool.connection() as connection:
            made = offers.make(connection, call.by, call.body)
        return answer(_found(made, "there is no such account"))

    def inbox(self, call: Call) -> Response:
        """List what the caller can accept."""
        with self._pool.connection() as connection:
            return answer(offers.inbox(connection, call.by))

    def accept(self, call: Call) -> Response:
        """Accept an offer."""
        with self._pool.connection() as connection:
            return _ended(offers.accept(connection, call.by, call.ids[0]))

    def decline(self, call: Call) -> Response:
        """Decline an offer."""
        with self._pool.connection() as connection:
            return _ended(offers.decline(connection, call.by, call.ids[0], call.body.reason))

    def retract(self, call: Call) -> Response:
        """Retract an offer."""
        with self._pool.connection() as connection:
            return _ended(offers.retract(connection, call.by, call.ids[0]))


def _found(value: _T | None, otherwise: str) -> _T:
    if value is None:
        raise HTTPException(404, otherwise)
    return value


def _ended(result: object) -> Response:
    if isinstance(result, Refusal):
        raise HTTPException(_STATUS[result], str(result))
    return answer(result)


@contextmanager
def _told() -> Iterator[None]:
    """Answer 400 to what makes no sense in this database."""
    try:
        yield
    except RefusedError as refused:
        raise HTTPException(400, str(refused)) from refused
