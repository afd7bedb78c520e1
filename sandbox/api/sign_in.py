"""OAuth discovery, the token endpoint, and the browser's sign-in without a form.

Paths and fields are those that databricks-sdk asks for (`databricks/sdk/oauth.py`,
`Config._resolve_host_metadata`); the grants are those of RFC 6749 and RFC 7636.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.api.bodies import form_body
from sandbox.context import Principal, Sandbox, sandbox_of
from sandbox.errors import invalid
from sandbox.gate import LOOPBACK, PAGES, SESSION_COOKIE, WORKSPACE_ID
from sandbox.principals import LOCAL_PERSON
from sandbox.sign_in import issue_code, mint_token, principal_of_client, redeem_code, take_code

TOKEN_SECONDS = 3600
SESSION_SECONDS = 30 * 24 * 3600


async def workspace_metadata(request: Request) -> Response:
    host = sandbox_of(request).host
    return JSONResponse({"oidc_endpoint": f"{host}/oidc", "workspace_id": WORKSPACE_ID})


async def discovery(request: Request) -> Response:
    issuer = f"{sandbox_of(request).host}/oidc"
    return JSONResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/v1/authorize",
            "token_endpoint": f"{issuer}/v1/token",
            "scopes_supported": ["all-apis", "offline_access", "openid", "profile", "email"],
            "response_types_supported": ["code"],
            "grant_types_supported": [
                "authorization_code",
                "client_credentials",
                "refresh_token",
            ],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_post",
                "none",
            ],
        }
    )


async def authorize(request: Request) -> Response:
    """The browser's half of the authorization code flow: there is one person, so no form."""
    query = request.query_params
    redirect_uri = query.get("redirect_uri", "")
    if not _is_loopback(redirect_uri):
        raise invalid("redirect_uri has to be a loopback address.")
    if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
        raise invalid("The sandbox wants PKCE: code_challenge with the method S256.")
    code = issue_code(
        sandbox_of(request),
        LOCAL_PERSON,
        {
            "use": "client",
            "redirect_uri": redirect_uri,
            "challenge": query["code_challenge"],
            "client_id": query.get("client_id", ""),
        },
    )
    answer = urlencode({"code": code, "state": query.get("state", "")})
    return RedirectResponse(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{answer}", 302)


async def token(request: Request) -> Response:
    """Client credentials (a person's or an app's), an authorization code, or a refresh token."""
    sandbox = sandbox_of(request)
    form = await form_body(request)
    client_id, client_secret = _client(request, form)
    grant = form.get("grant_type")
    if grant == "client_credentials":
        principal = principal_of_client(sandbox, client_id, client_secret)
        if principal is None:
            return _refused(401, "invalid_client", "Client authentication failed.")
        return _granted(sandbox, principal, refresh=False)
    if grant == "authorization_code":
        principal = _principal_of_code(sandbox, form, client_id)
        if principal is None:
            return _refused(400, "invalid_grant", "The code is used, expired or of another client.")
        return _granted(sandbox, principal, refresh=True)
    if grant == "refresh_token":
        known = sandbox.store.get("refresh_token", form.get("refresh_token", ""))
        principal = None if known is None else sandbox.principals.by_name(known["principal"])
        if principal is None:
            return _refused(400, "invalid_grant", "The refresh token is not valid.")
        return _granted(sandbox, principal, refresh=True, kept=form["refresh_token"])
    return _refused(400, "unsupported_grant_type", f"The grant type {grant} is not supported.")


async def browser_sign_in(request: Request) -> Response:
    """Send the browser back to where it came from with a one-time code."""
    sandbox = sandbox_of(request)
    target = request.query_params.get("return_to") or sandbox.host
    if not _is_loopback(target):
        raise invalid("return_to has to be a loopback address: a page of the sandbox or an app.")
    parts = urlsplit(target)
    following = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    code = issue_code(sandbox, LOCAL_PERSON, {"use": "browser"})
    query = f"code={quote(code)}&next={quote(following)}"
    return RedirectResponse(f"{parts.scheme}://{parts.netloc}/.auth/callback?{query}", 302)


async def browser_callback(request: Request) -> Response:
    """The sandbox's own pages sign in the way an app's URL does."""
    sandbox = sandbox_of(request)
    principal = redeem_code(sandbox, request.query_params.get("code", ""))
    if principal is None:
        return RedirectResponse("/sandbox/sign-in", 302)
    following = request.query_params.get("next", "/")
    if not following.startswith("/") or following.startswith(("//", "/\\")):
        following = "/"
    answer = RedirectResponse(following, 302)
    session = mint_token(sandbox, principal.name, lifetime_seconds=SESSION_SECONDS, audience=PAGES)
    answer.set_cookie(
        SESSION_COOKIE, session, max_age=SESSION_SECONDS, httponly=True, samesite="lax"
    )
    return answer


def _is_loopback(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and (parts.hostname or "") in (*LOOPBACK, "::1")


def _client(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Client id and secret, by HTTP Basic or from the form."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client_id, _, client_secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client_id, client_secret


def _principal_of_code(sandbox: Sandbox, form: dict[str, str], client_id: str) -> Principal | None:
    taken = take_code(sandbox, form.get("code", ""))
    if taken is None:
        return None
    principal, bound_to = taken
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    asked = {
        "use": "client",
        "redirect_uri": form.get("redirect_uri", ""),
        "challenge": challenge,
        "client_id": client_id,
    }
    return principal if asked == bound_to else None


def _granted(
    sandbox: Sandbox, principal: Principal, *, refresh: bool, kept: str | None = None
) -> Response:
    body = {
        "access_token": mint_token(sandbox, principal.name, lifetime_seconds=TOKEN_SECONDS),
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": "all-apis",
    }
    if refresh:
        body["refresh_token"] = kept or "doau" + secrets.token_hex(24)
        sandbox.store.put("refresh_token", body["refresh_token"], {"principal": principal.name})
    return JSONResponse(body, headers={"cache-control": "no-store"})


def _refused(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)


routes = [
    Route("/.well-known/databricks-config", workspace_metadata),
    Route("/.well-known/oauth-authorization-server", discovery),
    Route("/oidc/.well-known/oauth-authorization-server", discovery),
    Route("/oidc/.well-known/openid-configuration", discovery),
    Route("/oidc/v1/authorize", authorize),
    Route("/oidc/v1/token", token, methods=["POST"]),
    Route("/sandbox/sign-in", browser_sign_in),
    Route("/.auth/callback", browser_callback),
]
