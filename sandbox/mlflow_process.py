"""What `mlflow server` runs in the end, at once: the server's app under uvicorn, in this process.

The command imports MLflow, prepares the database and then starts a second Python that does both
again; on two cores that is six of the fourteen seconds that a sandbox took to start. Settings are
those that the command hands to its child (mlflow/server/__init__.py, `_run_server`). They are
MLflow's own and unnamed outside it, so their names are imported: a release that renames one fails
here and not silently.

    python -m sandbox.mlflow_process PORT DATABASE_FILE ARTIFACT_FOLDER
"""

from __future__ import annotations

import os
import sys

import uvicorn
from mlflow.server import constants


def main(port: int, database: str, artifacts: str) -> None:
    """Serve on loopback until told to stop."""
    store = f"sqlite:///{database}"
    os.environ |= {
        constants.BACKEND_STORE_URI_ENV_VAR: store,
        constants.REGISTRY_STORE_URI_ENV_VAR: store,
        constants.ARTIFACT_ROOT_ENV_VAR: "mlflow-artifacts:/",
        constants.ARTIFACTS_DESTINATION_ENV_VAR: artifacts,
        constants.SERVE_ARTIFACTS_ENV_VAR: "true",
    }
    uvicorn.run("mlflow.server.fastapi_app:app", host="127.0.0.1", port=port)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:4])
