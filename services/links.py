"""The pages of the workspace a person is sent to."""

from __future__ import annotations

from urllib.parse import quote

from services.config import SetupConfig
from services.vocabulary import DeploymentMode


def experiment_link(host: str, experiment_id: str) -> str:
    return f"{host}/ml/experiments/{experiment_id}"


def app_page_link(host: str, name: str) -> str:
    return f"{host}/apps/{name}"


def catalog_link(host: str, catalog: str, schema: str = "") -> str:
    return f"{host}/explore/data/{catalog}" + (f"/{schema}" if schema else "")


def workspace_link(host: str, path: str) -> str:
    return f"{host}/#workspace{quote(path)}"


def links_of(
    host: str, config: SetupConfig, *, experiment_id: str, app_url: str, tree: str
) -> dict[str, str]:
    """The links of the done screen and the result event, as the mode has them."""
    links: dict[str, str] = {}
    if config.mode is DeploymentMode.FULL_DEPLOYMENT and app_url:
        links["app"] = app_url
    if experiment_id:
        links["experiment"] = experiment_link(host, experiment_id)
        links["mlflow"] = f"{experiment_link(host, experiment_id)}/traces"
    links["catalog"] = catalog_link(host, config.catalog, config.schema_name)
    if tree:
        links["notebook"] = workspace_link(host, f"{tree}/mlflow_demo/notebooks/0_demo_overview")
    return links
