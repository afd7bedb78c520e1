"""Who may open an app's address: the platform's rules, with the sandbox's own sign-in page."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from sandbox.context import Principal, Sandbox
from sandbox.gate import LOOPBACK
from sandbox.html import document, paragraph
from sandbox.sign_in import mint_token, principal_of_token, redeem_code

CALLBACK = "/.auth/callback"
SESSION_SECONDS = 24 * 3600


def cookie_name(app: str) -> str:
    """Cookies are shared by all ports of a host, so each app's has a name of its own."""
    return f"sandbox_app_{app}"


def admit(sandbox: Sandbox, app: str, request: Request) -> Principal | Response:
    """The principal who may use the app, or the answer for one who may not.

    A bearer has to be an OAuth token: a personal access token gets 401. A browser without a cookie
    is sent to sign in.
    """
    refused = _refuse_host(request)
    if refused is not None:
        return refused
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        principal = principal_of_token(sandbox, token.strip())
        if principal is None or principal.token_kind != "oauth":
            return PlainTextResponse(
                "An app's address takes an OAuth token; this token is none, or has expired.\n",
                401,
                {"www-authenticate": "Bearer"},
            )
    else:
        cookie = request.cookies.get(cookie_name(app), "")
        principal = principal_of_token(sandbox, cookie, cookie_name(app))
        if principal is None:
            return RedirectResponse(_sign_in_page(sandbox, request), 302)
    if not sandbox.acls.allows(principal, "apps", app, "CAN_USE"):
        text = f"{principal.name} does not have CAN_USE on the app {app}. Its owner can grant it."
        return document("You may not open this app", paragraph(text), status=403)
    return principal


def callback(sandbox: Sandbox, app: str, request: Request) -> Response:
    """Redeem the sign-in page's code for this app's cookie and go on to where the browser was."""
    refused = _refuse_host(request)
    if refused is not None:
        return refused
    following = request.query_params.get("next", "/")
    if not following.startswith("/") or following.startswith(("//", "/\\")):
        following = "/"
    principal = redeem_code(sandbox, request.query_params.get("code", ""))
    if principal is None:
        text = "This sign-in link was used already or is too old. Open the app's address again."
        return document("That did not work", paragraph(text), status=400)
    answer = RedirectResponse(following, 302)
    session = mint_token(
        sandbox, principal.name, lifetime_seconds=SESSION_SECONDS, audience=cookie_name(app)
    )
    answer.set_cookie(
        cookie_name(app), session, max_age=SESSION_SECONDS, httponly=True, samesite="lax"
    )
    return answer


def _sign_in_page(sandbox: Sandbox, request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    target = f"http://{request.headers.get('host', '')}{request.url.path}{query}"
    return f"{sandbox.host}/sandbox/sign-in?return_to={quote(target, safe='')}"


def _refuse_host(request: Request) -> Response | None:
    """Only names of loopback: a page that rebinds its own name to 127.0.0.1 gets nothing."""
    host = request.headers.get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if name in LOOPBACK:
        return None
    return PlainTextResponse("This app answers to 127.0.0.1 and localhost.\n", 400)
