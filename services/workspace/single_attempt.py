"""Makes databricks-sdk try each request once, so that waiting happens where it can be cancelled.

The SDK retries inside a blocking call. Its clock can be given, and it sleeps on it between two
attempts: a clock that refuses to sleep ends the call after the first one, and tells how long the
SDK would have waited (the platform's Retry-After, plus up to a second).
"""

from __future__ import annotations

import time


class WouldRetry(Exception):
    """The attempt failed in a way that the SDK retries. Its `__context__` is what happened."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"would try again in {seconds:.1f} s")
        self.seconds = seconds


class OneAttempt:
    """A clock as databricks.sdk.clock.Clock describes it."""

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        raise WouldRetry(seconds)
