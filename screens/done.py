"""The end: the one link to click, the seed's summary and next steps, and what can be done now."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens import commands
from screens.base import WizardScreen
from screens.confirm import Confirm
from screens.journey import build
from services.vocabulary import DeploymentMode, StepId

NEXT_STEPS = {
    DeploymentMode.FULL_DEPLOYMENT: (
        "Your app is now deployed and ready to use",
        "Check the Databricks Apps section in your workspace",
        "Test the email generation functionality",
        "Explore the MLflow experiment for traces and evaluations",
    ),
    DeploymentMode.NOTEBOOK_ONLY: (
        "Open the demo notebook: 0_demo_overview.ipynb in your Databricks workspace",
        "Navigate to mlflow_demo/notebooks/ in your workspace",
        "Follow the interactive notebook guide to learn MLflow evaluation",
        "Explore the MLflow experiment for traces and evaluations",
    ),
}
LINK_NAMES = {
    "app": "The app",
    "notebook": "The notebook",
    "experiment": "Experiment",
    "mlflow": "Traces",
    "catalog": "Schema",
}


class DoneScreen(WizardScreen):
    name_on_way = "done"
    heading = "Done"
    CSS_PATH = "done.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        commands.OPEN_LINK,
        commands.COPY_LINK,
        commands.MADE,
        commands.STOP_APP,
        commands.ROLL_BACK,
        commands.FINISH,
    ]

    def content(self) -> ComposeResult:
        yield Static(id="headline", markup=False)
        yield Static(id="link", markup=False)
        with VerticalScroll(id="told"):
            yield Static(id="summary-text", markup=False)
            yield Static(id="next", markup=False)
            yield Static(id="made", markup=False)
            yield Static(id="more-links", markup=False)
        yield Static(id="stopping", classes="quiet", markup=False)

    def on_mount(self) -> None:
        flow = self.flow
        self._links = flow.setup.links()
        skipped = flow.result.left_out if flow.result else ()
        told = "Setup completed successfully."
        if skipped:
            told = f"Setup completed; left out: {'; '.join(skipped)}."
        self.query_one("#headline", Static).update(told)
        self.query_one("#link", Static).update(self._big_link())
        self.query_one("#summary-text", Static).update("\n".join(self._summary()))
        self.query_one("#next", Static).update("\n".join(self._next_steps()))
        self.query_one("#more-links", Static).update("\n".join(self._other_links()))
        self.query_one("#told").focus()

    @property
    def _main(self) -> str:
        """What the one big link goes to."""
        names = ("app", "notebook", "experiment")
        return next((name for name in names if name in self._links), "")

    def _big_link(self) -> Content:
        if not self._main:
            return Content("")
        url = self._links[self._main]
        return Content.assemble(
            Content(f"{LINK_NAMES[self._main]}\n").stylize("$text-muted"),
            Content(url).stylize("bold underline").stylize(f"link='{url}'")
            if "'" not in url
            else Content(url).stylize("bold underline"),
        )

    def _summary(self) -> list[str]:
        flow = self.flow
        result = flow.setup.session.tracker.result
        experiment = result(StepId.CREATE_EXPERIMENT).get("experiment_id", "")
        lines = ["Summary:", f"  MLflow Experiment ID: {experiment}"]
        if flow.mode is DeploymentMode.FULL_DEPLOYMENT:
            lines.append(f"  Databricks App: {flow.value('app_name')}")
        lines.append(f"  Unity Catalog: {flow.value('catalog')}.{flow.value('schema')}")
        return lines

    def _next_steps(self) -> list[str]:
        steps = list(NEXT_STEPS[self.flow.mode])
        if self.flow.mode is DeploymentMode.NOTEBOOK_ONLY:
            tree = self.flow.setup.session.tracker.result(StepId.DEPLOY_APP)
            steps.append(f"Workspace path: {tree.get('source_code_path', '')}")
        return ["Next steps:", *(f"  {n}. {text}" for n, text in enumerate(steps, 1))]

    def _other_links(self) -> list[str]:
        rest = {name: url for name, url in self._links.items() if name != self._main}
        return ["Links:", *(f"  {LINK_NAMES[name]:<12} {url}" for name, url in rest.items())]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "stop_app":
            return self.flow.mode is DeploymentMode.FULL_DEPLOYMENT
        return super().check_action(action, parameters)

    def action_open(self) -> None:
        if self._main:
            self.app.open_url(self._links[self._main])
            self.notify("Opening it in a browser. If none opens, copy the link with y.")

    def action_copy(self) -> None:
        if self._main:
            self.copy(self._links[self._main], "The link")

    def action_made(self) -> None:
        entries = [e for e in self.flow.setup.session.ledger.entries if e.made_by_us]
        lines = [f"  {e.kind:<14} {e.details.get('label', e.name)}" for e in entries]
        told = ["What this setup made:", *(lines or ["  nothing new"])]
        self.query_one("#made", Static).update("\n".join(told))
        self.query_one("#told", VerticalScroll).scroll_to_widget(self.query_one("#made"), top=True)

    def action_stop_app(self) -> None:
        name = self.flow.value("app_name")
        told = f"The app {name} stops answering until somebody starts it; then it costs nothing."
        self.app.push_screen(Confirm("Stop the app?", told, yes="Stop the app"), self._stop)

    def _stop(self, yes: bool | None) -> None:
        if yes:
            self.query_one("#stopping", Static).update("Stopping the app.")
            self.work(self._stop_app(), "stop")

    async def _stop_app(self) -> None:
        from services.deployment import apps

        name = self.flow.value("app_name")
        await apps.stop_app(self.flow.setup.session.workspace, name)
        told = "The app is stopped. Start it again with ./auto-setup.sh --resume."
        self.query_one("#stopping", Static).update(told)

    def failed(self, error: object) -> None:
        del error
        self.query_one("#stopping", Static).update("")

    def action_roll_back(self) -> None:
        self.app.push_screen(build("roll_back", self.flow))

    def action_finish(self) -> None:
        self.app.exit(int(self.flow.exit_code))

    action_back = action_finish
