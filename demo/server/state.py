"""What the server holds: the settings and the connection, made when first needed.

Nothing is done at import: the app starts without a grant, a prompt or an endpoint, says what is
missing, and works as soon as it is there.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlflow_demo.settings import Settings, load_settings
from mlflow_demo.workspace import point_mlflow, sign_in
from server.writers import Writers

if TYPE_CHECKING:
    from databricks.sdk.core import Config

    from mlflow_demo.agent import EmailAgent

_FACTS_SECONDS = 60.0


@dataclass(frozen=True)
class EndpointFacts:
    ready: bool
    simulated: bool
    """Whether its description says that no model is behind it."""


class DemoState:
    """Safe to use from many threads. Every method may raise DemoError, and works once what was
    missing is there."""

    def __init__(self) -> None:
        self.writers = Writers()
        self._lock = threading.Lock()
        self._signed_in: tuple[Settings, Config] | None = None
        self._pointed = False
        self._agent: EmailAgent | None = None
        self._facts: tuple[float, EndpointFacts] | None = None

    def settings(self) -> Settings:
        """The settings alone, without any call."""
        return load_settings()

    def sign_in(self) -> tuple[Settings, Config]:
        """Sign in; once."""
        with self._lock:
            if self._signed_in is None:
                settings = load_settings()
                self._signed_in = (settings, sign_in(settings))
            return self._signed_in

    def connect(self) -> tuple[Settings, Config]:
        """Sign in and point MLflow at the experiment; once."""
        settings, config = self.sign_in()
        with self._lock:
            if not self._pointed:
                point_mlflow(settings)
                self._pointed = True
        return settings, config

    def agent(self) -> EmailAgent:
        settings, config = self.connect()
        with self._lock:
            if self._agent is None:
                from mlflow_demo.agent import EmailAgent
                from mlflow_demo.chat import ChatEndpoint

                self._agent = EmailAgent(settings, ChatEndpoint(settings.model, config))
            return self._agent

    def endpoint_facts(self) -> EndpointFacts:
        """What the workspace says of the chat endpoint; asked at most once a minute."""
        settings, config = self.sign_in()
        with self._lock:
            known = self._facts
        if known is not None and time.monotonic() - known[0] < _FACTS_SECONDS:
            return known[1]
        facts = _ask(settings, config)
        with self._lock:
            self._facts = (time.monotonic(), facts)
        return facts


def _ask(settings: Settings, config: Config) -> EndpointFacts:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.errors import NotFound, PermissionDenied

    from mlflow_demo.errors import DemoError

    try:
        found = WorkspaceClient(config=config).serving_endpoints.get(settings.model)
    except NotFound as error:
        raise DemoError(
            "endpoint_missing",
            f"There is no endpoint {settings.model}.",
            "Choose another endpoint for LLM_MODEL.",
        ) from error
    except PermissionDenied as error:
        raise DemoError(
            "endpoint_denied",
            f"Not allowed to see the endpoint {settings.model}.",
            f"Grant CAN_QUERY on {settings.model} to the app's service principal.",
        ) from error
    except OSError as error:
        raise DemoError(
            "workspace_unreachable",
            f"The workspace did not answer: {type(error).__name__}.",
            "Try again in a minute.",
        ) from error
    ready = found.state is not None and str(getattr(found.state.ready, "value", "")) == "READY"
    return EndpointFacts(ready, "simulat" in (found.description or "").lower())
