"""services/processes.py with real processes: their lines, their ends, and that none is left."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from services.errors import StepFailed
from services.output_lines import MAX_LINE
from services.processes import Finished, Server, free_port, run

ROOT = Path(__file__).resolve().parents[2]
ENV = {"PATH": os.environ["PATH"]}
FAMILY = """
import os, subprocess, sys, time
away = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"],
                        start_new_session=True)
near = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("family", os.getpid(), away.pid, near.pid, flush=True)
time.sleep(600)
"""
"""A command with two children, one of which left its session and group."""


async def script(code: str, lines: list[str], env: dict[str, str] | None = None) -> Finished:
    return await run([sys.executable, "-c", code], cwd=ROOT, env=env or ENV, on_line=lines.append)


def gone(pids: Sequence[int]) -> bool:
    """Whether they ended; waits for it, as the launcher takes a moment."""
    living = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    _, alive = psutil.wait_procs(living, timeout=20)
    return not [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]


class Heard(list[str]):
    """Lines as they come, and the moment the family told its pids."""

    def __init__(self) -> None:
        super().__init__()
        self.family = asyncio.Event()

    def take(self, line: str) -> None:
        self.append(line)
        if line.startswith("family"):
            self.family.set()

    def pids(self) -> list[int]:
        line = next(line for line in self if line.startswith("family"))
        return [int(word) for word in line.split()[1:]]


async def test_both_streams_come_in_order_and_the_code_is_kept() -> None:
    lines: list[str] = []
    code = """
import sys
for n in range(100):
    print(n, file=sys.stderr if n % 2 else sys.stdout, flush=True)
sys.exit(3)
"""
    ended = await script(code, lines)
    assert lines == [str(n) for n in range(100)]
    assert (ended.returncode, ended.ok) == (3, False)
    assert ended.tail == tuple(str(n) for n in range(60, 100))
    assert ended.last_words(2) == "98\n99"


async def test_colours_progress_and_broken_bytes_become_plain_lines() -> None:
    lines: list[str] = []
    code = r"""
import sys
out = sys.stdout.buffer
out.write(b"\x1b[1;31mred\x1b[0m \x1b]8;;https://x\x07link\x1b]8;;\x07\r\n")
out.write(b"10%\r50%\r100%\n")
out.write(b"caf\xc3\xa9 \xff\n")
out.write(b"x" * 1_000_000 + b"\n")
out.write(b"no end")
"""
    await script(code, lines)
    assert lines[:3] == ["red link", "100%", "café \N{REPLACEMENT CHARACTER}"]
    assert lines[3].startswith("x" * 100)
    assert len(lines[3]) < MAX_LINE + 50
    assert lines[3].endswith("more characters)")
    assert lines[4] == "no end"


async def test_the_child_gets_the_given_environment_and_nothing_to_read() -> None:
    lines: list[str] = []
    code = "import os, sys; print(sorted(os.environ)); print(repr(sys.stdin.read()))"
    await script(code, lines, {"PATH": ENV["PATH"], "ONLY": "this"})
    names = {name.strip("[]' ") for name in lines[0].split(",")}
    assert names - {"LC_CTYPE"} == {"PATH", "ONLY"}
    assert lines[1] == "''"


async def test_a_signal_is_told_as_one() -> None:
    ended = await script("import os; os.kill(os.getpid(), 11)", [])
    assert ended.returncode == -signal.SIGSEGV


async def test_what_a_command_left_behind_ends_with_it() -> None:
    heard = Heard()
    ended = await run(
        [sys.executable, "-c", FAMILY.rpartition("time.sleep")[0]],
        cwd=ROOT,
        env=ENV,
        on_line=heard.take,
    )
    assert ended.ok
    assert gone(heard.pids())


async def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(StepFailed, match="no-such-program was not found"):
        await run(["no-such-program"], cwd=ROOT, env=ENV, on_line=print)


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="could not be started in"):
        await run([sys.executable], cwd=tmp_path / "none", env=ENV, on_line=print)


async def test_a_deadline_ends_the_whole_family() -> None:
    heard = Heard()
    with pytest.raises(StepFailed, match="did not end within 3 seconds"):
        await run([sys.executable, "-c", FAMILY], cwd=ROOT, env=ENV, on_line=heard.take, deadline=3)
    assert gone(heard.pids())


async def test_cancelling_ends_the_whole_family() -> None:
    heard = Heard()
    task = asyncio.create_task(
        run([sys.executable, "-c", FAMILY], cwd=ROOT, env=ENV, on_line=heard.take)
    )
    await heard.family.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert gone(heard.pids())


async def test_a_family_deaf_to_term_is_killed() -> None:
    heard = Heard()
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FAMILY
    task = asyncio.create_task(
        run([sys.executable, "-c", deaf], cwd=ROOT, env=ENV, on_line=heard.take)
    )
    await heard.family.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert gone(heard.pids())


def test_whoever_asks_again_and_again_leaves_nothing_open() -> None:
    """Left twice in a hurry; then the end of the event loop asks once more."""
    others = psutil.Process().children()
    children: list[psutil.Process] = []

    async def leave_in_a_hurry() -> None:
        heard = Heard()
        running = asyncio.create_task(
            run([sys.executable, "-c", FAMILY], cwd=ROOT, env=ENV, on_line=heard.take)
        )
        await heard.family.wait()
        children.extend(each for each in psutil.Process().children() if each not in others)
        for _ in range(2):
            running.cancel()
            # The turns of the event loop in which the stop begins, and then is cut short.
            for _ in range(3):
                await asyncio.sleep(0)

    asyncio.run(leave_in_a_hurry())
    assert len(children) == 1
    assert not [each for each in children if each.is_running()]


async def test_a_listener_that_fails_ends_the_command_and_is_told() -> None:
    def refuse(line: str) -> None:
        raise ValueError(line)

    with pytest.raises(ValueError, match="family"):
        await run([sys.executable, "-c", FAMILY], cwd=ROOT, env=ENV, on_line=refuse)


def test_kill_9_of_the_wizard_leaves_no_child() -> None:
    parent = f"""
