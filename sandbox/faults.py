"""Bad luck on request: errors, dropped connections, latency and a rate limit, set while it runs."""

from __future__ import annotations

import fnmatch
import random
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.errors import invalid


@dataclass
class Fault:
    """What to do to the requests that match."""

    match: str
    """``METHOD /path-glob``; the method may be ``*``. As in ``POST /api/2.1/unity-catalog/*``."""
    status: int | None = None
    """Answer with this status instead of handling the request."""
    error_code: str = "INTERNAL_ERROR"
    message: str = "A fault set on the sandbox."
    times: int | None = None
    """After so many requests it is used up; None: until it is cleared."""
    probability: float = 1.0
    retry_after: int | None = None
    """Seconds, sent as the Retry-After header."""
    latency_ms: int = 0
    """Wait this long first."""
    drop: str | None = None
    """'before' closes the connection instead of handling the request, 'after' handles it and
    closes the connection instead of answering."""
    used: int = 0

    def matches(self, method: str, path: str) -> bool:
        wanted_method, _, glob = self.match.partition(" ")
        return wanted_method in ("*", method) and fnmatch.fnmatchcase(path, glob)


@dataclass
class Faults:
    """The faults in force, the rate limit, and the log of requests."""

    rules: list[Fault] = field(default_factory=list[Fault])
    calls_per_second: float | None = None
    _calls: deque[float] = field(default_factory=deque[float])

    def set(self, body: dict[str, Any]) -> None:
        """Take ``{"calls_per_second": N or null}`` or one fault in its JSON form.

        Raises INVALID_PARAMETER_VALUE naming what is wrong.
        """
        if "match" in body:
            self.rules.append(_parse(body))
        elif set(body) == {"calls_per_second"}:
            limit = body["calls_per_second"]
            if limit is not None and not (_is_number(limit) and limit >= 1):
                raise invalid("calls_per_second is a number of at least 1, or null for no limit.")
            self.calls_per_second = limit
        else:
            raise invalid("Send a fault with match, or calls_per_second.")

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault that hits this request; it counts as used."""
        for fault in self.rules:
            if fault.times is not None and fault.used >= fault.times:
                continue
            if fault.matches(method, path) and random.random() < fault.probability:
                fault.used += 1
                return fault
        return None

    def over_the_limit(self) -> bool:
        """Count a call against the rate limit; whether it has to be refused."""
        if self.calls_per_second is None:
            return False
        now = time.monotonic()
        while self._calls and self._calls[0] <= now - 1.0:
            self._calls.popleft()
        if len(self._calls) >= self.calls_per_second:
            return True
        self._calls.append(now)
        return False

    def clear(self) -> None:
        self.rules.clear()
        self.calls_per_second = None
        self._calls.clear()

    def as_dict(self) -> dict[str, Any]:
        return {
            "faults": [asdict(fault) for fault in self.rules],
            "calls_per_second": self.calls_per_second,
        }


_INTEGERS = {
    "status": (400, 599),
    "times": (0, 10**9),
    "retry_after": (0, 86_400),
    "latency_ms": (0, 600_000),
}
"""The whole numbers of a fault, each with its range."""


def _parse(body: dict[str, Any]) -> Fault:
    known = [name for name in Fault.__dataclass_fields__ if name != "used"]
    unknown = sorted(set(body) - set(known))
    if unknown:
        raise invalid(f"A fault has no field {', '.join(unknown)}; it has {', '.join(known)}.")
    for name, (least, most) in _INTEGERS.items():
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise invalid(f"{name} is a whole number from {least} to {most}, not {value!r}.")
    for name in ("error_code", "message"):
        if not isinstance(body.get(name, ""), str):
            raise invalid(f"{name} is a text.")
    if not isinstance(body["match"], str) or " /" not in body["match"]:
        raise invalid("match has the form 'METHOD /path-glob', as 'GET /api/2.1/unity-catalog/*'.")
    probability = body.get("probability", 1.0)
    if not _is_number(probability) or not 0 <= probability <= 1:
        raise invalid("probability is a number between 0 and 1.")
    if body.get("drop") not in (None, "before", "after"):
        raise invalid("drop is 'before' or 'after'.")
    fault = Fault(**{name: value for name, value in body.items() if value is not None})
    if fault.status is None and fault.drop is None and not fault.latency_ms:
        raise invalid("A fault needs at least one of status, drop, latency_ms.")
    return fault


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
