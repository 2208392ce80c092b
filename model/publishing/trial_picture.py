"""The pictures that a served page is asked about when it is tried, with Python's own answer. Knows examples, no page."""

from __future__ import annotations

from pathlib import Path

from model.artifacts import example_pictures, registry
from model.classifier import Classifier
from model.errors import AppError
from model.images import frame_files
from model.types import Prediction


def trial_picture(export: Path, classifier: Classifier) -> tuple[Path, Prediction]:
    """The first of `trial_pictures`. Raises AppError."""
    return trial_pictures(export, classifier)[0]


def trial_pictures(export: Path, classifier: Classifier) -> list[tuple[Path, Prediction]]:
    """The examples of an export, else our own drawings. Raises AppError where there is none that can be opened."""
    files = example_pictures.of(export) or example_pictures.of(registry.shipped_place())
    answers = classifier.classify_opened(list(frame_files(files, classifier.model.framing, 0))) if files else []
    found = [(file, answer) for file, answer in zip(files, answers, strict=False) if isinstance(answer, Prediction)]
    if not found:
        raise AppError("There is no picture to try the page with: restore export-examples from the repository.")
    return found
