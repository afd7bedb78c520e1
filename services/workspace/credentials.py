"""Which credentials there are, by the names that databricks-sdk gives them.

The names and their environment variables are those of the Databricks client unified
authentication (`databricks.sdk.config.Config`), written down here so that reading a profile does
not cost an import of the SDK.
"""

from __future__ import annotations

import ipaddress
import shutil
from collections.abc import Mapping
from urllib.parse import urlsplit

from services.errors import ConfigurationError

ENVIRONMENT: Mapping[str, str] = {
    "host": "DATABRICKS_HOST",
    "account_id": "DATABRICKS_ACCOUNT_ID",
    "workspace_id": "DATABRICKS_WORKSPACE_ID",
    "auth_type": "DATABRICKS_AUTH_TYPE",
    "token": "DATABRICKS_TOKEN",
    "username": "DATABRICKS_USERNAME",
    "password": "DATABRICKS_PASSWORD",
    "client_id": "DATABRICKS_CLIENT_ID",
    "client_secret": "DATABRICKS_CLIENT_SECRET",
    "oidc_token_env": "DATABRICKS_OIDC_TOKEN_ENV",
    "oidc_token_filepath": "DATABRICKS_OIDC_TOKEN_FILEPATH",
    "token_audience": "DATABRICKS_TOKEN_AUDIENCE",
    "azure_workspace_resource_id": "DATABRICKS_AZURE_RESOURCE_ID",
    "azure_client_id": "ARM_CLIENT_ID",
    "azure_client_secret": "ARM_CLIENT_SECRET",
    "azure_tenant_id": "ARM_TENANT_ID",
    "azure_environment": "ARM_ENVIRONMENT",
    "azure_use_msi": "ARM_USE_MSI",
    "google_service_account": "DATABRICKS_GOOGLE_SERVICE_ACCOUNT",
    "google_credentials": "GOOGLE_CREDENTIALS",
    "metadata_service_url": "DATABRICKS_METADATA_SERVICE_URL",
}
"""Attribute of the SDK's Config -> the variable that sets it."""

METHODS: Mapping[str, tuple[str, ...]] = {
    "pat": ("token",),
    "basic": ("username", "password"),
    "metadata-service": ("metadata_service_url",),
    "oauth-m2m": ("client_id", "client_secret"),
    "azure-client-secret": ("azure_client_id", "azure_client_secret"),
    "google-credentials": ("google_credentials",),
    "google-id": ("google_service_account",),
}
"""Sign-in method -> what is enough for it, in the order in which the SDK tries them."""

SECRETS = (
    "token",
    "password",
    "client_secret",
    "azure_client_secret",
    "google_credentials",
    "metadata_service_url",
)
"""Attributes whose values are never shown."""


class ContradictingCredentials(ConfigurationError):
    """More than one complete sign-in method stands in one place."""


def complete_method(values: Mapping[str, str]) -> str:
    """The sign-in method that these attributes are enough for; empty when for none.

    Raises ContradictingCredentials when they are enough for several and `auth_type` does not
    choose (the SDK's "more than one authorization method configured").
    """
    if auth_type := values.get("auth_type", ""):
        return auth_type
    complete = [name for name, needs in METHODS.items() if all(values.get(k) for k in needs)]
    if len(complete) > 1:
        raise ContradictingCredentials(
            [f"More than one authorization method is configured: {' and '.join(complete)}."],
            f"Keep one of them, or choose with auth_type (for example auth_type = {complete[0]}).",
        )
    return complete[0] if complete else ""


def method_of_host_alone(host: str, path: str) -> str:
    """How a profile that names only a host signs in: through a CLI that keeps the login.

    `path` is the PATH to look on: Azure hosts use `az` where the Databricks CLI is missing.
    """
    azure = (urlsplit(host).hostname or "").endswith(".azuredatabricks.net")
    if azure and not shutil.which("databricks", path=path) and shutil.which("az", path=path):
        return "azure-cli"
    return "databricks-cli"


def normal_host(value: str) -> str:
    """The workspace's address as scheme://name[:port]: what people paste often carries a path.

    Empty when the value is no address at all.
    """
    text = value.strip().strip("'\"")
    if text and "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port and parts.port != 443 else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{name}{port}"


def is_loopback(host: str) -> bool:
    """Whether this address is the machine itself."""
    name = urlsplit(host).hostname or ""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def problem_with_host(host: str) -> str:
    """Why this is no workspace to sign in to, as a sentence; empty when it is one."""
    normal = normal_host(host)
    if not host.strip():
        return "names no host."
    if not normal:
        return f"has the host {host!r}, which is no web address."
    if normal.startswith("http://") and not is_loopback(normal):
        return (
            f"has the host {normal}: http:// would send the sign-in unencrypted and is accepted "
            "for this machine only. Use https://."
        )
    if (urlsplit(normal).hostname or "").startswith(("accounts.", "accounts-")):
        return (
            f"has the host {normal}, which is the account console. Use the address of a workspace."
        )
    return ""
