"""HTTP: health, readiness, and the day-0 admin key. Loaded once the ladder is done.

    GET  /healthz                  200 while the process lives
    GET  /readyz                   200 when the database answers; the ladder is done before anything listens;
                                   503 otherwise
    POST /api/v1/auth/bootstrap    Bearer BOOTSTRAP_TOKEN: 201 with the key, once; 409 ever after; 401 for
                                   another token; 404 when the server was started without a token
    GET  /api/v1/auth/me           Bearer key: 200 with its holder's roles and permissions; 401 otherwise

Every error is JSON: {"error": "..."}. A request that needs the database and does not get it is a 503.
"""

import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import asdict
from types import FrameType

import anyio
import anyio.to_thread
import psycopg
import uvicorn
from psycopg_pool import ConnectionPool
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from refserver import auth, stop
from refserver.log import logger
from refserver.settings import Settings

DATABASE_PATIENCE = 1.0
"""Seconds that a request waits for a connection."""
READINESS_PATIENCE = 1.5
"""Seconds that /readyz waits for an answer: less than a healthcheck usually does."""
UNAUTHORIZED = {"WWW-Authenticate": "Bearer"}


class Api:
    """The routes, over one pool of connections.

    Those that use the database are plain functions: Starlette runs them in its thread pool.
    """

    def __init__(self, pool: ConnectionPool, bootstrap_token: str) -> None:
        self._pool = pool
        self._bootstrap_token = bootstrap_token

    async def healthz(self, _request: Request) -> Response:
        """Alive."""
        return JSONResponse({"status": "alive"})

    async def readyz(self, request: Request) -> Response:
        """Ready: the database answers, and in time. A frozen one holds its connections and says nothing."""
        try:
            with anyio.fail_after(READINESS_PATIENCE):
                await anyio.to_thread.run_sync(self._ask_database, abandon_on_cancel=True)
        except TimeoutError as error:
            return database_away(request, error)
        return JSONResponse({"status": "ready"})

    def _ask_database(self) -> None:
        with self._pool.connection():  # the pool's own check sends an empty query
            pass

    def bootstrap(self, request: Request) -> Response:
        """Mint the day-0 admin key; whoever loses the answer has to revoke the key in the database."""
        if not self._bootstrap_token:
            raise HTTPException(404, "no bootstrap token is set")
        if not auth.same_secret(auth.bearer(request.headers.get("authorization")), self._bootstrap_token):
            raise HTTPException(401, "not the bootstrap token", headers=UNAUTHORIZED)
        with self._pool.connection() as connection:
            minted = auth.mint_admin_key(connection)
        if minted is None:
            raise HTTPException(409, "the admin key was minted before")
        logger.info("admin key minted: id %s", minted.id)
        body = {"id": str(minted.id), "key": minted.key}
        return JSONResponse(body, status_code=201, headers={"Cache-Control": "no-store"})

    def me(self, request: Request) -> Response:
        """Say whose key it is."""
        key = auth.bearer(request.headers.get("authorization"))
        with self._pool.connection() as connection:
            holder = auth.find_holder(connection, key) if key else None
        if holder is None:
            raise HTTPException(401, "not a valid key", headers=UNAUTHORIZED)
        return JSONResponse(asdict(holder) | {"id": str(holder.id)})

    def routes(self) -> list[Route]:
        """Return the table of routes."""
        return [
            Route("/healthz", self.healthz),
            Route("/readyz", self.readyz),
            Route("/api/v1/auth/bootstrap", self.bootstrap, methods=["POST"]),
            Route("/api/v1/auth/me", self.me),
        ]


def refuse(_request: Request, error: Exception) -> Response:
    """Answer an HTTPException in JSON."""
    if not isinstance(error, HTTPException):
        raise error
    return JSONResponse({"error": error.detail}, status_code=error.status_code, headers=error.headers)


def database_away(_request: Request, _error: Exception) -> Response:
    """Answer 503: the database is gone, or gave no connection in time."""
    return JSONResponse({"error": "the database is not reachable"}, status_code=503)


def create_app(settings: Settings) -> Starlette:
    """Return the application; its pool is open while it serves."""
    pool = ConnectionPool(
        settings.database_url,
        min_size=1,
        max_size=5,
        open=False,
        timeout=DATABASE_PATIENCE,
        # A connection that died with a restarted Postgres is replaced before a request sees it.
        check=ConnectionPool.check_connection,
        # Short, or the pool backs off: with its default it was unready for 10 s more after an outage of 20 s.
        reconnect_timeout=DATABASE_PATIENCE,
    )

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        pool.open()
        yield
        pool.close(timeout=0.2)

    return Starlette(
        routes=Api(pool, settings.bootstrap_token).routes(),
        exception_handlers={HTTPException: refuse, psycopg.OperationalError: database_away},
        lifespan=lifespan,
    )


class Server(uvicorn.Server):
    """uvicorn, which also says that it listens, and ends within a second of a signal."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Bind, then say so."""
        await super().startup(sockets)
        if self.started:
            logger.info("listening on %s:%d", self.config.host, self.config.port)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin the end."""
        stop.start_patience()
        super().handle_exit(sig, frame)


def serve(settings: Settings) -> int:
    """Serve until a signal, and return the exit code."""
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises the signal again once it has shut down
        Server(config).run()
    logger.info("stopped")
    return 0
