"""HTTP: the application, its readiness, and how it is served. Loaded once the ladder is done."""

import contextlib
import socket
from collections.abc import AsyncIterator
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

from refserver import openapi, stop
from refserver.api import Api
from refserver.log import logger
from refserver.operations import route
from refserver.settings import Settings

DATABASE_PATIENCE = 1.0
"""Seconds that a request waits for a connection."""
READINESS_PATIENCE = 1.5
"""Seconds that /readyz waits for an answer: less than a healthcheck usually does."""


def routes(pool: ConnectionPool, bootstrap_token: str) -> list[Route]:
    """Return the table of routes; the ladder is done before anything listens."""
    operations = list(Api(pool, bootstrap_token).operations())
    document = openapi.document(operations)

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> Response:
        """Ready: the database answers, and in time. A frozen one holds its connections and says nothing."""
        try:
            with anyio.fail_after(READINESS_PATIENCE):
                await anyio.to_thread.run_sync(ask_database, abandon_on_cancel=True)
        except TimeoutError as error:
            return database_away(request, error)
        return JSONResponse({"status": "ready"})

    def ask_database() -> None:
        with pool.connection():  # the pool's own check sends an empty query
            pass

    async def describe(_request: Request) -> Response:
        return JSONResponse(document)

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/openapi.json", describe),
        *(route(operation, pool) for operation in operations),
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
        routes=routes(pool, settings.bootstrap_token),
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
