"""The plan as a tree: what is created, reused, granted..., with counts; each entry opens."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Tree

from services.plan import Plan, PlanAction, PlannedResource

WORDS = {
    PlanAction.CREATE: "Create",
    PlanAction.REUSE: "Use what is there",
    PlanAction.GRANT: "Grant to the app's service principal",
    PlanAction.UPLOAD: "Upload",
    PlanAction.INSTALL: "Install here",
    PlanAction.SKIP: "Leave out",
}


class PlanTree(Tree[str]):
    """Leaves carry the detail as their data."""

    def __init__(self) -> None:
        super().__init__("Plan", id="plan")
        self.show_root = False
        self.guide_depth = 2

    def show(self, plan: Plan) -> None:
        self.clear()
        for action in PlanAction:
            entries = [entry for entry in plan.resources if entry.action is action]
            if not entries:
                continue
            branch = self.root.add(_text(f"{WORDS[action]} ({len(entries)})"), expand=True)
            for entry in entries:
                branch.add_leaf(_text(f"{entry.kind} {entry.name}"), data=_detail(entry))
        if plan.notices:
            branch = self.root.add(_text(f"Good to know ({len(plan.notices)})"), expand=True)
            for notice in plan.notices:
                branch.add_leaf(_text(notice), data=notice)
        self.root.expand()


def _text(text: str) -> Text:
    """Names from outside are never markup."""
    return Text(text)


def _detail(entry: PlannedResource) -> str:
    told = f"{WORDS[entry.action]}: {entry.kind} {entry.name}."
    return f"{told} {entry.detail}" if entry.detail else told
