"""Why a deployment did not come to run."""

from __future__ import annotations


class DeploymentFailed(Exception):
    """The message becomes the deployment's status message; it tells the app's author what to do."""
