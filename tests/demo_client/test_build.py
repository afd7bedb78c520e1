"""The client's lock file, checks and size; and the ways to build it besides the pinned bun."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .building import CLIENT, copy_client, install_bun, run


def test_the_lock_file_can_be_read_by_older_buns_and_names_one_registry() -> None:
    lock = (CLIENT / "bun.lock").read_text()
    assert '"lockfileVersion": 1,' in lock
    # bun writes no address for what comes from its default registry.
    assert re.findall(r"https?://[^\"]+", lock) == []


def test_every_version_is_pinned() -> None:
    package = json.loads((CLIENT / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    loose = {
        name: each for name, each in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", each)
    }
    assert loose == {}


def test_types_and_style(built: Path, bun: Path) -> None:
    run([str(bun), "run", "check"], built)


def test_its_own_tests(built: Path, bun: Path) -> None:
    run([str(bun), "run", "test"], built)


def test_what_loads_before_any_chart_is_small(built: Path, bun: Path) -> None:
    run([str(bun), "run", "size"], built)


def test_nothing_is_loaded_from_elsewhere(built: Path) -> None:
    page = (built / "build" / "index.html").read_text()
    assert re.findall(r"(?:src|href)=\"(?!\./)[^\"]*\"", page) == []


@pytest.mark.soak
@pytest.mark.parametrize("version", ["latest"])
def test_a_newer_bun_accepts_the_lock_file(tmp_path: Path, version: str) -> None:
    bun = install_bun(tmp_path / "bun", version)
    client = copy_client(tmp_path)
    before = (client / "bun.lock").read_text()
    run([str(bun), "install", "--frozen-lockfile"], client)
    run([str(bun), "run", "build"], client)
    assert (client / "build" / "index.html").is_file()
    assert (client / "bun.lock").read_text() == before


@pytest.mark.soak
def test_npm_alone_is_enough(tmp_path: Path) -> None:
    client = copy_client(tmp_path)
    # What the page needs, without the tools for work on it: as little as the wizard has to fetch.
    run(["npm", "install", "--omit=dev", "--no-audit", "--no-fund"], client)
    run(["npm", "run", "build"], client)
    assert (client / "build" / "index.html").is_file()
