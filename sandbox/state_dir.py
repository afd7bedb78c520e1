"""The directory that holds all of a sandbox's state: its lock, its store, its client config."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
from pathlib import Path
from typing import IO, Any

import psutil

from sandbox.sign_in import person_client_credentials, personal_access_token
from sandbox.store import Store

CLOCK_DRIFT_SECONDS = 5.0
"""How far a process's start time may seem to move when the system clock is set."""


class StateError(Exception):
    """The state directory cannot be used; the message says why and what to do."""


class StateDir:
    """Paths and the lock. One sandbox at a time may run from a directory."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.config_file = self.path / "databrickscfg"
        self.log_file = self.path / "sandbox.log"
        self._holder_file = self.path / "holder.json"
        self._running_file = self.path / "running.json"
        self._lock: IO[str] | None = None

    @staticmethod
    def default() -> Path:
        """``SANDBOX_STATE_DIR``, else ``mlflow-demo-sandbox`` below ``XDG_STATE_HOME``."""
        own = os.environ.get("SANDBOX_STATE_DIR")
        if own:
            return Path(own)
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        return Path(base) / "mlflow-demo-sandbox"

    def make(self) -> None:
        """Create the directory, readable by its owner only. Raises StateError."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
            probe = self.path / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise StateError(
                f"The state directory {self.path} cannot be used ({error.strerror}); "
                "give another one with --state-dir."
            ) from error

    def check(self) -> None:
        """Raise StateError when there is something here that is not a directory of ours to read."""
        try:
            if not self.path.exists():
                return
            next(self.path.iterdir(), None)
        except OSError as error:
            raise StateError(
                f"The state directory {self.path} cannot be read ({error.strerror}); "
                "give another one with --state-dir."
            ) from error

    def lock(self) -> bool:
        """Take the directory for this process until it ends; False if another one has it."""
        handle = (self.path / "lock").open("a")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return False
        self._lock = handle
        return True

    def hold(self) -> bool:
        """As `lock`, and write down who holds it, for `holder`."""
        if not self.lock():
            return False
        own = psutil.Process()
        self._write(self._holder_file, json.dumps({"pid": own.pid, "started": own.create_time()}))
        return True

    def holder(self) -> psutil.Process | None:
        """The sandbox process that runs (or starts, or stops) from here; None if there is none.

        The lock is not tried: that could get in the way of a sandbox that is just starting.
        """
        try:
            said = json.loads(self._holder_file.read_text("utf-8"))
            process = psutil.Process(said["pid"])
            same = abs(process.create_time() - said["started"]) < CLOCK_DRIFT_SECONDS
            gone = process.status() == psutil.STATUS_ZOMBIE
        except (FileNotFoundError, psutil.NoSuchProcess):
            return None
        return process if same and not gone else None

    def unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def running(self) -> dict[str, Any] | None:
        """What the running sandbox said about itself when it was ready; None if it is not."""
        try:
            return json.loads(self._running_file.read_text("utf-8"))
        except FileNotFoundError:
            return None

    def write_running(self, about: dict[str, Any]) -> None:
        self._write(self._running_file, json.dumps(about))

    def remove_running(self) -> None:
        self._running_file.unlink(missing_ok=True)

    def open_store(self) -> Store:
        """Raises StateError when the file is there and cannot be used."""
        try:
            return Store(self.path / "sandbox.db")
        except sqlite3.Error as error:
            raise StateError(
                f"The sandbox's state {self.path / 'sandbox.db'} cannot be used ({error}); start "
                "anew after 'python -m sandbox stop --erase', or give another --state-dir."
            ) from error

    def write_config(self, host: str, store: Store) -> None:
        """A Databricks config file: DEFAULT by OAuth, `pat` by token; both are the local person."""
        client_id, client_secret = person_client_credentials(store)
        self._write(
            self.config_file,
            "; Profiles of the local sandbox workspace. Written at each start.\n"
            "[DEFAULT]\n"
            f"host = {host}\n"
            f"client_id = {client_id}\n"
            f"client_secret = {client_secret}\n"
            "auth_type = oauth-m2m\n"
            "\n"
            "[pat]\n"
            f"host = {host}\n"
            f"token = {personal_access_token(store)}\n"
            "auth_type = pat\n",
        )

    def erase(self) -> None:
        """Delete everything. The sandbox must not be running.

        Raises StateError for a directory that does not look like ours.
        """
        if not (self.path / "sandbox.db").exists():
            raise StateError(f"{self.path} holds no sandbox state; nothing is deleted.")
        shutil.rmtree(self.path)

    def _write(self, path: Path, text: str) -> None:
        """Replace a file whole, readable by its owner only."""
        fresh = path.with_name(path.name + ".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        fresh.replace(path)
