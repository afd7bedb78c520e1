"""The one door to the SDK. Every call to the workspace goes through here.

A call runs in a worker thread under an adaptive limit, has a deadline, is retried when that is
safe, may be cancelled at once, is traced with its request id, and raises one of
services.workspace.errors.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from async_timeout import timeout
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from services.json_shapes import as_row, rows
from services.redaction import Redactor
from services.workspace.errors import RateLimited, SignInFailed, Unreachable, WorkspaceError
from services.workspace.limits import AdaptiveLimit
from services.workspace.sign_in import SignIn
from services.workspace.translate import translate
from services.workspace.worker import in_thread

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

T = TypeVar("T")
Trace = Callable[[dict[str, Any]], None]

CONNECT_SECONDS = 60.0
CALL_SECONDS = 60.0
LONGEST_PAUSE = 30.0
MOST_TRIES = 7
"""Of a call without an answer: with the pauses between them about 25 seconds."""
MOST_TRIES_LIMITED = 12
CONNECT_TRIES = 3


@dataclass(frozen=True)
class User:
    user_name: str
    display_name: str
    groups: tuple[str, ...]
    """Display names of the groups that the user is in, directly or not."""


class Workspace:
    """A signed-in workspace. Made by `connect`; use it from the event loop that made it."""

    def __init__(self, sign_in: SignIn, client: WorkspaceClient, trace: Trace | None) -> None:
        self.sign_in = sign_in
        self.host = sign_in.host
        self.limit = AdaptiveLimit()
        self._client = client
        self._trace = trace
        self._redactor = Redactor(sign_in.secrets)
        self._user: asyncio.Task[User] | None = None

    @classmethod
    async def connect(cls, sign_in: SignIn, *, trace: Trace | None = None) -> Workspace:
        """Build the client. No call is made yet that needs a right; credentials may still prove
        wrong at the first one. Raises SignInFailed or Unreachable."""
        trying = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, RateLimited | Unreachable)),
            wait=_pause,
            stop=stop_after_attempt(CONNECT_TRIES),
            reraise=True,
        )
        return cls(sign_in, await trying(_connect, sign_in), trace)

    async def call(
        self,
        name: str,
        do: Callable[[WorkspaceClient], T],
        *,
        retry: bool = True,
        deadline: float = CALL_SECONDS,
        patient: bool = False,
    ) -> T:
        """Run `do` with the client and return what it returns.

        `name` is the SDK's (`catalogs.get`), for the trace. Without `retry` a call whose answer
        was lost is not repeated (creates); one that was refused by a rate limit always is.
        `deadline` is in seconds, covers all tries, and begins with the call's first turn: a long
        queue is no reason to fail. A `patient` call lets all others go first.
        """
        end: float | None = None

        def worth_another(error: BaseException) -> bool:
            return isinstance(error, RateLimited) or (retry and isinstance(error, Unreachable))

        def too_late(state: RetryCallState) -> bool:
            most = MOST_TRIES_LIMITED if _limited(state) else MOST_TRIES
            late = end is not None and time.monotonic() + _pause(state) >= end
            return late or state.attempt_number >= most

        trying = AsyncRetrying(
            retry=retry_if_exception(worth_another), wait=_pause, stop=too_late, reraise=True
        )
        async for attempt in trying:
            with attempt:
                async with self.limit.turn(patient=patient):
                    end = end or time.monotonic() + deadline
                    return await self._once(name, do, end)
        raise AssertionError("tenacity either returns or raises")

    async def _once(self, name: str, do: Callable[[WorkspaceClient], T], end: float) -> T:
        began = time.monotonic()
        try:
            async with timeout(max(1.0, end - began)):
                result = await in_thread(lambda: self._work(name, do), name)
        except asyncio.TimeoutError:
            self._record(name, "no answer", began, "")
            raise Unreachable(
                f"{self.host} did not answer {name} in time.",
                "Check the network or the VPN, then try again.",
                call=name,
            ) from None
        except WorkspaceError as error:
            self._record(name, error.code or type(error).__name__, began, error.request_id)
            if isinstance(error, RateLimited):
                self.limit.throttled(min(error.retry_after, LONGEST_PAUSE))
            raise
        self._record(name, "ok", began, result[1])
        self.limit.succeeded()
        return result[0]

    def _work(self, name: str, do: Callable[[WorkspaceClient], T]) -> tuple[T, str]:
        """In the worker thread. OSError covers the SDK's and requests' errors, NotImplementedError
        is what it raises for a token that it cannot read."""
        from services.workspace.client import forget_request_id, last_request_id
        from services.workspace.single_attempt import WouldRetry

        forget_request_id()
        try:
            return do(self._client), last_request_id()
        except (OSError, ValueError, WouldRetry, NotImplementedError) as error:
            told = translate(error, name, self.sign_in, self._redactor, last_request_id())
            if told is None:
                raise
            raise told from None

    def _record(self, name: str, status: str, began: float, request_id: str) -> None:
        if self._trace is not None:
            seconds = round(time.monotonic() - began, 3)
            self._trace(
                {"call": name, "status": status, "seconds": seconds, "request_id": request_id}
            )

    async def pages(
        self, path: str, key: str, query: Mapping[str, Any] | None = None
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """The objects under `key` of a paged GET, page by page, each as soon as it is there.

        The SDK's own iterators do not tell where a page ends and cannot be tried again in the
        middle. A page may be empty; only a missing next_page_token ends the list.
        """
        asked = dict(query or {})
        while True:
            answer = await self.raw("GET", path, query=asked)
            yield rows(answer, key)
            following = as_row(answer).get("next_page_token")
            if not following:
                return
            asked["page_token"] = following

    async def raw(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        retry: bool = True,
        deadline: float = CALL_SECONDS,
        patient: bool = False,
    ) -> Any:
        """A REST call that the SDK has no method for; the parsed JSON answer, {} for none."""

        def do(client: WorkspaceClient) -> Any:
            api: Any = client.api_client
            return api.do(
                method,
                path,
                query=None if query is None else dict(query),
                headers={"Accept": "application/json", **(headers or {})},
                body=None if body is None else dict(body),
                data=None if data is None else io.BytesIO(data),
            )

        name = f"{method} {path}"
        return await self.call(name, do, retry=retry, deadline=deadline, patient=patient)

    async def current_user(self) -> User:
        """Who is signed in; asked once. Raises SignInFailed or another WorkspaceError."""
        if self._user is None or (self._user.done() and _failed(self._user)):
            self._user = asyncio.create_task(self._ask_user())
        return await asyncio.shield(self._user)

    async def _ask_user(self) -> User:
        me = await self.call("current_user.me", lambda client: client.current_user.me())
        groups = tuple(group.display or "" for group in me.groups or [] if group.display)
        name = me.user_name or ""
        return User(name, me.display_name or name, groups)

    async def bearer(self) -> str:
        """The token in use, for the app's own address. Never log or show it."""

        def do(client: WorkspaceClient) -> str:
            value = client.config.authenticate().get("Authorization", "")
            return value.removeprefix("Bearer ")

        token = await self.call("authenticate", do)
        self._redactor.add(token)
        return token

    async def close(self) -> None:
        """Drop what is still asked. Threads that wait for an answer end with it."""
        if self._user is not None and not self._user.done():
            self._user.cancel()
            await asyncio.gather(self._user, return_exceptions=True)


async def _connect(sign_in: SignIn) -> WorkspaceClient:
    def build() -> WorkspaceClient:
        from services.workspace.client import build_client

        return build_client(sign_in)

    try:
        async with timeout(CONNECT_SECONDS):
            return await in_thread(build, "workspace sign-in")
    except (OSError, ValueError, asyncio.TimeoutError, NotImplementedError) as error:
        redactor = Redactor(sign_in.secrets)
        told = await asyncio.to_thread(translate, error, "sign-in", sign_in, redactor)
        raise told or SignInFailed(redactor.clean(str(error)), sign_in.mend) from None


def _failed(task: asyncio.Task[User]) -> bool:
    return task.cancelled() or task.exception() is not None


def _pause(state: RetryCallState) -> float:
    """Seconds until the next try: what the platform asked for, else 0.5, 1, 2, 4 and at most 8."""
    if limited := _limited(state):
        return min(limited.retry_after, LONGEST_PAUSE)
    return min(0.5 * 2 ** (state.attempt_number - 1), 8.0)


def _limited(state: RetryCallState) -> RateLimited | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, RateLimited) else None
