"""`python -m mlflow_demo.check_sign_in`: whether the sign-in leads to the workspace of .env.local.

Prints the host. Exit code 1 and one sentence when it does not.
"""

from __future__ import annotations

import sys

from mlflow_demo.errors import DemoError
from mlflow_demo.settings import load_settings
from mlflow_demo.workspace import sign_in


def main() -> int:
    try:
        settings = load_settings()
        sign_in(settings)
    except DemoError as error:
        print(str(error), file=sys.stderr)
        return 1
    print(settings.host)
    return 0


if __name__ == "__main__":
    sys.exit(main())
