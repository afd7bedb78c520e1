"""Small requests to a server of ours on loopback, in a worker thread, without any proxy."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LocalAnswer:
    status: int
    """The HTTP status; 0 when nothing answered."""
    body: Any
    """The parsed JSON, or None."""


async def get_json(url: str, timeout: float = 10.0) -> LocalAnswer:
    """GET `url`; never raises for an answer or the lack of one. `timeout` is in seconds."""
    return await asyncio.to_thread(_get, url, timeout)


def _get(url: str, timeout: float) -> LocalAnswer:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout) as response:
            return LocalAnswer(response.status, _parse(response.read()))
    except urllib.error.HTTPError as error:
        with error:
            return LocalAnswer(error.code, _parse(error.read()))
    except OSError:
        return LocalAnswer(0, None)


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None
