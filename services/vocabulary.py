"""The words everything shares: steps, their statuses, the two modes, exit codes."""

from __future__ import annotations

from enum import Enum, IntEnum


class DeploymentMode(str, Enum):
    FULL_DEPLOYMENT = "full_deployment"
    """The web app, deployed as a Databricks App, and the notebooks."""
    NOTEBOOK_ONLY = "notebook_only"
    """The notebooks in the workspace and no app."""


class StepId(str, Enum):
    """The fifteen steps, in the order in which they are always shown."""

    VALIDATE_PREREQUISITES = "validate_prerequisites"
    DETECT_ENVIRONMENT = "detect_environment"
    COLLECT_USER_INPUT = "collect_user_input"
    VALIDATE_CONFIG = "validate_config"
    CREATE_CATALOG_SCHEMA = "create_catalog_schema"
    CREATE_EXPERIMENT = "create_experiment"
    CREATE_APP = "create_app"
    GENERATE_ENV_FILE = "generate_env_file"
    INSTALL_DEPENDENCIES = "install_dependencies"
    LOAD_SAMPLE_DATA = "load_sample_data"
    VALIDATE_LOCAL_SETUP = "validate_local_setup"
    DEPLOY_APP = "deploy_app"
    SETUP_PERMISSIONS = "setup_permissions"
    VALIDATE_DEPLOYMENT = "validate_deployment"
    RUN_INTEGRATION_TESTS = "run_integration_tests"


class StepStatus(str, Enum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def met(self) -> bool:
        """Whether a step that needs this one may start: a skipped step counts as met."""
        return self in (StepStatus.COMPLETED, StepStatus.SKIPPED)


STEP_TITLES: dict[StepId, str] = {
    StepId.VALIDATE_PREREQUISITES: "Check prerequisites",
    StepId.DETECT_ENVIRONMENT: "Discover the workspace",
    StepId.COLLECT_USER_INPUT: "Collect your choices",
    StepId.VALIDATE_CONFIG: "Check your choices",
    StepId.CREATE_CATALOG_SCHEMA: "Catalog and schema",
    StepId.CREATE_EXPERIMENT: "MLflow experiment",
    StepId.CREATE_APP: "Create the app",
    StepId.GENERATE_ENV_FILE: "Write .env.local",
    StepId.INSTALL_DEPENDENCIES: "Install dependencies",
    StepId.LOAD_SAMPLE_DATA: "Load sample data",
    StepId.VALIDATE_LOCAL_SETUP: "Try the app here",
    StepId.DEPLOY_APP: "Deploy the app",
    StepId.SETUP_PERMISSIONS: "Grant permissions",
    StepId.VALIDATE_DEPLOYMENT: "Check the deployment",
    StepId.RUN_INTEGRATION_TESTS: "Test end to end",
}


class ExitCode(IntEnum):
    """What the process ends with (docs/command-line.md)."""

    DONE = 0
    FAILED = 1
    """A step failed, or one needs a person."""
    BAD_CONFIGURATION = 2
    PREREQUISITES_MISSING = 3
    ALREADY_RUNNING = 4
    INTERRUPTED = 130
