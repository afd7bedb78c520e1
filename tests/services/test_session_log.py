"""services/session_log.py: what was told is on disk once the log is closed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from services.redaction import Redactor
from services.session_log import SessionLog


async def test_a_write_under_way_is_not_cut_off_by_closing(tmp_path: Path) -> None:
    """A named pipe makes the disk slow: opening it waits for its reader."""
    log = SessionLog(tmp_path / "logs" / "session.jsonl", Redactor())
    await log.open()
    await asyncio.to_thread(log.path.unlink)
    os.mkfifo(log.path)
    log.on_call({"method": "GET"})
    while log._waiting:  # pyright: ignore[reportPrivateUsage]  # noqa: ASYNC110
        await asyncio.sleep(0)
    closing = asyncio.create_task(log.close())
    await asyncio.sleep(0)
    assert '"method": "GET"' in await asyncio.to_thread(log.path.read_text)
    await closing
