"""How tests are shared out among workers."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from xdist.scheduler import LoadScopeScheduling  # pyright: ignore[reportMissingTypeStubs]

TOGETHER = ("tests/demo/",)
"""Folders whose files share what takes a minute to make: a sandbox with the demo loaded in it."""
LONG = ("tests/setup/", "tests/demo/")
"""Begun first, so that no worker is left alone with them at the end."""

# A page that does not come ends its test; a slow machine is no reason to.
expect.set_options(timeout=60_000)


class ByFile(LoadScopeScheduling):
    """A file, or one of the folders above, goes to one worker as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        return next((each for each in TOGETHER if nodeid.startswith(each)), nodeid.split("::")[0])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)
