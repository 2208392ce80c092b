"""Which model the page answers with, as Measure sees and changes it: the one place that knows how. Knows files, no widget."""

from __future__ import annotations

from pathlib import Path

from model.artifacts import registry

KEPT = "The one it replaces is kept and can be brought back."


def use(export: Path, page: Path) -> None:
    """Have the page, whose export is `page`, answer with `export`; the one before is kept. Raises BadModel."""
    registry.promote(export, page)


def before() -> Path | None:
    """The export that was replaced last, None where there is none to bring back."""
    kept = registry.replaced()
    return kept[0] / registry.EXPORT if kept else None


def is_used(export: Path, page: Path) -> bool:
    """Whether the page answers with `export`."""
    return registry.is_promoted(export, page)


def is_of(run_folder: Path, page: Path) -> bool:
    """Whether the page answers with the export of this run: a copy of it, or the file itself."""
    return is_used(run_folder / registry.EXPORT, page) or run_folder.resolve() in page.resolve().parents
