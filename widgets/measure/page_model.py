"""Which model the page answers with, as Measure sees and changes it: the one place that knows how. Knows files, no widget."""

from __future__ import annotations

from pathlib import Path

from model.artifacts import serving_state
from model.core import absolute

SERVES = "The page answers with this model from now on. The one before can be brought back."
BACK = "The model before is back. The page answers with it."


def use(export: Path) -> None:
    """Make `export` the one that serves; the one before can be brought back. Raises BadModel."""
    serving_state.serve(export)


def before() -> Path | None:
    """The export that served before, None where there is none to bring back."""
    return serving_state.previous()


def is_used(export: Path, used: Path) -> bool:
    """Whether `export` is the one that is `used` by the page."""
    return absolute(export) == used


def serves_from(folder: Path, used: Path) -> bool:
    """Whether an export in this folder serves, or is `used` by the page, which may have been told another one."""
    return any(absolute(folder) in absolute(export).parents for export in (used, serving_state.serving()))
