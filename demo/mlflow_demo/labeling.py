"""Human review: a labeling session in which experts judge emails.

https://docs.databricks.com/aws/en/mlflow3/genai/human-feedback/concepts/labeling-sessions
"""

from __future__ import annotations

from mlflow.genai import label_schemas, labeling
from mlflow.genai.label_schemas import InputCategorical, InputText

from mlflow_demo.mlflow_errors import explained
from mlflow_demo.sample_traces import sample_traces
from mlflow_demo.settings import Settings

SESSION_NAME = "Email quality review"
SCHEMA_NAMES = ("email_accurate", "email_tone", "email_improved")
TRACES_TO_LABEL = 10


def session_count(settings: Settings) -> int:
    """How many labeling sessions the experiment has. Raises DemoError."""
    with explained("labeling", settings):
        return len(labeling.get_labeling_sessions())


def ensure_session(settings: Settings) -> int:
    """The three questions, one session with them, and some sample traces in it.

    What is there stays; a second run adds nothing. Returns how many sessions the experiment has.
    Raises DemoError.
    """
    with explained("labeling", settings):
        sessions = labeling.get_labeling_sessions()
        session = next((each for each in sessions if each.name == SESSION_NAME), None)
        if session is None:
            _make_schemas()
            session = labeling.create_labeling_session(
                name=SESSION_NAME, assigned_users=[], label_schemas=list(SCHEMA_NAMES)
            )
        # The weak prompt's emails: there is more to say about them. Those that are in the session
        # already are left out by the workspace.
        traces = sample_traces(settings, 1, with_spans=True)[:TRACES_TO_LABEL]
        if traces:
            session.add_traces(traces)
    return session_count(settings)


def _make_schemas() -> None:
    label_schemas.create_label_schema(
        name=SCHEMA_NAMES[0],
        type="feedback",
        title="Is everything in the email true?",
        instruction="Compare its names, dates and figures with the customer's record.",
        input=InputCategorical(options=["yes", "no"]),
        enable_comment=True,
        overwrite=True,
    )
    label_schemas.create_label_schema(
        name=SCHEMA_NAMES[1],
        type="feedback",
        title="Is the tone right for this customer?",
        instruction="Think of open tickets and of the last contact.",
        input=InputCategorical(options=["right", "too pushy", "too distant"]),
        enable_comment=True,
        overwrite=True,
    )
    label_schemas.create_label_schema(
        name=SCHEMA_NAMES[2],
        type="expectation",
        title="How would you have written it?",
        instruction="Leave it empty when you would send it as it is.",
        input=InputText(max_length=2000),
        overwrite=True,
    )
