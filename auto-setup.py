"""The setup wizard, as `python auto-setup.py`. Takes the flags of ./auto-setup.sh.

Run by a Python outside the project's environment it starts itself again inside it; where there is
no environment yet, ./auto-setup.sh makes one first.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"


def enter_environment() -> None:
    """Become the environment's Python, unless this already is it."""
    # Set by auto-setup.sh, which chose this Python. It is no setting, and no child is to see it.
    chosen = os.environ.pop("AUTO_SETUP_BOOTSTRAPPED", None)
    if chosen or Path(sys.prefix).resolve() == ENVIRONMENT.resolve():
        return
    python = ENVIRONMENT / "bin" / "python"
    this = str(Path(__file__).resolve())
    if python.exists():
        os.execv(python, [str(python), this, *sys.argv[1:]])
    os.execvp("bash", ["bash", str(ROOT / "auto-setup.sh"), *sys.argv[1:]])


if __name__ == "__main__":
    enter_environment()
    sys.path.insert(0, str(ROOT))
    from app.cli import main

    sys.exit(main(sys.argv[1:]))
