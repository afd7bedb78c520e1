"""What to send to somebody with other rights: a statement where there is one, else a sentence.

Statements are SQL as Unity Catalog documents it; names are quoted, a backtick in one is doubled.
"""

from __future__ import annotations


def quoted(full_name: str) -> str:
    return ".".join(f"`{part.replace('`', '``')}`" for part in full_name.split("."))


def on_metastore(user: str) -> str:
    return f"GRANT CREATE CATALOG ON METASTORE TO {_principal(user)};"


def on_catalog(catalog: str, user: str) -> str:
    return f"GRANT USE CATALOG, CREATE SCHEMA ON CATALOG {quoted(catalog)} TO {_principal(user)};"


def on_schema(full_name: str, user: str) -> str:
    """ALL PRIVILEGES does not include MANAGE, which granting on to the app needs."""
    schema = quoted(full_name)
    return f"GRANT ALL PRIVILEGES, MANAGE ON SCHEMA {schema} TO {_principal(user)};"


def on_app(app: str, user: str) -> str:
    return f"Please give {user} CAN MANAGE on the Databricks App {app}, in its permissions."


def on_endpoint(endpoint: str, user: str) -> str:
    return f"Please give {user} CAN QUERY on the serving endpoint {endpoint}, in its permissions."


def for_any_endpoint(user: str) -> str:
    return (
        f"Please give {user} a serving endpoint for chat (task llm/v1/chat) that is ready: enable "
        "the Foundation Model APIs in this workspace, or grant CAN QUERY on one that is there."
    )


def _principal(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
