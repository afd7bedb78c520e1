"""What can go wrong with a call to the workspace, in the few kinds a caller acts on.

services/workspace/translate.py turns what databricks-sdk raises into these; nothing else in the
project looks at the SDK's exceptions.
"""

from __future__ import annotations

from services.errors import SetupError


class WorkspaceError(SetupError):
    """A call failed. `call` names it (`catalogs.list`), `code` is the platform's error_code."""

    def __init__(
        self,
        message: str,
        advice: str = "",
        *,
        call: str = "",
        code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message, advice)
        self.call = call
        self.code = code
        self.request_id = request_id


class SignInFailed(WorkspaceError):
    """The credentials are missing, wrong, expired or contradict each other."""


class Denied(WorkspaceError):
    """The signed-in principal lacks a privilege."""


class NotFound(WorkspaceError):
    pass


class AlreadyExists(WorkspaceError):
    """A create met something of that name (409, or 400 with an ..._ALREADY_EXISTS code)."""


class Refused(WorkspaceError):
    """The platform understood and said no: a bad value, a wrong state, a quota."""


class RateLimited(WorkspaceError):
    """Still limited after all retries. `retry_after` is what the platform asks for, in seconds."""

    retry_after: float = 1.0


class Unreachable(WorkspaceError):
    """No answer, or a 5xx, after all retries. Whether a change was made is unknown."""


class NotSupported(WorkspaceError):
    """The workspace does not have this feature, or it is switched off."""
