"""The Textual program: shows the screens, answers signals, leaves the terminal as it was."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.events import AppBlur
from textual.filter import LineFilter
from textual.screen import Screen

from app.request import WizardRequest
from app.themes import THEMES, theme_for
from screens import commands
from screens.ascii_filter import AsciiFilter
from screens.flow import Flow, FlowStart
from screens.glyphs import ASCII
from screens.leaving import stop_cleanly
from screens.manual_desk import ManualView
from screens.shell import Shell
from screens.welcome import WelcomeScreen
from services.events import ManualAction

TWICE_SECONDS = 3.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Wizard(Shell):
    """Only what belongs to no single screen: keys of everywhere, palette, themes, the end."""

    TITLE = "MLflow demo setup"
    CSS_PATH = "../screens/base.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [commands.QUIT, commands.INTERRUPT]

    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self.flow = flow
        self._interrupted_at = float("-inf")
        for theme in THEMES:
            self.register_theme(theme)
        wanted = theme_for(flow.start.environ)
        self.theme = wanted if wanted in self.available_themes else THEMES[0].name
        self._ascii = (AsciiFilter(),) if flow.glyphs == ASCII else ()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *self._ascii]

    def get_key_display(self, binding: Binding) -> str:
        """Names instead of arrows where only ASCII can be drawn."""
        shown = super().get_key_display(binding)
        return shown if shown.isascii() or not self._ascii else binding.key

    def on_mount(self) -> None:
        self._watch_signals()
        self.flow.desk.show = self._show_manual
        self.push_screen(WelcomeScreen(self.flow))

    def _show_manual(self, action: ManualAction) -> ManualView:
        """Over whatever screen it comes up: making the plan may need a person, too."""
        from screens.manual import ManualScreen

        screen = ManualScreen(action, self.flow.desk)
        self.push_screen(screen)
        return screen

    def _watch_signals(self) -> None:
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._end)
        loop.add_signal_handler(signal.SIGHUP, self._end_without_terminal)
        if self.is_web:
            self._server = os.getppid()
            self.set_interval(1.0, self._watch_server)

    def _watch_server(self) -> None:
        """A page's wizard whose server was killed would wait for ever."""
        if os.getppid() != self._server:
            self._end_without_terminal()

    def _end_without_terminal(self) -> None:
        self.run_worker(self._stop_without_terminal(), exclusive=True, group="end")

    async def _stop_without_terminal(self) -> None:
        await stop_cleanly(self.flow)
        # There is no terminal left to restore, and writing to it would fail.
        os._exit(int(self.flow.exit_code))

    def _end(self) -> None:
        self.run_worker(self._stop_and_exit(), exclusive=True, group="end")

    async def _stop_and_exit(self) -> None:
        await stop_cleanly(self.flow)
        self.exit(int(self.flow.exit_code))

    def on_app_blur(self, event: AppBlur) -> None:
        """Looking elsewhere moves no focus: a screen that opened meanwhile would get no keys."""
        event.prevent_default()

    def action_interrupt(self) -> None:
        """Ctrl+c: a selection is copied by the screen first; twice ends the wizard."""
        now = asyncio.get_running_loop().time()
        if now - self._interrupted_at < TWICE_SECONDS:
            self._end()
            return
        self._interrupted_at = now
        self.notify("Press ctrl+c again to stop and leave.", timeout=TWICE_SECONDS)

    def action_leave(self) -> None:
        self._end()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: this screen's commands from the same bindings, then Textual's own."""
        for active in screen.active_bindings.values():
            binding = active.binding
            if not (active.enabled and binding.tooltip):
                continue
            title = f"{binding.description} ({self.get_key_display(binding)})"
            yield SystemCommand(title, binding.tooltip, _runner(self, active.node, binding.action))
        yield SystemCommand("Theme", "Choose other colours.", self.action_change_theme)
        yield SystemCommand("Screenshot", "Save a picture.", self.deliver_screenshot)


def _runner(app: Wizard, node: DOMNode, action: str) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        await app.run_action(action, node)

    return run


def run_wizard(request: WizardRequest) -> int:
    """Run it in this terminal; the exit code."""
    from app.sandbox_process import use_sandbox

    start = FlowStart(
        project=request.project,
        environ=os.environ,
        start_sandbox=use_sandbox,
        answers=request.answers,
        profile=request.profile,
        sandbox=request.sandbox,
        resume=request.resume,
        skip_manual=request.skip_manual,
        notices=request.notices,
    )
    flow = Flow(start)
    if sys.stdout.isatty():
        # Exported by some shells and programs: they would hide each resize of the terminal.
        for name in ("COLUMNS", "LINES"):
            os.environ.pop(name, None)
    code = asyncio.run(_run(flow))
    if sys.stdout.isatty():
        sys.stdout.write(last_words(flow))
    return code


async def _run(flow: Flow) -> int:
    wizard = Wizard(flow)
    try:
        code = await wizard.run_async()
    finally:
        await flow.close()
    if code is None:
        code = wizard.return_code or int(flow.exit_code)
    return code


def last_words(flow: Flow) -> str:
    """What stays in the terminal when the screen is gone."""
    if flow.result is None:
        return ""
    if flow.result.ok:
        links = flow.result.links
        return "".join(f"{name}: {url}\n" for name, url in links.items())
    return "Go on with: ./auto-setup.sh --resume\n"
