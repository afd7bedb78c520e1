"""What a step is: what it needs, when it applies, its work, and how to check that it stands."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from services.steps.context import StepContext
from services.vocabulary import DeploymentMode, StepId

ALL_MODES = frozenset(DeploymentMode)
FULL_ONLY = frozenset({DeploymentMode.FULL_DEPLOYMENT})


class SkipStep(Exception):
    """Raised by a step that finds it has nothing to do here; the reason is shown."""


class Step(ABC):
    """One of the fifteen. A step is stateless: everything it knows comes with the context.

    `run` must be safe to run again after it was cut off at any point: it finds and adopts what an
    earlier try made.
    """

    id: ClassVar[StepId]
    needs: ClassVar[tuple[StepId, ...]] = ()
    modes: ClassVar[frozenset[DeploymentMode]] = ALL_MODES
    skip_allowed: ClassVar[bool] = False
    """Whether a person may skip it when it fails: the rest must make sense without it."""

    @abstractmethod
    async def run(self, context: StepContext) -> Mapping[str, Any]:
        """Do the work; what is returned is saved as result_data.

        Raises SkipStep, or a SetupError that says what failed and what to do.
        """

    async def still_stands(self, context: StepContext, result: Mapping[str, Any]) -> bool:
        """Whether what an earlier run of this step made is still there. Reads only."""
        del context, result
        return True
