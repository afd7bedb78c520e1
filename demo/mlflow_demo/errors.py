"""The one error of the demo: what happened, and what to do about it."""

from __future__ import annotations


class DemoError(Exception):
    """Something a person can put right.

    `code` is for programs (one of those below), `message` says what happened, `fix` what to do.

    Codes: settings_missing, workspace_mismatch, workspace_unreachable, not_signed_in,
    permission_denied, customer_not_found, prompt_missing, experiment_missing, endpoint_missing,
    endpoint_denied, endpoint_busy, endpoint_slow, endpoint_failed, answer_unreadable,
    trace_missing, feature_off, failed.
    """

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(f"{message} {fix}")
        self.code = code
        self.message = message
        self.fix = fix
