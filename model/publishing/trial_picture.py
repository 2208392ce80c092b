"""The picture that a served page is asked about when it is tried, with Python's own answer. Knows examples, no page."""

from __future__ import annotations

from pathlib import Path

from model.artifacts import example_pictures, registry
from model.classifier import Classifier
from model.errors import AppError
from model.images import frame_files
from model.types import Prediction


def trial_picture(export: Path, classifier: Classifier) -> tuple[Path, Prediction]:
    """An example of the export, else one of our own drawings. Raises AppError where there is none that can be opened."""
    files = example_pictures.of(export) or example_pictures.of(registry.shipped_place())
    answers = classifier.classify_opened(list(frame_files(files[:1], classifier.model.framing, 0))) if files else []
    for file, answer in zip(files, answers, strict=False):
        if isinstance(answer, Prediction):
            return file, answer
    raise AppError("There is no picture to try the page with: restore export-examples from the repository.")
