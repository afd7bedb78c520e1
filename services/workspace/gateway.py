"""The one door to the SDK. Every call to the workspace goes through here.

A call runs in a worker thread under an adaptive limit, has a deadline, is retried when that is
safe, may be cancelled at once, is traced with its request id, and raises one of
services.workspace.errors.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
)

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

        def build() -> WorkspaceClient:
            from services.workspace.client import build_client

            return build_client(sign_in)

        try:
            client = await asyncio.wait_for(in_thread(build, "workspace sign-in"), CONNECT_SECONDS)
        except (OSError, ValueError, asyncio.TimeoutError) as error:
            told = await asyncio.to_thread(
                translate, error, "sign-in", sign_in, Redactor(sign_in.secrets)
            )
            raise told or SignInFailed(str(error), sign_in.mend) from None
        return cls(sign_in, client, trace)

    async def call(
        self,
        name: str,
        do: Callable[[WorkspaceClient], T],
        *,
        retry: bool = True,
        deadline: float = CALL_SECONDS,
    ) -> T:
        """Run `do` with the client and return what it returns.

        `name` is the SDK's (`catalogs.get`), for the trace. Without `retry` a call whose answer
        was lost is not repeated (creates); one that was refused by a rate limit always is.
        `deadline` is in seconds and covers all tries.
        """
        end = time.monotonic() + deadline

        def worth_another(error: BaseException) -> bool:
            return isinstance(error, RateLimited) or (retry and isinstance(error, Unreachable))

        trying = AsyncRetrying(
            retry=retry_if_exception(worth_another),
            wait=_pause,
            stop=stop_after_delay(deadline) | stop_after_attempt(12),
            reraise=True,
        )
        async for attempt in trying:
            with attempt:
                return await self._once(name, do, end)
        raise AssertionError("tenacity either returns or raises")

    async def _once(self, name: str, do: Callable[[WorkspaceClient], T], end: float) -> T:
        async with self.limit:
            began = time.monotonic()
            try:
                work = in_thread(lambda: self._work(name, do), name)
                result = await asyncio.wait_for(work, max(0.1, end - began))
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
        """In the worker thread. OSError covers the SDK's and requests' errors."""
        from services.workspace.client import forget_request_id, last_request_id
        from services.workspace.single_attempt import WouldRetry

        forget_request_id()
        try:
            return do(self._client), last_request_id()
        except (OSError, ValueError, WouldRetry) as error:
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
        self,
        name: str,
        do: Callable[[WorkspaceClient], Iterator[T]],
        *,
        size: int = 100,
        deadline: float = CALL_SECONDS,
    ) -> AsyncIterator[list[T]]:
        """What an iterating call of the SDK gives, in lists of at most `size`, each as soon as
        it is there."""
        iterator: Iterator[T] | None = None

        def take(client: WorkspaceClient) -> list[T]:
            nonlocal iterator
            if iterator is None:
                iterator = iter(do(client))
            found: list[T] = []
            for each in iterator:
                found.append(each)
                if len(found) >= size:
                    break
            return found

        first = True
        while True:
            # A generator that raised is exhausted: only the first part may be tried again.
            found = await self.call(name, take, retry=first, deadline=deadline)
            first = False
            if found:
                yield found
            if len(found) < size:
                return

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

        return await self.call(f"{method} {path}", do, retry=retry, deadline=deadline)

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


def _failed(task: asyncio.Task[User]) -> bool:
    return task.cancelled() or task.exception() is not None


def _pause(state: RetryCallState) -> float:
    """Seconds until the next try: what the platform asked for, else 0.5, 1, 2, 4 and at most 8."""
    outcome = state.outcome
    error = outcome.exception() if outcome is not None else None
    if isinstance(error, RateLimited):
        return min(error.retry_after, LONGEST_PAUSE)
    return min(0.5 * 2 ** (state.attempt_number - 1), 8.0)
