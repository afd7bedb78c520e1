"""The application: routes, errors, and an end that loses no trace."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError

from mlflow_demo import VERSION
from mlflow_demo.errors import DemoError
from server import about, customers, emails, problems, quality
from server.page import add_page
from server.state import DemoState

THREADS = 200
"""A streamed email takes a thread while it waits for the model; 50 people at once are fine."""

LAST_WORDS_SECONDS = 4.0
"""What is left of the platform's 15 s after 10 s for open connections (__main__.py)."""


def create_app() -> FastAPI:
    app = FastAPI(title="MLflow demo", version=VERSION, lifespan=_lifespan)
    app.state.demo = DemoState()
    app.add_exception_handler(DemoError, problems.demo_error)
    app.add_exception_handler(RequestValidationError, problems.bad_request)
    app.add_exception_handler(Exception, problems.unexpected)
    for part in (about, customers, emails, quality):
        app.include_router(part.router)
    add_page(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield
    state: DemoState = app.state.demo
    left = await anyio.to_thread.run_sync(state.writers.finish, LAST_WORDS_SECONDS)
    if left:
        logging.getLogger("server").warning("%d emails were not finished in time", left)
    # Traces are logged at once (MLFLOW_ENABLE_ASYNC_TRACE_LOGGING=false); where somebody turned
    # that on, this waits for the queue.
    import mlflow

    await anyio.to_thread.run_sync(mlflow.flush_trace_async_logging)
