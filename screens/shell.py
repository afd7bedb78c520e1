"""The type of the program that shows the screens; app/wizard.py is the one there is."""

from __future__ import annotations

from textual.app import App


class Shell(App[int]):
    """A Textual App that ends with an exit code."""
