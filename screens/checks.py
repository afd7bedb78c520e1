"""The prerequisites, each as soon as it is known, with its fix; goes on by itself when all hold."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens import commands
from screens.base import WizardScreen
from services.errors import PrerequisitesMissing
from services.events import Event, PrerequisiteChecked, StepNote
from services.vocabulary import DeploymentMode


class ChecksScreen(WizardScreen):
    name_on_way = "checks"
    heading = "Checks"
    CSS_PATH = "checks.tcss"
    AUTO_FOCUS = "#found"
    BINDINGS: ClassVar[list[BindingType]] = [commands.GO_ON, commands.AGAIN]

    def content(self) -> ComposeResult:
        yield Static("What the setup needs, on this machine and in the workspace.", classes="intro")
        with VerticalScroll(id="found"):
            yield Static(id="findings", markup=False)
        yield Static(id="doing", classes="quiet", markup=False)

    def on_mount(self) -> None:
        self._ready = False
        self.flow.setup.subscribe(self._on_event)
        self.action_again()

    def _on_event(self, event: Event) -> None:
        if not self.is_attached:
            return
        if isinstance(event, PrerequisiteChecked):
            self._show()
        elif isinstance(event, StepNote) and not self._ready:
            self._doing(f"{event.text}{self.flow.glyphs.ellipsis}")

    def _doing(self, text: str) -> None:
        self.query_one("#doing", Static).update(text[:1].upper() + text[1:])

    def action_again(self) -> None:
        self.problem(None)
        self._ready = False
        self.flow.findings.clear()
        self._show()
        self._doing(f"checking tools and sign-in{self.flow.glyphs.ellipsis}")
        self.work(self._check())

    async def _check(self) -> None:
        flow = self.flow
        await flow.setup.discover()
        self._show()
        if flow.resuming:
            self._doing(f"checking your answers{flow.glyphs.ellipsis}")
            await flow.prepare()
        self._ready = True
        self._doing("All is well. Enter goes on.")
        if self.is_current:
            self.forward()

    def failed(self, error: object) -> None:
        """A resumed setup whose answers do not hold any more goes on with the questions."""
        missing = [f for f in self.flow.findings.values() if f.required and f.ok is False]
        if missing and isinstance(error, PrerequisitesMissing):
            # The list names each with its fix.
            self.problem(None)
            names = ", ".join(finding.name for finding in missing)
            self._doing(f"Missing: {names}. Mend what is marked above, then r looks again.")
            return
        discovered = self.flow.suggestions is not None
        self._ready = discovered and self.flow.resuming
        self._doing("Enter goes to the questions." if self._ready else "r looks again.")

    def action_go_on(self) -> None:
        if self._ready:
            self.forward()

    def _show(self) -> None:
        found = self.flow.findings.values()
        order = sorted(found, key=lambda f: (f.ok is not False, not f.required))
        self.query_one("#findings", Static).update(
            Content("\n").join(self._line(finding) for finding in order)
        )

    def _line(self, finding: PrerequisiteChecked) -> Content:
        glyphs = self.flow.glyphs
        sign, style = {
            True: (glyphs.done, "$success"),
            False: (glyphs.failed, "$error" if finding.required else "$warning"),
            None: (glyphs.unknown, "$warning"),
        }[finding.ok]
        line = Content.assemble(
            Content(f"{sign} ").stylize(style),
            Content(f"{finding.name:<16} ").stylize("bold"),
            Content(finding.detail),
        )
        if finding.ok or not finding.fix:
            return line
        needed = "" if finding.required else self._only_for(finding)
        return Content.assemble(line, Content(f"\n  {needed}{finding.fix}"))

    def _only_for(self, finding: PrerequisiteChecked) -> str:
        if finding.name == "Databricks Apps":
            return f"Needed for {DeploymentMode.FULL_DEPLOYMENT.value} only. "
        return "Not needed now. "
