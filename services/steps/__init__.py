"""The fifteen steps. Each in a file of its name; `all_steps` orders them as they are shown."""

from __future__ import annotations

from services.steps.step import Step


def all_steps() -> list[Step]:
    """The steps in the order of vocabulary.StepId."""
    from services.steps.collect_user_input import CollectUserInput
    from services.steps.create_app import CreateApp
    from services.steps.create_catalog_schema import CreateCatalogSchema
    from services.steps.create_experiment import CreateExperiment
    from services.steps.deploy_app import DeployApp
    from services.steps.detect_environment import DetectEnvironment
    from services.steps.generate_env_file import GenerateEnvFile
    from services.steps.install_dependencies import InstallDependencies
    from services.steps.load_sample_data import LoadSampleData
    from services.steps.run_integration_tests import RunIntegrationTests
    from services.steps.setup_permissions import SetupPermissions
    from services.steps.validate_config import ValidateConfig
    from services.steps.validate_deployment import ValidateDeployment
    from services.steps.validate_local_setup import ValidateLocalSetup
    from services.steps.validate_prerequisites import ValidatePrerequisites

    return [
        ValidatePrerequisites(),
        DetectEnvironment(),
        CollectUserInput(),
        ValidateConfig(),
        CreateCatalogSchema(),
        CreateExperiment(),
        CreateApp(),
        GenerateEnvFile(),
        InstallDependencies(),
        LoadSampleData(),
        ValidateLocalSetup(),
        DeployApp(),
        SetupPermissions(),
        ValidateDeployment(),
        RunIntegrationTests(),
    ]
