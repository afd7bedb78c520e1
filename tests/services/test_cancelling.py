"""A cancel that comes in the very moment of an answer is obeyed all the same."""

from __future__ import annotations

import asyncio
import threading

import pytest
from databricks.sdk import WorkspaceClient

from services.workspace.gateway import Workspace


@pytest.mark.parametrize("turns", range(8))
async def test_no_cancel_is_lost(workspace: Workspace, turns: int) -> None:
    """The answer is there; the cancel comes so many turns of the event loop later.

    asyncio.wait_for drops such a cancel before Python 3.12
    (https://github.com/python/cpython/issues/86296): a setup that was told to stop went on.
    """
    loop = asyncio.get_running_loop()
    accepted: list[bool] = []

    def cancel(left: int) -> None:
        if left:
            loop.call_soon(cancel, left - 1)
        else:
            accepted.append(asking.cancel())

    def answered(thread: threading.Thread) -> None:
        thread.join()
        cancel(turns)

    def do(_client: WorkspaceClient) -> None:
        loop.call_soon_threadsafe(answered, threading.current_thread())

    async def ask_for_ever() -> None:
        await workspace.call("nothing", do)
        await asyncio.Event().wait()

    asking = asyncio.create_task(ask_for_ever())
    done, _ = await asyncio.wait({asking}, timeout=10)
    assert accepted == [True]
    assert done and asking.cancelled()
