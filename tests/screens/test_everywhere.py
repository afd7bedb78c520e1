"""What every screen has: keys from one source, colours, signs, the palette, a clean way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from app.themes import DARK, LIGHT
from screens.catalog import CatalogScreen
from screens.confirm import Confirm
from screens.details import DetailsScreen
from screens.help import HelpScreen, key_lines
from screens.mode import ModeScreen
from screens.welcome import WelcomeScreen
from tests.sandbox.running import RunningSandbox
from tests.screens.driving import Driver, driven
from tests.screens.notebooks import answers, to_plan, to_progress

ASCII_ONLY = {"LC_ALL": "C", "LANG": "C"}


def footer(driver: Driver) -> list[str]:
    keys = driver.wizard.screen.query_one(Footer).query(FooterKey)
    return [key.description for key in keys]


def palette(driver: Driver) -> dict[str, str]:
    commands = driver.wizard.get_system_commands(driver.wizard.screen)
    return {command.title: command.help for command in commands}


async def test_footer_palette_and_help_tell_the_same(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox, answers=answers("one-source")) as driver:
        await to_plan(driver)
        told = dict(palette(driver))
        helped = [text for _, text in key_lines(driver.wizard.screen)]
        for label in footer(driver):
            if label == "palette":
                continue
            (title,) = [title for title in told if title.startswith(f"{label} (")]
            assert told[title] in helped
        # All that help tells can be reached from the palette.
        assert set(helped) <= set(told.values())


async def test_a_command_is_run_from_the_palette(project: Path, sandbox: RunningSandbox) -> None:
    async with driven(project, sandbox, answers=answers("by-palette")) as driver:
        await to_plan(driver)
        await driver.press("ctrl+p")
        await driver.reach(CommandPalette)
        await driver.press(*"Export")
        await driver.reads("Write the plan as Markdown and as JSON.")
        await driver.press("down", "enter")
        await driver.until((project / ".setup_plan.md").exists, "the plan's file")


async def test_dialogs_have_help_and_the_keys_of_everywhere(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox, answers=answers("in-dialogs")) as driver:
        await to_plan(driver)
    async with driven(project, sandbox) as driver:
        await driver.reach(WelcomeScreen)
        await driver.press("j", "enter")
        await driver.reach(DetailsScreen)
        await driver.press("question_mark")
        await driver.reach(HelpScreen)
        await driver.reads("Close the details.")
        await driver.press("question_mark")
        details = await driver.reach(DetailsScreen)
        # A selection is copied first, as everywhere.
        details.query_one("#dialog-title").text_select_all()
        await driver.press("ctrl+c")
        assert driver.copied == "The setup so far"
        details.clear_selection()
        await driver.press("ctrl+c")
        await driver.reads("Press ctrl+c again to stop and leave.")
        await driver.press("ctrl+c")
        await driver.until(lambda: not driver.wizard.is_running, "the end")


async def test_leaving_a_run_asks_once_and_no_keeps_it_going(
    project: Path, sandbox: RunningSandbox
) -> None:
    waits = project / "setup" / "1_load_prompts.py"
    waits.write_text("print('waiting', flush=True)\nimport signal\nsignal.pause()\n")
    async with driven(project, sandbox, answers=answers("asked-once")) as driver:
        await to_progress(driver)
        await driver.reads("waiting")
        await driver.press("escape")
        await driver.reach(Confirm)
        await driver.reads("./auto-setup.sh --resume")
        await driver.press("escape")
        assert driver.shown == "ProgressScreen"
        assert driver.flow.running
        await driver.press("escape")
        await driver.reach(Confirm)
        await driver.press("y")
        await driver.until(lambda: not driver.wizard.is_running, "the end")
    assert driver.wizard.return_value == 130
    async with driven(project, sandbox) as driver:
        await driver.reads("Load sample data was interrupted.")


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({"AUTO_SETUP_THEME": "light"}, LIGHT.name),
        ({"COLORFGBG": "0;15"}, LIGHT.name),
        ({"COLORFGBG": "15;0"}, DARK.name),
        ({"AUTO_SETUP_THEME": "ansi"}, "ansi-dark"),
        ({"TERM": "linux"}, "ansi-dark"),
        ({"AUTO_SETUP_THEME": "no such theme"}, DARK.name),
        ({"TEXTUAL_THEME": "nord"}, "nord"),
    ],
)
async def test_the_theme_is_chosen_by_the_environment(
    project: Path, sandbox: RunningSandbox, environ: dict[str, str], theme: str
) -> None:
    async with driven(project, sandbox, environ=environ) as driver:
        await driver.reach(WelcomeScreen)
        assert driver.wizard.theme == theme


async def test_another_theme_is_chosen_from_the_palette(
    project: Path, sandbox: RunningSandbox
) -> None:
    async with driven(project, sandbox) as driver:
        await driver.reach(WelcomeScreen)
        await driver.press("ctrl+p")
        await driver.reach(CommandPalette)
        await driver.press(*"Theme")
        await driver.reads("Choose other colours.")
        await driver.press("down", "enter")
        await driver.reads("setup-light")
        await driver.press(*"setup-light")
        await driver.press("down", "enter")
        await driver.until(lambda: driver.wizard.theme == LIGHT.name, "the theme")
        # It has not moved anything: Enter goes on.
        await driver.reach(WelcomeScreen)
        await driver.press("enter")
        await driver.reach(ModeScreen)


async def test_a_locale_without_unicode_gets_ascii_alone(
    project: Path, sandbox: RunningSandbox
) -> None:
    given = answers("ascii-alone")
    async with driven(project, sandbox, answers=given, environ=ASCII_ONLY) as driver:
        await to_progress(driver)
        await driver.reads("the file named good is missing")
        for screen in driver.wizard.screen_stack[:0:-1]:
            await driver.until(lambda top=screen: driver.wizard.screen is top, "the one below")
            strange = {letter for letter in driver.text() if not letter.isascii()}
            assert not strange, f"{type(screen).__name__} shows {strange}"
            if not isinstance(screen, WelcomeScreen):
                driver.wizard.pop_screen()


async def test_colours_are_left_out_on_request(
    project: Path, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driven(project, sandbox) as driver:
        await driver.press("enter")
        await driver.reach(ModeScreen)
        # Without the frame around the picture, which has colours of its own.
        svg = re.sub("<circle .*?>", "", driver.wizard.export_screenshot())
        painted = set(re.findall("#[0-9a-f]{6}", svg)) - {"#c5c8c6"}
        # Greys alone: red, green and blue are the same.
        assert not {c for c in painted if not c[1:3] == c[3:5] == c[5:7]}


async def test_the_mouse_does_what_the_keys_do(project: Path, sandbox: RunningSandbox) -> None:
    async with driven(project, sandbox) as driver:
        await driver.reach(WelcomeScreen)
        await driver.pilot.click("#ways", offset=(4, 0))
        await driver.reach(ModeScreen)
        await driver.pilot.click("#mode-notebook_only")
        catalog = await driver.reach(CatalogScreen)
        assert driver.flow.value("mode") == "notebook_only"
        await driver.until(lambda: "being checked" not in driver.static("#state"), "all rights")
        # The highlighted row is taken by another click.
        await driver.pilot.click("ResourceList", offset=(6, 0))
        await driver.until(lambda: driver.wizard.screen is not catalog, "the next screen")
        assert driver.flow.value("catalog") == "workspace"
