"""`--web` as a process: the server of the pages."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psutil

from tests.sandbox.running import ROOT, RunningSandbox, environment


class Web:
    """The server of the pages, and its link."""

    def __init__(self, project: Path, sandbox: RunningSandbox, *flags: str) -> None:
        own = {"AUTO_SETUP_BOOTSTRAPPED": "1", "DATABRICKS_CONFIG_FILE": str(sandbox.config_file)}
        self.process = subprocess.Popen(
            [
                sys.executable,
                str(ROOT / "auto-setup.py"),
                "--web",
                "--project",
                str(project),
                *flags,
            ],
            env=environment(own),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        assert first.startswith("The wizard is at http://127.0.0.1:"), first
        self.link = first.split()[-1]
        assert self.process.stdout.readline() == "Ctrl-C ends it.\n"

    def family(self) -> list[psutil.Process]:
        """Its children and theirs."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal; the exit code and all that it still wrote."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=120)
        return self.process.returncode, rest

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()
