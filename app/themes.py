"""Light and dark colours of the wizard. Textual's own, ansi ones among them, stay to choose."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

DARK = Theme(
    name="setup-dark",
    primary="#4fb3d9",
    secondary="#8aa4c8",
    accent="#f2a65a",
    foreground="#e4e8ee",
    background="#10151c",
    surface="#18202a",
    panel="#232d3a",
    success="#63c28d",
    warning="#e6b450",
    error="#f07178",
    dark=True,
)
LIGHT = Theme(
    name="setup-light",
    primary="#0b6a94",
    secondary="#42566f",
    accent="#a8550a",
    foreground="#1b2430",
    background="#fbfcfd",
    surface="#f0f3f6",
    panel="#dfe5eb",
    success="#1c7a45",
    warning="#8a5a00",
    error="#b3261e",
    dark=False,
)
THEMES = (DARK, LIGHT)


def theme_for(environ: Mapping[str, str]) -> str:
    """AUTO_SETUP_THEME or TEXTUAL_THEME names one; 16-colour terminals get their own colours."""
    for name in ("AUTO_SETUP_THEME", "TEXTUAL_THEME"):
        if value := environ.get(name):
            return {"dark": DARK.name, "light": LIGHT.name, "ansi": "ansi-dark"}.get(value, value)
    # textual-serve asks for all colours in a browser, whatever terminal it was started from.
    all_colours = environ.get("TEXTUAL_COLOR_SYSTEM") == "truecolor"
    if not all_colours and environ.get("TERM", "") in ("linux", "xterm", "vt100", "ansi", "screen"):
        return "ansi-dark"
    # COLORFGBG is "foreground;background"; 7 and 15 are the light ones (rxvt's convention).
    ground = environ.get("COLORFGBG", "").rsplit(";", 1)[-1]
    return LIGHT.name if ground in ("7", "15") else DARK.name
