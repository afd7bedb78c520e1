"""The email generator of the MLflow demo. Importing it does nothing: no call, no configuration."""

VERSION = "1.0.0"
"""The app version that every trace carries."""
