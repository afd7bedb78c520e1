"""Raw figures, kept in benchmarks/results with what they were measured on."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("results")


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Minimum, median and maximum, in seconds to the millisecond."""
    figures = {
        "min": min(seconds),
        "median": statistics.median(seconds),
        "max": max(seconds),
    }
    return {name: round(value, 3) for name, value in figures.items()}


def keep(name: str, figures: Mapping[str, Any]) -> None:
    """Write the figures to results/`name`.json and to the terminal."""
    measured_on = {
        "date": date.today().isoformat(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    text = json.dumps({"measured_on": measured_on, **figures}, indent=2) + "\n"
    (FOLDER / f"{name}.json").write_text(text)
    sys.stdout.write(text)
