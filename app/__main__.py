"""`python -m app`: the same as ./auto-setup.sh, inside the environment."""

from __future__ import annotations

import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
