"""Which workspace this run talks to: the sandbox's, or the one its settings name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from app.output import Output
from app.sandbox_process import use_sandbox

if TYPE_CHECKING:
    from app.settings import Settings
    from services.workspace.profiles import SignIn


async def sign_in_for(settings: Settings, output: Output) -> SignIn:
    """Start the sandbox where it is asked for, and choose the sign-in.

    Raises ConfigurationError, PrerequisitesMissing or SetupError, each with what mends it.
    """
    from services.workspace.profiles import choose_sign_in

    if settings.sandbox:
        await use_sandbox(output.line)
    sign_in = choose_sign_in(settings.profile, os.environ)
    for warning in sign_in.warnings:
        output.line(f"note: {warning}")
    return sign_in
