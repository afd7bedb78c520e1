"""Step 1: tools and versions, sign-in, workspace, Unity Catalog, MLflow; Apps as a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.errors import PrerequisitesMissing
from services.steps.context import StepContext
from services.steps.step import Step
from services.validation import Finding, check_prerequisites
from services.vocabulary import StepId


class ValidatePrerequisites(Step):
    id = StepId.VALIDATE_PREREQUISITES

    async def run(self, context: StepContext) -> Mapping[str, Any]:
        context.note("checking tools and sign-in")
        findings = await check_prerequisites(context.session)
        for finding in findings:
            context.log(finding.line())
        missing = [f for f in findings if f.required and f.ok is False]
        if missing:
            raise PrerequisitesMissing(
                " ".join(f"{f.name}: {f.detail}" for f in missing),
                " ".join(f.fix for f in missing if f.fix),
            )
        return {
            "findings": [asdict(finding) for finding in findings],
            "apps_available": _ok(findings, "Databricks Apps"),
        }


def _ok(findings: list[Finding], name: str) -> bool:
    return any(f.name == name and f.ok for f in findings)
