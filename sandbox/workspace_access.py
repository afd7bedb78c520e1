"""Who may read and write what in the workspace file tree.

Each folder, notebook and file has an access control list (sandbox/acls.py) that inherits from the
folder it lies in, as on the platform. A home belongs to its person or service principal; /Shared
is open to everybody unless the scenario locks it.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from sandbox.context import Principal, Sandbox
from sandbox.errors import denied
from sandbox.principals import ACCOUNT_USERS
from sandbox.workspace_tree import ROOTS, Node, WorkspaceTree

ACL_TYPE = {"DIRECTORY": "directories", "NOTEBOOK": "notebooks", "FILE": "files"}
"""The Permissions API's name for each type of node."""


def tree_of(sandbox: Sandbox) -> WorkspaceTree:
    return WorkspaceTree(sandbox.store, sandbox.state_dir)


def prepare(sandbox: Sandbox) -> None:
    """Open /Shared as the scenario says and make every user's home, when the sandbox starts."""
    tree = tree_of(sandbox)
    for root in ROOTS:
        key = str(tree.require(root).object_id)
        if not sandbox.acls.exists("directories", key):
            sandbox.acls.set_owner("directories", key, "admins")
    # A workspace where nobody may make a shared experiment locks its shared folder.
    level = "CAN_MANAGE" if sandbox.scenario.may_create_experiment else "CAN_READ"
    shared = str(tree.require("/Shared").object_id)
    sandbox.acls.grant("directories", shared, ACCOUNT_USERS, level)
    for name, _ in sandbox.principals.documents("user"):
        ensure_home(sandbox, name)


def ensure_home(sandbox: Sandbox, principal_name: str) -> Node:
    """The folder /Users/NAME, which its owner manages and nobody else sees."""
    home = tree_of(sandbox).ensure_directory(f"/Users/{principal_name}")
    key = str(home.object_id)
    if not sandbox.acls.exists("directories", key):
        sandbox.acls.set_owner("directories", key, principal_name)
    return home


def drop_home(sandbox: Sandbox, principal_name: str) -> None:
    """Forget an empty home, as when a service principal is deleted."""
    tree = tree_of(sandbox)
    home = tree.get(f"/Users/{principal_name}")
    if home is not None and not tree.children(home.path):
        tree.remove_home(home)
        sandbox.acls.drop("directories", str(home.object_id))


def may(sandbox: Sandbox, principal: Principal, node: Node, level: str) -> bool:
    """Whether the principal holds `level` on an existing node."""
    if level == "CAN_READ" and node.path in ROOTS:
        return True
    return sandbox.acls.allows(principal, ACL_TYPE[node.object_type], str(node.object_id), level)


def require_readable(sandbox: Sandbox, principal: Principal, path: str) -> Node:
    """The node at `path`: 404 if there is none, PERMISSION_DENIED if it may not be seen."""
    node = tree_of(sandbox).require(path)
    if not may(sandbox, principal, node, "CAN_READ"):
        raise denied(f"{principal.name} does not have View permissions on {path}.")
    return node


def require_writable(sandbox: Sandbox, principal: Principal, path: str) -> None:
    """Raise PERMISSION_DENIED unless the principal may put or change something at `path`.

    What counts is the node there, or the nearest folder above it that exists.
    """
    if path == f"/Users/{principal.name}" or path.startswith(f"/Users/{principal.name}/"):
        ensure_home(sandbox, principal.name)
    tree = tree_of(sandbox)
    nearest = PurePosixPath(path)
    node = tree.get(path)
    while node is None:
        nearest = nearest.parent
        node = tree.get(str(nearest))
    if not may(sandbox, principal, node, "CAN_EDIT"):
        raise denied(
            f"{principal.name} does not have Edit permissions on {node.path}. "
            "Ask its owner for access, or use your own folder below /Users."
        )


def record(sandbox: Sandbox, principal: Principal, node: Node) -> None:
    """Give a node an access control list, once: its maker owns it and its folder's list applies."""
    kind, key = ACL_TYPE[node.object_type], str(node.object_id)
    if sandbox.acls.exists(kind, key):
        return
    parent = tree_of(sandbox).require(str(PurePosixPath(node.path).parent))
    sandbox.acls.set_owner(kind, key, principal.name)
    sandbox.acls.place(kind, key, "directories", str(parent.object_id))


def make_directories(sandbox: Sandbox, principal: Principal, path: str) -> None:
    """mkdirs with its access rules: every missing folder becomes the principal's."""
    tree = tree_of(sandbox)
    existing = tree.get(path)
    if existing is not None and existing.object_type == "DIRECTORY":
        return  # nothing to do is allowed to everybody, as on the platform
    require_writable(sandbox, principal, path)
    places = (PurePosixPath(path), *PurePosixPath(path).parents)
    missing = [place for place in places if tree.get(str(place)) is None]
    tree.ensure_directory(path)
    for place in reversed(missing):
        record(sandbox, principal, tree.require(str(place)))
