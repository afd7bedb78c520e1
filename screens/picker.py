"""One kind of picker for catalog, schema, app and model.

The list appears at once and fills as answers come. A letter that is no key starts the filter; a
name that is not listed can be typed. What cannot be chosen tells what to ask an admin for.
Subclasses say where rows come from and what a choice costs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from screens import commands
from screens.base import WizardScreen
from screens.rows import Row, RowState, arranged
from screens.widgets.resource_list import ResourceList
from services.errors import SetupError

REDRAW_SECONDS = 0.1
"""Answers that come within this time are drawn together."""

ASK = "y copies the request for an admin, r looks again."
"""What to do where only somebody with other rights can help."""


class NameBox(Input):
    """Filters, and takes a name that is not listed; its Enter is named in the footer."""

    BINDINGS: ClassVar[list[BindingType]] = [commands.TAKE_TYPED]


class PickerScreen(WizardScreen):
    """Abstract: `answer`, `intro`, `nothing`, `fill`, and where needed the methods after it."""

    CSS_PATH = "picker.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        commands.CHOOSE,
        commands.FILTER,
        commands.COPY_REQUEST,
        commands.NEW,
        commands.AGAIN,
    ]
    AUTO_FOCUS = "ResourceList"
    intro: ClassVar[str] = ""
    nothing: ClassVar[str] = "There is nothing to choose here."
    """Said of an empty list, and what to do next."""

    @property
    def answer(self) -> str:
        return self.name_on_way

    def content(self) -> ComposeResult:
        yield Static(self.intro, classes="intro", markup=False)
        yield NameBox(
            placeholder="/ to filter, or to type a name",
            id="filter",
            compact=True,
            # A letter typed in the list lands here; the next one must not replace it.
            select_on_focus=False,
        )
        yield ResourceList(self.flow.glyphs, id="rows")
        yield Static(id="why", markup=False)
        yield Static(id="state", classes="quiet", markup=False)

    def on_mount(self) -> None:
        self._found: dict[str, Row] = {}
        self._changed = True
        self._filled = False
        self._unread = False
        self._choosing = ""
        self.user = ""
        """Whom an admin is to allow something."""
        self.set_interval(REDRAW_SECONDS, self._redraw)
        self.action_again()
        # The suggestion is known: Enter, pressed at once, takes it.
        self._redraw()

    async def fill(self) -> None:
        """Put rows as they become known. Raises SetupError when they cannot be read."""
        raise NotImplementedError

    def typed(self, text: str) -> Row | None:
        """The row for a name that is not listed; None when none may be typed."""
        del text
        return None

    async def verify(self, row: Row) -> Row | None:
        """The row as it is when it cannot be used after all; None when it can. May take a while."""
        del row
        return None

    def request(self) -> str:
        """What to ask an admin for where nothing can be chosen."""
        return ""

    def put(self, *rows: Row) -> None:
        """Add rows, or replace those of the same key."""
        self._found.update({row.key: row for row in rows})
        self._changed = True

    @property
    def found(self) -> dict[str, Row]:
        return self._found

    async def _fill(self) -> None:
        try:
            self.user = (await self.flow.setup.session.workspace.current_user()).user_name
            await self.fill()
        except SetupError:
            self._unread = True
            # Nobody checks them any more.
            waiting = [row for row in self._found.values() if row.state is RowState.CHECKING]
            self.put(*(replace(row, state=RowState.UNKNOWN, note="not known") for row in waiting))
            raise
        self._filled = self._changed = True

    def failed(self, error: object) -> None:
        del error
        self._changed = True
        self._choosing = ""

    def action_again(self) -> None:
        self.problem(None)
        self._found.clear()
        self._filled = self._unread = False
        self._changed = True
        if current := self.flow.value(self.answer):
            self.put(self.first(current, self.flow.reason(self.answer)))
        self.work(self._fill(), "fill")

    def first(self, name: str, reason: str) -> Row:
        """The row shown before anything was read: the suggestion, or what was chosen before."""
        return Row(name, RowState.CHECKING, "suggested", reason, suggested=True)

    @property
    def query_text(self) -> str:
        return self.query_one("#filter", Input).value.strip()

    def _redraw(self, *, to_top: bool = False) -> None:
        if not self._changed and not to_top:
            return
        self._changed = False
        text = self.query_text
        rows = arranged(self._found.values(), text)
        if text and text.lower() not in self._found and (typed := self.typed(text)):
            rows.append(typed)
        self.query_one(ResourceList).show(rows, to_top=to_top)
        self._tell_state(rows)

    def _tell_state(self, rows: list[Row]) -> None:
        self.query_one("#state", Static).update(self._choosing or self._summary(rows))

    def _summary(self, rows: list[Row]) -> str:
        everything = self._found.values()
        if self._unread:
            return "The list could not be read. r looks again, / takes a name."
        waiting = sum(row.state is RowState.CHECKING for row in everything)
        usable = sum(row.state in (RowState.USABLE, RowState.NEW) for row in everything)
        if self._filled and not everything:
            return f"{self.nothing} {ASK}" if self.request() else self.nothing
        if self._filled and not rows:
            return "Nothing fits the filter. Escape clears it."
        told = f"{len(everything):,} found, {usable:,} usable"
        if self._none_usable():
            asked = f" {ASK}" if self._asked() else " / takes a name that is not listed."
            return f"{len(everything):,} found, none usable.{asked}"
        if waiting:
            return f"{told}, {waiting:,} being checked{self.flow.glyphs.ellipsis}"
        return told if self._filled else f"{told}, looking for more{self.flow.glyphs.ellipsis}"

    def _none_usable(self) -> bool:
        """Whether all is known, and nothing can be chosen or at least tried."""
        return self._filled and not any(row.may_be_chosen for row in self._found.values())

    def _asked(self) -> str:
        """What would have to be allowed so that this can go on with the highlighted row."""
        row = self.query_one(ResourceList).row
        if row is not None and row.request:
            return row.request
        return self.request() if self._none_usable() else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "copy":
            return bool(self.is_mounted and self._asked())
        return super().check_action(action, parameters)

    def action_copy(self) -> None:
        self.copy(self._asked(), "The request for an admin")

    @on(ResourceList.Highlighted)
    def _tell_why(self, event: ResourceList.Highlighted) -> None:
        self.query_one("#why", Static).update(event.row.why if event.row else "")
        self.refresh_bindings()

    @on(Input.Changed, "#filter")
    def _filter_changed(self) -> None:
        self._redraw(to_top=True)

    def on_key(self, event: events.Key) -> None:
        """In the filter, arrows move the list; in the list, a letter starts the filter."""
        rows, box = self.query_one(ResourceList), self.query_one("#filter", Input)
        if self.focused is box and event.key in ("up", "down", "pageup", "pagedown"):
            actions = {"up": rows.action_up, "down": rows.action_down}
            page = {"pageup": -1, "pagedown": 1}
            actions[event.key]() if event.key in actions else rows.action_page(page[event.key])
            event.stop()
        elif self.focused is rows and event.is_printable and event.character:
            if event.character.isspace() or event.key in self.active_bindings:
                return
            box.focus()
            box.value += event.character
            box.cursor_position = len(box.value)
            event.stop()

    def action_filter(self) -> None:
        self.query_one("#filter", Input).focus()

    def action_back(self) -> None:
        """Escape first clears the filter, then goes back."""
        box = self.query_one("#filter", Input)
        if box.value or self.focused is box:
            box.value = ""
            self.query_one(ResourceList).focus()
            return
        super().action_back()

    @on(Input.Submitted, "#filter")
    @on(ResourceList.Clicked)
    def action_choose(self) -> None:
        row = self.query_one(ResourceList).row
        if row is None or self._choosing:
            return
        if not row.may_be_chosen:
            asked = f" {ASK}" if row.request else ""
            told = f"{row.key} cannot be used. Choose another.{asked}"
            self.query_one("#state", Static).update(told)
            self.app.bell()
            return
        self._choosing = f"Checking {row.key}{self.flow.glyphs.ellipsis}"
        self._changed = True
        self.work(self._choose(row), "choose")

    async def _choose(self, row: Row) -> None:
        refused = await self.verify(row)
        if refused:
            self._choosing = ""
            self.put(replace(refused, suggested=row.suggested))
            self.query_one("#why", Static).update(refused.why)
            return
        await self.flow.answer(self.answer, row.key)
        self._choosing, self._changed = "", True
        self.forward()
