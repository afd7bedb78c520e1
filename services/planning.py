"""Makes the plan from what step 4 read: what is created, reused, granted, uploaded, skipped."""

from __future__ import annotations

from services.choices import Choices
from services.config import SetupConfig
from services.plan import Plan, PlanAction, PlannedResource
from services.progress_file import ProgressSnapshot
from services.session import Session
from services.steps.generate_env_file import FIXED
from services.vocabulary import DeploymentMode, StepId

SETUP_SCRIPTS = "prompts, traces, evaluations, monitoring, labeling session"
PRINCIPAL = "the app's service principal"


async def make_plan(session: Session, config: SetupConfig, choices: Choices) -> Plan:
    """The plan of a checked config. Needs the session's workspace for the user's name only."""
    user = await session.workspace.current_user()
    full = config.mode is DeploymentMode.FULL_DEPLOYMENT
    tree = f"/Workspace/Users/{user.user_name}/{config.app_name}"
    resources = [
        *_securables(config, choices),
        _experiment(config, choices),
        *(_app(session, config, choices) if full else [_no_app(config)]),
        _env_file(session),
        _dependencies(full),
        PlannedResource(
            PlanAction.CREATE,
            "sample data",
            f"{config.schema_full_name}.{FIXED['PROMPT_NAME']}",
            StepId.LOAD_SAMPLE_DATA,
            f"The project's setup scripts: {SETUP_SCRIPTS}.",
        ),
        PlannedResource(
            PlanAction.UPLOAD, "workspace folder", tree, StepId.DEPLOY_APP, "The project's files."
        ),
        *(_grants(config) if full else []),
    ]
    return Plan(
        host=session.workspace.host,
        user_name=user.user_name,
        config=config,
        resources=tuple(resources),
        notices=tuple(_notices(config, choices)),
        estimate_seconds=_estimate(session.tracker.snapshot),
    )


def _make(exists: bool) -> PlanAction:
    return PlanAction.REUSE if exists else PlanAction.CREATE


def _securables(config: SetupConfig, choices: Choices) -> list[PlannedResource]:
    step = StepId.CREATE_CATALOG_SCHEMA
    schema = config.schema_full_name
    return [
        PlannedResource(_make(choices.catalog_exists), "catalog", config.catalog, step),
        PlannedResource(_make(choices.schema_exists), "schema", schema, step),
    ]


def _experiment(config: SetupConfig, choices: Choices) -> PlannedResource:
    return PlannedResource(
        _make(bool(choices.experiment_id)),
        "experiment",
        config.experiment_path,
        StepId.CREATE_EXPERIMENT,
    )


def _app(session: Session, config: SetupConfig, choices: Choices) -> list[PlannedResource]:
    name = config.app_name
    ours = session.ledger.is_ours("app", name)
    detail = "" if ours or not choices.app_exists else "Its code is replaced by the demo's."
    if choices.app_state == "DELETING":
        detail = "An app of this name is being deleted; the setup waits until it is gone."
    action = _make(choices.app_exists)
    return [PlannedResource(action, "app", name, StepId.CREATE_APP, detail)]


def _no_app(config: SetupConfig) -> PlannedResource:
    reason = f"Not part of {config.mode.value}."
    return PlannedResource(PlanAction.SKIP, "app", config.app_name, StepId.CREATE_APP, reason)


def _env_file(session: Session) -> PlannedResource:
    path = session.paths.env_file
    kept = " Keeps the keys and comments that are yours." if path.exists() else ""
    step = StepId.GENERATE_ENV_FILE
    return PlannedResource(_make(path.exists()), "file", path.name, step, f"{path}.{kept}")


def _dependencies(full: bool) -> PlannedResource:
    name = "Python environment and front end" if full else "Python environment"
    return PlannedResource(
        PlanAction.INSTALL, "dependencies", name, StepId.INSTALL_DEPENDENCIES, "In the project."
    )


def _grants(config: SetupConfig) -> list[PlannedResource]:
    rows = [
        ("USE CATALOG", config.catalog, "To reach the schema."),
        ("ALL PRIVILEGES", config.schema_full_name, "Reads and writes everything in the schema."),
        ("MANAGE", config.schema_full_name, "May also grant privileges on the schema to others."),
        ("CAN_MANAGE", config.experiment_path, "Writes traces and feedback."),
    ]
    step = StepId.SETUP_PERMISSIONS
    return [
        PlannedResource(PlanAction.GRANT, "grant", f"{privilege} on {on}", step, detail)
        for privilege, on, detail in rows
    ]


def _notices(config: SetupConfig, choices: Choices) -> list[str]:
    notices: list[str] = []
    if config.experiment_path.startswith("/Shared/"):
        notices.append(
            f"{config.experiment_path} is in /Shared: colleagues in this workspace can read it, "
            "traces included."
        )
    notices.append("Users assigned to the labeling session get CAN_EDIT on the experiment.")
    if config.mode is not DeploymentMode.FULL_DEPLOYMENT:
        return notices
    notices.append(
        "App compute bills while it runs (a medium app about 0.5 DBU an hour). "
        "Stop it with --stop-app."
    )
    notices.append(
        f"ALL PRIVILEGES and MANAGE let {PRINCIPAL} change everything in "
        f"{config.schema_full_name}, and grant on it."
    )
    if choices.may_grant is False:
        notices.append(
            f"You may not grant USE CATALOG on {config.catalog}: unless {PRINCIPAL} has it "
            "already, an admin will have to run one statement."
        )
    return notices


def _estimate(snapshot: ProgressSnapshot) -> float | None:
    """The sum of the durations an earlier run left, in seconds."""
    known = [record.duration_seconds for record in snapshot.steps.values()]
    durations = [seconds for seconds in known if seconds]
    return round(sum(durations), 1) if len(durations) >= 8 else None
