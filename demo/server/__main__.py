"""`python -m server`: serve the demo on DATABRICKS_APP_PORT, or on port 8000 of this machine."""

from __future__ import annotations

import os
import sys

from mlflow_demo.workspace import prepare_environment

DEFAULT_PORT = 8000


def main() -> int:
    prepare_environment()  # before anything imports MLflow
    import uvicorn

    from server.app import create_app

    given = os.environ.get("DATABRICKS_APP_PORT", str(DEFAULT_PORT))
    if not given.isdigit() or not 0 < int(given) < 65536:
        print(f"DATABRICKS_APP_PORT is {given!r}, which is no port.", file=sys.stderr)
        return 2
    # Databricks Apps reach the server from outside its container; here nobody else should.
    in_apps = bool(os.environ.get("DATABRICKS_CLIENT_ID"))
    uvicorn.run(
        create_app(),
        host=os.environ.get("UVICORN_HOST") or ("0.0.0.0" if in_apps else "127.0.0.1"),
        port=int(given),
        log_level="info",
        # The platform gives 15 s between SIGTERM and SIGKILL.
        timeout_graceful_shutdown=10,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
