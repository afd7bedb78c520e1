"""The order of the screens. Each is imported when it is first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.base import WizardScreen
    from screens.flow import Flow

ORDER = (
    "welcome",
    "sign_in",
    "checks",
    "mode",
    "catalog",
    "schema",
    "app_name",
    "llm_model",
    "preview",
    "progress",
    "done",
)
ANSWERS = ("mode", "catalog", "schema", "app_name", "llm_model")


def place_of(name: str) -> str:
    """`3 of 11`, for the heading; empty for a screen beside the way."""
    return f"{ORDER.index(name) + 1} of {len(ORDER)}" if name in ORDER else ""


def screen_after(name: str, flow: Flow) -> WizardScreen:
    """The next screen on the way. After the checks a resumed setup goes on where it was: with its
    run when that was confirmed, else with the plan of its saved answers."""
    if name == "sign_in" and flow.rolling_back:
        return build("roll_back", flow)
    if name == "checks" and flow.resuming and flow.plan is not None:
        return build("progress" if flow.confirmed else "preview", flow)
    return build(ORDER[ORDER.index(name) + 1], flow)


def build(name: str, flow: Flow, *, editing: bool = False) -> WizardScreen:
    """A new screen. One that edits an answer returns to where it was opened from."""
    screen = _build(name, flow)
    screen.editing = editing
    return screen


def _build(name: str, flow: Flow) -> WizardScreen:
    match name:
        case "sign_in":
            from screens.sign_in import SignInScreen as Chosen
        case "checks":
            from screens.checks import ChecksScreen as Chosen
        case "mode":
            from screens.mode import ModeScreen as Chosen
        case "catalog":
            from screens.catalog import CatalogScreen as Chosen
        case "schema":
            from screens.schema import SchemaScreen as Chosen
        case "app_name":
            from screens.app_name import AppNameScreen as Chosen
        case "llm_model":
            from screens.model import ModelScreen as Chosen
        case "preview":
            from screens.preview import PreviewScreen as Chosen
        case "progress":
            from screens.progress import ProgressScreen as Chosen
        case "done":
            from screens.done import DoneScreen as Chosen
        case "roll_back":
            from screens.roll_back import RollBackScreen as Chosen
        case _:
            from screens.welcome import WelcomeScreen as Chosen
    return Chosen(flow)
