"""One table of what the server offers: its routes and its OpenAPI document are both made from it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import anyio.to_thread
import msgspec
from msgspec import Struct
from psycopg_pool import ConnectionPool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from refserver import auth, body
from refserver.auth import Holder

UNAUTHORIZED = {"WWW-Authenticate": "Bearer"}
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read: who asks, for what, with which values."""

    bearer: str = field(repr=False)
    holder: Holder | None = None
    """Whose key it is; None where an operation takes no key."""
    body: Any = None
    query: Any = None
    ids: tuple[UUID, ...] = ()
    """The path's, in order."""

    @property
    def by(self) -> Holder:
        """Who asks, of an operation that takes a key."""
        if self.holder is None:
            raise RuntimeError("an operation that takes no key asked whose it is")
        return self.holder


@dataclass(frozen=True, slots=True)
class Operation:
    """A method on a path: what it takes, and every status that it answers with."""

    method: str
    path: str
    about: str
    handler: Callable[[Call], Response]
    answers: dict[int, str]
    body: type[Struct] | None = None
    query: type[Struct] | None = None
    takes: str = "nothing"
    """nothing, token (the bootstrap token), key, or admin (a key that may grant roles everywhere)."""

    @property
    def statuses(self) -> dict[int, str]:
        """All answers, with those that come of what it takes."""
        told = dict(self.answers)
        if self.body or self.query:
            told[400] = "what was sent does not fit; the error says where"
        if self.body:
            told |= {413: "the body is too large", 415: "the body is not JSON"}
        if self.takes in ("key", "admin"):
            told |= {401: "no valid key", 503: "the database is not reachable"}
        if self.takes == "admin":
            told[403] = "the key may not grant roles everywhere"
        return dict(sorted(told.items()))


def route(operation: Operation, pool: ConnectionPool) -> Route:
    """Return the route that carries an operation out, in a thread of its own."""

    async def endpoint(request: Request) -> Response:
        data = await _body_of(request, operation)
        return await anyio.to_thread.run_sync(lambda: _answer(operation, request, data, pool))

    return Route(operation.path, endpoint, methods=[operation.method])


def answer(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a value as JSON; times are in UTC."""
    return Response(msgspec.json.encode(value), status, headers, media_type=_JSON)


def _answer(operation: Operation, request: Request, data: bytes, pool: ConnectionPool) -> Response:
    bearer = auth.bearer(request.headers.get("authorization"))
    holder = _holder(operation, bearer, pool)
    ids = tuple(_id(value) for value in request.path_params.values())
    query = body.convert(dict(request.query_params), operation.query) if operation.query else None
    content = body.read(data, operation.body) if operation.body else None
    return operation.handler(Call(bearer, holder, content, query, ids))


def _holder(operation: Operation, bearer: str, pool: ConnectionPool) -> Holder | None:
    if operation.takes not in ("key", "admin"):
        return None
    with pool.connection() as connection:
        holder = auth.find_holder(connection, bearer) if bearer else None
    if holder is None:
        raise HTTPException(401, "not a valid key", headers=UNAUTHORIZED)
    if operation.takes == "admin" and not holder.is_admin:
        raise HTTPException(403, "this key may not grant roles")
    return holder


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise HTTPException(404, "Not Found") from None


async def _body_of(request: Request, operation: Operation) -> bytes:
    """Read a body of the size that is allowed; of an operation without one, nothing."""
    if operation.body is None:
        return b""
    kind = request.headers.get("content-type", _JSON).partition(";")[0].strip().lower()
    if kind != _JSON:
        raise HTTPException(415, f"a body has to be {_JSON}")
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > body.MAX_BODY:
            raise HTTPException(413, f"the body has more than {body.MAX_BODY} bytes")
    return data
