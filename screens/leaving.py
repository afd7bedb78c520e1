"""Leaving in the middle: stop, wait until all is saved, close."""

from __future__ import annotations

import asyncio
import contextlib

from async_timeout import timeout

from screens.flow import Flow

PATIENCE_SECONDS = 20.0
"""Children get 5 seconds to end before they are killed; saving takes less."""


async def stop_cleanly(flow: Flow) -> None:
    """Ask the run to stop and wait for it; what it was in the middle of stays `in_progress`."""
    flow.request_stop()
    with contextlib.suppress(asyncio.TimeoutError):
        async with timeout(PATIENCE_SECONDS):
            await flow.ended.wait()
    await flow.close()
