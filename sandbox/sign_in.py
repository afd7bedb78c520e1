"""Tokens and one-time codes: how a request or a browser proves who it is.

OAuth access tokens are signed (JWT, HS256) with a key of this state directory, so they stay valid
across restarts and need no table; a personal access token is a document.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.context import Principal, Sandbox
from sandbox.principals import LOCAL_PERSON
from sandbox.store import Store

CODE_LIFETIME_SECONDS = 120
API = "api"
"""What a bearer is good for: the API and app addresses. A browser's cookie is good for its page or
app alone, so that one read from a browser opens nothing else."""


def secret_of(store: Store, name: str, prefix: str = "") -> str:
    """A secret of this state directory, made at first use and the same ever after."""
    found = store.get("secret", name)
    if found is None:
        found = {"value": prefix + secrets.token_hex(16)}
        store.put("secret", name, found)
    return found["value"]


def personal_access_token(store: Store) -> str:
    """The local person's token, as profile `pat` uses it."""
    return secret_of(store, "pat", "dapi")


def person_client_credentials(store: Store) -> tuple[str, str]:
    """OAuth client id and secret of profile DEFAULT.

    On the platform client credentials belong to a service principal; here this pair signs in the
    local person, which is what `databricks auth login` gives without needing the CLI.
    """
    return secret_of(store, "person_client_id"), secret_of(store, "person_client_secret", "dose")


def mint_token(
    sandbox: Sandbox, principal_name: str, *, lifetime_seconds: int = 3600, audience: str = API
) -> str:
    """An OAuth bearer that the API and every app URL accept; a cookie with another audience."""
    now = int(time.time())
    claims = {
        "iss": f"{sandbox.host}/oidc",
        "sub": principal_name,
        "aud": audience,
        "iat": now,
        "exp": now + lifetime_seconds,
        "jti": secrets.token_hex(8),
        "scope": "all-apis",
    }
    signed = f"{_encode({'alg': 'HS256', 'typ': 'JWT'})}.{_encode(claims)}"
    return f"{signed}.{_signature(sandbox.store, signed)}"


def principal_of_token(sandbox: Sandbox, token: str, audience: str = API) -> Principal | None:
    """Who a token of this audience belongs to, with its `token_kind`; None if it is not good."""
    pat = personal_access_token(sandbox.store)
    if audience == API and hmac.compare_digest(token.encode(), pat.encode()):
        return replace(sandbox.principals.local_person(), token_kind="pat")
    signed, _, signature = token.rpartition(".")
    expected = _signature(sandbox.store, signed)
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        return None
    claims = _decode(signed.partition(".")[2])
    if claims["exp"] < time.time() or claims.get("aud") != audience:
        return None
    return sandbox.principals.by_name(claims["sub"])


def principal_of_client(sandbox: Sandbox, client_id: str, client_secret: str) -> Principal | None:
    """Who OAuth client credentials belong to: the local person, or a service principal."""
    own_id, own_secret = person_client_credentials(sandbox.store)
    if client_id == own_id:
        matches = hmac.compare_digest(client_secret.encode(), own_secret.encode())
        return sandbox.principals.by_name(LOCAL_PERSON) if matches else None
    known = sandbox.principals.service_principal(client_id)
    if known is None or not hmac.compare_digest(client_secret.encode(), known.secret.encode()):
        return None
    return sandbox.principals.by_name(client_id)


def issue_code(sandbox: Sandbox, principal_name: str, bound_to: Mapping[str, str]) -> str:
    """A code that can be redeemed once, within two minutes."""
    code = secrets.token_urlsafe(24)
    body: dict[str, Any] = {
        "principal": principal_name,
        "expires": time.time() + CODE_LIFETIME_SECONDS,
        "bound_to": dict(bound_to),
    }
    sandbox.store.put("code", code, body)
    return code


def take_code(sandbox: Sandbox, code: str) -> tuple[Principal, dict[str, str]] | None:
    """Redeem a code: who it stands for and what it was bound to. It is gone afterwards."""
    with sandbox.store.transaction():
        found = sandbox.store.get("code", code)
        sandbox.store.delete("code", code)
    if found is None or found["expires"] < time.time():
        return None
    principal = sandbox.principals.by_name(found["principal"])
    return None if principal is None else (principal, found["bound_to"])


def redeem_code(sandbox: Sandbox, code: str) -> Principal | None:
    """Redeem a browser's sign-in code (the app proxy calls this on ``/.auth/callback``)."""
    taken = take_code(sandbox, code)
    if taken is None or taken[1].get("use") != "browser":
        return None
    return taken[0]


def _signature(store: Store, signed: str) -> str:
    key = secret_of(store, "signing_key")
    return _unpadded(hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest())


def _encode(claims: dict[str, Any]) -> str:
    return _unpadded(json.dumps(claims, separators=(",", ":")).encode())


def _decode(part: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
