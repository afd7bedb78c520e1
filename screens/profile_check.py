"""Checks profiles for the sign-in screen: one real call each, side by side."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from async_timeout import timeout

from screens.rows import Row, RowState
from services.errors import SetupError

if TYPE_CHECKING:
    from services.workspace.profiles import Profile
    from services.workspace.sign_in import SignIn

ENVIRONMENT = "environment variables"
"""The row for credentials that are exported."""
CHECK_SECONDS = 30.0


async def list_rows(environ: Mapping[str, str]) -> list[Profile]:
    """The profiles of the config file. Raises ConfigurationError for one that cannot be read."""
    from services.workspace.profiles import list_profiles

    return await asyncio.to_thread(list_profiles, environ)


async def has_profile_for(host: str, environ: Mapping[str, str]) -> bool:
    """Whether a profile of the config file names this host; none does in one that is broken."""
    try:
        return any(profile.host == host for profile in await list_rows(environ))
    except SetupError:
        return False


async def default_row(profile: str | None, environ: Mapping[str, str], host: str) -> str:
    """Which row is meant: that of `host` for a resumed setup, else what --profile, the environment
    and DEFAULT say. Empty when nothing can be used."""
    from services.workspace.profiles import choose_sign_in

    try:
        chosen = await asyncio.to_thread(choose_sign_in, profile, environ)
    except SetupError:
        return ""
    if host and chosen.host != host:
        fitting = [each.name for each in await list_rows(environ) if each.host == host]
        if fitting:
            return fitting[0]
    return chosen.profile or ENVIRONMENT


async def profile_row(name: str, environ: Mapping[str, str], suggested: bool) -> Row:
    """Sign in with it, for one call, and say what came of it."""
    from services.workspace.profiles import choose_sign_in

    profile = None if name == ENVIRONMENT else name
    try:
        sign_in = await asyncio.to_thread(choose_sign_in, profile, environ)
        async with timeout(CHECK_SECONDS):
            user = await _user_of(sign_in)
    except asyncio.TimeoutError:
        told = f"No answer within {CHECK_SECONDS:.0f} s. Check the network, then look again with r."
        return Row(name, RowState.UNKNOWN, "no answer", told, suggested)
    except SetupError as error:
        return Row(name, RowState.DENIED, "cannot sign in", str(error), suggested)
    told = f"{user} at {sign_in.host}, by {sign_in.source}."
    if sign_in.warnings:
        told = f"{told} {' '.join(sign_in.warnings)}"
    note = f"{sign_in.auth_type}, {sign_in.host.split('://')[-1]}"
    return Row(name, RowState.USABLE, note, told, suggested)


async def _user_of(sign_in: SignIn) -> str:
    from services.workspace.gateway import Workspace

    workspace = await Workspace.connect(sign_in)
    try:
        return (await workspace.current_user()).user_name
    finally:
        await workspace.close()


def mend_command(told: str) -> str:
    """The command in a piece of advice ("Run: COMMAND"); empty when there is none.

    It ends with the text, or where its sentence goes on: at a comma, semicolon or full stop before
    a space, or at a bracket.
    """
    found = re.search(r"\b[Rr]un: (.+?)(?=[.,;]?\s*$|[.,;]\s| \()", told, re.MULTILINE)
    return found.group(1) if found else ""
