"""app.yaml: what Databricks Apps and the notebooks of a workspace are told.

`python -m mlflow_demo.app_yaml` prints app.yaml.template filled from .env.local.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from mlflow_demo.env_file import read_env_file
from mlflow_demo.errors import DemoError

PROJECT_DIR = Path(__file__).resolve().parents[1]
TEMPLATE = PROJECT_DIR / "app.yaml.template"

_PLACEHOLDER = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)\}")


def read_app_yaml(path: Path) -> dict[str, str]:
    """The environment that app.yaml names, {} when there is no such file."""
    if not path.is_file():
        return {}
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries = content.get("env") if isinstance(content, dict) else None
    return {
        str(entry["name"]): str(entry["value"])
        for entry in entries or []
        if isinstance(entry, dict) and "name" in entry and entry.get("value") is not None
    }


def fill_template(values: Mapping[str, str], template: Path = TEMPLATE) -> str:
    """The template with each `${NAME}` replaced; its comments are left out.

    Raises DemoError (settings_missing) naming every value that is not there.
    """
    lines = template.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#")) + "\n"
    missing = sorted({name for name in _PLACEHOLDER.findall(text) if not values.get(name)})
    if missing:
        raise DemoError(
            "settings_missing",
            f"app.yaml needs {', '.join(missing)}, which .env.local does not have.",
            "Run auto-setup, or add it to .env.local.",
        )
    return _PLACEHOLDER.sub(lambda found: values[found.group(1)], text)


def main() -> int:
    try:
        print(fill_template(read_env_file(PROJECT_DIR / ".env.local")), end="")
    except DemoError as error:
        print(str(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
