"""Where to sign in: the sandbox is started, or a profile is chosen, each checked live."""

from __future__ import annotations

import asyncio
import shlex
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.widgets import Log, Static

from screens import commands
from screens.base import WizardScreen
from screens.profile_check import ENVIRONMENT, default_row, list_rows, mend_command, profile_row
from screens.rows import Row, arranged
from screens.widgets.heading import Heading
from screens.widgets.problem import ProblemPanel
from screens.widgets.resource_list import ResourceList
from services.errors import AlreadyRunning

if TYPE_CHECKING:
    from services.workspace.sign_in import SignIn

LOOK_AGAIN_SECONDS = 0.3
"""Between two attempts to open a project that another wizard has."""


class SignInScreen(WizardScreen):
    name_on_way = "sign_in"
    heading = "Sign in"
    CSS_PATH = "sign_in.tcss"
    AUTO_FOCUS = "ResourceList"
    BINDINGS: ClassVar[list[BindingType]] = [
        commands.CHOOSE,
        commands.AGAIN,
        commands.COPY_FIX,
        commands.SIGN_IN_HERE,
    ]

    def content(self) -> ComposeResult:
        intro = (
            "Starting the local sandbox: a Databricks workspace of its own on this machine."
            if self.flow.sandbox
            else "The profiles of your Databricks config file. DEFAULT is used unless you choose."
        )
        yield Static(intro, classes="intro", markup=False)
        if self.flow.sandbox:
            yield Log(id="starting", max_lines=500)
            return
        yield ResourceList(self.flow.glyphs, id="rows")
        yield Static(id="why", markup=False)

    def on_mount(self) -> None:
        self._rows: dict[str, Row] = {}
        self.action_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if self.flow.sandbox and action in ("copy", "log_in"):
            return False
        return super().check_action(action, parameters)

    def action_again(self) -> None:
        self.problem(None)
        self.work(self._start_sandbox() if self.flow.sandbox else self._check_profiles(), "fill")

    async def _start_sandbox(self) -> None:
        log = self.query_one("#starting", Log)
        await self.flow.start.start_sandbox(lambda line: _write(log, line))
        _write(log, "Opening the project.")
        await self._open(await self.flow.choose_sign_in(None))

    async def _open(self, sign_in: SignIn) -> None:
        while not await self._opened(sign_in):  # noqa: ASYNC110 - no event tells of a freed lock
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        self.problem(None)
        self.query_one(Heading).refresh_place()
        self.forward()

    async def _opened(self, sign_in: SignIn) -> bool:
        """False while another wizard has the project, as one whose terminal was just closed."""
        try:
            await self.flow.open(sign_in)
        except AlreadyRunning as error:
            told = "This goes on as soon as it has ended. Escape goes back."
            self.problem(AlreadyRunning(error.message, told))
            return False
        return True

    async def _check_profiles(self) -> None:
        saved, _ = self.flow.saved()
        returning = self.flow.resuming or self.flow.rolling_back
        wanted = saved.host if saved and returning else ""
        start = self.flow.start
        profiles = await list_rows(start.environ)
        suggested = await default_row(start.profile, start.environ, wanted)
        hosts = {profile.name: profile.host for profile in profiles}
        names = list(hosts)
        if suggested == ENVIRONMENT:
            names.insert(0, ENVIRONMENT)
        # A profile that left the file leaves the list.
        self._rows = {name: Row.checking(name, name == suggested) for name in names}
        self._show_rows()
        if not names:
            # There is no profile at all: the choice itself says what to do.
            await self.flow.choose_sign_in(start.profile)
        checks = [profile_row(name, start.environ, name == suggested) for name in names]
        for done in asyncio.as_completed(checks):
            row = await done
            self._put(row)
            asked_for = start.profile in (None, row.key) and hosts.get(row.key) == wanted
            if row.suggested and row.may_be_chosen and asked_for:
                # To the workspace of the setup under way there is nothing to ask.
                self.work(self._choose(row), "choose")

    def _put(self, row: Row) -> None:
        self._rows[row.key] = row
        self._show_rows()

    def _show_rows(self) -> None:
        self.query_one(ResourceList).show(arranged(self._rows.values(), ""))

    @on(ResourceList.Highlighted)
    def _tell_why(self, event: ResourceList.Highlighted) -> None:
        self.query_one("#why", Static).update(event.row.why if event.row else "")

    @on(ResourceList.Clicked)
    def action_choose(self) -> None:
        if self.flow.sandbox:
            if self.flow.is_open:
                self.forward()
            return
        row = self.query_one(ResourceList).row
        if row is None:
            self.app.bell()
            return
        if not row.may_be_chosen:
            self.notify(f"{row.key} cannot sign in. Mend it, or choose another.", markup=False)
            return
        self.work(self._choose(row), "choose")

    async def _choose(self, row: Row) -> None:
        profile = None if row.key == ENVIRONMENT else row.key
        await self._open(await self.flow.choose_sign_in(profile))

    def action_copy(self) -> None:
        """The highlighted row's command, else that of the problem on top."""
        row = self.query_one(ResourceList).row
        advice = self.query_one("#problem", ProblemPanel).advice
        if command := mend_command(row.why if row else "") or mend_command(advice):
            self.copy(command, "The command")
        else:
            self.notify("There is no command to copy here.")

    def action_log_in(self) -> None:
        """Anew with the highlighted profile; without any, the first sign-in, as DEFAULT."""
        row = self.query_one(ResourceList).row
        program = shutil.which("databricks", path=self.flow.start.environ.get("PATH"))
        if row is not None and row.key == ENVIRONMENT:
            self.notify("These credentials are exported; correct them where they are set.")
        elif program is None:
            self.notify("The Databricks CLI is not installed; it is what logs in.", markup=False)
        else:
            name = row.key if row else "DEFAULT"
            self.work(self._log_in([program, "auth", "login", "--profile", name]), "login")

    async def _log_in(self, command: Sequence[str]) -> None:
        """The CLI opens a browser and asks in the terminal: it gets the terminal meanwhile."""
        try:
            with self.app.suspend():
                process = await asyncio.create_subprocess_exec(*command)
                await process.wait()
        except SuspendNotSupported:
            # In a browser there is no terminal to lend.
            told = shlex.join(["databricks", *command[1:]])
            self.notify(f"In a terminal, run: {told} Then look again with r.", markup=False)
            return
        self.action_again()


def _write(log: Log, line: str) -> None:
    log.write_line(line)
