"""Every key of the wizard, once. Footer, command palette and help all read these bindings.

`tooltip` is the sentence that help and palette show. Each has an id, so that a keymap can move it.
"""

from __future__ import annotations

from textual.binding import Binding


def command(
    keys: str,
    action: str,
    label: str,
    told: str,
    *,
    show: bool = True,
    priority: bool = False,
    shown_as: str | None = None,
) -> Binding:
    """One command. `keys` are alternatives; the first one is shown, or what it is `shown_as`."""
    return Binding(
        keys,
        action,
        label,
        show=show,
        priority=priority,
        key_display=shown_as,
        tooltip=told,
        id=f"setup.{action.split('(')[0]}.{keys.split(',')[0]}",
    )


BACK = command("escape", "back", "Back", "Go back. What you chose stays chosen.")
HELP = command("question_mark", "help", "Help", "Show the keys of this screen.")
QUIT = command("ctrl+q", "leave", "Quit", "Save, stop what runs and leave.", show=False)
INTERRUPT = command("ctrl+c", "interrupt", "Stop", "Twice: stop cleanly and leave.", show=False)
GO_ON = command("enter", "go_on", "Go on", "Go on to the next screen.")
DOWN = command("down,j", "down", "Down", "Move down.", show=False)
UP = command("up,k", "up", "Up", "Move up.", show=False)
TOP = command("home,g", "top", "First", "Move to the first row.", show=False)
BOTTOM = command("end,G", "bottom", "Last", "Move to the last row.", show=False)
LEFT = command("left,h,up,k", "left", "Left", "Move to the left one.", show=False)
RIGHT = command("right,l,down,j", "right", "Right", "Move to the right one.", show=False)
PAGE_DOWN = command("pagedown,ctrl+d", "page(1)", "Page down", "Move a page down.", show=False)
PAGE_UP = command("pageup,ctrl+u", "page(-1)", "Page up", "Move a page up.", show=False)

CHOOSE = command("enter", "choose", "Choose", "Take the highlighted row.")
SELECT = command("enter", "select", "Choose", "Take the highlighted way.")
FILTER = command("slash", "filter", "Filter", "Type a part of a name, or a name not listed.")
TAKE_TYPED = command("enter", "submit", "Choose", "Take the first row.")
COPY_REQUEST = command("y", "copy", "Copy request", "Copy what to ask an admin for.")
NEW = command("n", "filter", "New name", "Type the name of a new one.", show=False)
PROVE_ALL = command(
    "v", "prove_all", "Prove all", "Create and delete a test schema in each usable catalog."
)
TRY = command("t", "try_it", "Try it", "Send one short prompt and show the answer.")
AGAIN = command("r", "again", "Again", "Look again.")
PLAN_AGAIN = command("r", "again", "Again", "Check the answers again.", show=False)
COPY_FIX = command("y", "copy", "Copy fix", "Copy the command that mends it.")
SIGN_IN_HERE = command("l", "log_in", "Log in", "Run the Databricks CLI's login from here.")

START = command("enter", "start", "Start setup", "Do what the plan says.")
EDIT_MODE = command(
    "1", "edit('mode')", "Change", "Change the mode; 2 to 5 change the others.", shown_as="1-5"
)
EDIT_CATALOG = command("2", "edit('catalog')", "Catalog", "Change the catalog.", show=False)
EDIT_SCHEMA = command("3", "edit('schema')", "Schema", "Change the schema.", show=False)
EDIT_APP = command("4", "edit('app_name')", "App", "Change the app's name.", show=False)
EDIT_MODEL = command("5", "edit('llm_model')", "Model", "Change the model.", show=False)
EXPORT = command("e", "export", "Export", "Write the plan as Markdown and as JSON.")
OPEN_PLAN = command("p", "plan", "Open plan", "Move into the plan to open its entries.")

GO_TO_END = command("enter", "go_to_end", "Result", "Go to the result.")
SEARCH = command("slash", "search", "Find", "Search the log of this step.")
NEXT_MATCH = command("n", "match(1)", "Next", "Next match in the log.", show=False)
PREVIOUS_MATCH = command("N", "match(-1)", "Previous", "Previous match.", show=False)
FOLLOW = command("f", "follow", "Follow", "Follow the log, and the step that runs.")
COPY_LOG = command("y", "copy", "Copy", "Copy this step's log, or the report of a failure.")
TIMELINE = command("t", "timeline", "Times", "Show what ran beside what.")
RETRY = command("r", "retry", "Retry", "Run what is left again.")
SKIP = command("s", "skip", "Skip", "Leave the failed step out and go on.")
EDIT = command("e", "edit", "Edit", "Back to the plan, to change an answer.")
LEAVE = command("escape,q", "leave", "Leave", "Stop cleanly and leave; it can be resumed.")

CHECK_AGAIN = command("c", "check", "Check again", "It is done: look whether it is.")
SKIP_MANUAL = command("s", "skip", "Skip", "Leave it out; the summary names it.")
STOP_HERE = command("escape,q", "stop", "Stop", "Stop here; the setup can be resumed.")
COPY_STATEMENT = command("y", "copy", "Copy", "Copy the statement for an admin, or the link.")

OPEN_LINK = command("o", "open", "Open", "Open the link in a browser.")
COPY_LINK = command("y", "copy", "Copy", "Copy the link.")
MADE = command("m", "made", "Made", "Show what was created.")
STOP_APP = command(
    "x", "stop_app", "Stop app", "Stop the app's compute, which costs while it runs."
)
ROLL_BACK = command("b", "roll_back", "Roll back", "Remove what this setup made.")
FINISH = command("enter,q,escape", "finish", "Finish", "Leave the wizard. The app stays.")
REMOVE = command("enter", "remove", "Remove", "Remove what is listed, after a question.")

PRESS = command("enter", "press", "Press", "Press the highlighted button; tab moves on.")
YES = command("y", "yes", "Yes", "Do it.", show=False)
NO = command("escape,n", "no", "No", "Do not do it.")
CLOSE_DETAILS = command("escape,q,enter", "close", "Close", "Close the details.")
CLOSE_HELP = command("escape,question_mark,q,enter", "close", "Close", "Close the help.")
