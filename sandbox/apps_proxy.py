"""An app's address: signs people in and passes their requests to the app's process.

Bodies go through in both directions as they come, so uploads and server-sent events are never held
back. The app learns who asks from the headers that the platform sets, and gets neither the person's
credentials nor the sandbox's cookies.
"""

from __future__ import annotations

import asyncio
import logging
import uuid

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox import apps_sign_in
from sandbox.apps_instance import AppInstance
from sandbox.context import Principal, Sandbox
from sandbox.gate import SESSION_COOKIE, WORKSPACE_ID
from sandbox.html import document, paragraph, preformatted
from sandbox.listener import drop_connection
from sandbox.sign_in import mint_token

REQUEST_SECONDS = 120.0
"""How long the app may leave a request without a byte, as on the platform."""
LOG_PAGE = "/logz"
_OWN_COOKIES = (SESSION_COOKIE, apps_sign_in.cookie_name(""))
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_REMADE = _HOP_BY_HOP | {"date"}
_WITHHELD = _HOP_BY_HOP | {"authorization", "cookie", "x-real-ip", "x-request-id"}

_log = logging.getLogger("sandbox.apps")


class AppProxy:
    """The ASGI application behind one app's address."""

    def __init__(self, sandbox: Sandbox, instance: AppInstance) -> None:
        self._sandbox = sandbox
        self._instance = instance
        self._client = httpx.AsyncClient(
            trust_env=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def close(self) -> None:
        """Let go of the connections to the app."""
        await self._client.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        name = self._instance.name
        if request.url.path == apps_sign_in.CALLBACK:
            await apps_sign_in.callback(self._sandbox, name, request)(scope, receive, send)
            return
        admitted = apps_sign_in.admit(self._sandbox, name, request)
        if isinstance(admitted, Response):
            await admitted(scope, receive, send)
            return
        if admitted.kind == "user":
            self._sandbox.requests.touch()
        if request.url.path == LOG_PAGE:
            await self._logs(request, admitted)(scope, receive, send)
            return
        port = self._instance.target_port
        if port is None:
            await self._not_running(request)(scope, receive, send)
            return
        await self._pass(request, admitted, port, send)

    async def _pass(self, request: Request, principal: Principal, port: int, send: Send) -> None:
        """Send the request on and the answer back; a failure before the answer is a 502 or 504."""
        query = f"?{request.url.query}" if request.url.query else ""
        raw_path = request.scope.get("raw_path") or request.url.path.encode()
        path = raw_path.decode("latin-1").partition("?")[0]
        has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
        # Not the client's own build_request: it would add headers that nobody sent.
        outgoing = httpx.Request(
            request.method,
            f"http://127.0.0.1:{port}{path}{query}",
            headers=self._headers(request, principal),
            content=request.stream() if has_body else None,
            extensions={"timeout": httpx.Timeout(REQUEST_SECONDS, connect=5.0).as_dict()},
        )
        try:
            answer = await self._client.send(outgoing, stream=True)
        except ClientDisconnect:
            return
        except httpx.TimeoutException:
            late = PlainTextResponse(f"The app did not answer in {REQUEST_SECONDS:.0f} s.\n", 504)
            await late(request.scope, request.receive, send)
            return
        except httpx.TransportError as error:
            _log.warning("app %s: %r", self._instance.name, error)
            gone = PlainTextResponse("The app closed the connection without an answer.\n", 502)
            await gone(request.scope, request.receive, send)
            return
        await _Passed(answer)(request.scope, request.receive, send)

    def _headers(self, request: Request, principal: Principal) -> list[tuple[str, str]]:
        kept = [
            (name, value)
            for name, value in request.headers.items()
            if name not in _WITHHELD and not name.startswith("x-forwarded-")
        ]
        cookies = [
            cookie
            for cookie in request.headers.get("cookie", "").split("; ")
            if cookie and not cookie.startswith(_OWN_COOKIES)
        ]
        if cookies:
            kept.append(("cookie", "; ".join(cookies)))
        kept += [
            ("x-forwarded-host", request.headers.get("host", "")),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-email", principal.name),
            ("x-forwarded-user", f"{principal.id}@{WORKSPACE_ID}"),
            ("x-forwarded-preferred-username", principal.display_name),
            ("x-real-ip", request.client.host if request.client else "127.0.0.1"),
            ("x-request-id", str(uuid.uuid4())),
        ]
        if self._instance.record.settings.get("user_api_scopes"):
            token = mint_token(self._sandbox, principal.name)
            kept.append(("x-forwarded-access-token", token))
        return kept

    def _logs(self, request: Request, principal: Principal) -> Response:
        name = self._instance.name
        if not self._sandbox.acls.allows(principal, "apps", name, "CAN_MANAGE"):
            return document(
                "Logs", paragraph(f"{principal.name} may not read the logs of {name}."), status=403
            )
        text = self._instance.log.text()
        if "text/html" in request.headers.get("accept", ""):
            return document(f"Logs of {name}", preformatted(text))
        return PlainTextResponse(text)

    def _not_running(self, request: Request) -> Response:
        app = self._instance.record
        state = f"Compute is {app.compute}, the app is {app.status}."
        headers = {"retry-after": "5"}
        if "text/html" not in request.headers.get("accept", ""):
            text = f"The app {app.name} is not running. {state}\n{app.status_message}\n"
            return PlainTextResponse(text, 503, headers)
        page = document(
            "App not available",
            paragraph(f"{app.name} is not running. {state}"),
            preformatted(app.status_message),
            status=503,
        )
        page.headers.update(headers)
        return page


class _Passed:
    """An answer of the app, passed on as it comes, until either side ends."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(self._send(send))
        leaving = asyncio.create_task(_disconnected(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                await sending
        except httpx.TransportError as error:
            _log.warning("an app's answer broke off: %r", error)
            drop_connection(scope)
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
            await self._answer.aclose()

    async def _send(self, send: Send) -> None:
        headers = [
            (name.lower(), value)
            for name, value in self._answer.headers.raw
            if name.decode("latin-1").lower() not in _REMADE
        ]
        status = self._answer.status_code
        await send({"type": "http.response.start", "status": status, "headers": headers})
        async for chunk in self._answer.aiter_raw():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _disconnected(receive: Receive) -> None:
    """Return when the client is gone, or has its whole answer."""
    while (await receive())["type"] != "http.disconnect":
        pass