import asyncio, sys
from pathlib import Path
from services.processes import run
def tell(line):
    print(line, flush=True)
asyncio.run(run([sys.executable, "-c", {FAMILY!r}], cwd=Path.cwd(), env={ENV!r}, on_line=tell))
"""
    with subprocess.Popen(
        [sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as wizard:
        assert wizard.stdout is not None
        pids = [int(word) for word in wizard.stdout.readline().split()[1:]]
        below = [each.pid for each in psutil.Process(wizard.pid).children(recursive=True)]
        assert set(pids) <= set(below)
        wizard.kill()
        wizard.wait()
    assert gone(below)


async def test_kill_9_of_the_launcher_ends_the_command() -> None:
    """Whoever kills the launcher by its pid gets the command too (PR_SET_PDEATHSIG)."""
    heard = Heard()
    task = asyncio.create_task(
        run([sys.executable, "-c", FAMILY], cwd=ROOT, env=ENV, on_line=heard.take)
    )
    await heard.family.wait()
    command, *rest = heard.pids()
    launcher = psutil.Process(command).parent()
    assert launcher is not None
    launcher.kill()
    ended = await task
    assert ended.returncode == -signal.SIGKILL
    assert gone([command])
    for pid in rest:
        psutil.Process(pid).kill()


async def test_a_server_runs_until_the_block_ends() -> None:
    heard = Heard()
    async with Server(
        [sys.executable, "-c", FAMILY], cwd=ROOT, env=ENV, on_line=heard.take
    ) as server:
        await heard.family.wait()
        assert not server.exited.is_set()
        assert server.returncode is None
    assert gone(heard.pids())


async def test_a_server_that_ends_by_itself_says_how() -> None:
    code = "print('no port'); raise SystemExit(4)"
    async with Server([sys.executable, "-c", code], cwd=ROOT, env=ENV, on_line=print) as server:
        await server.exited.wait()
        assert server.returncode == 4
        assert server.tail == ("no port",)


def test_a_free_port_can_be_taken() -> None:
    assert 1024 <= free_port() <= 65535
