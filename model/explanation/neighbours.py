"""Small copies of the training pictures beside an export, with what the network sees in them: `<export>-neighbours.npz`.

There is such a file only where the owner of the model asked for it, and never beside the shipped model. It is data alone,
arrays and JPEGs, read without unpickling. It holds the checksum of its export, and whether visitors may see it, too.
Knows features and labels, no page.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.artifacts import SafeModel, registry
from model.core import evenly, replacing
from model.errors import AppError, BadImage, BadUsage
from model.images import frame_files
from model.jobs import Report, Stopping
from model.types import Item, SimilarPicture

MOST = 4000  # pictures that are kept of a training, spread evenly over it
SIDE = 96  # pixels of the longer side of a copy
BATCH = 32
VERSION = 1
NOT_OF_SHIPPED = "The shipped model keeps no copies of training pictures: train a model of your own first."
_log = logging.getLogger("voilens")


@dataclass(frozen=True)
class Neighbours:
    """The training pictures that are kept of one model: `features` (n × width, rows of length 1), `labels`, small JPEGs."""

    features: np.ndarray
    labels: list[str]
    pictures: list[bytes]
    for_visitors: bool

    @classmethod
    def load(cls, file: Path, sha256: str) -> Neighbours | None:
        """Those of the export with this checksum; None where it is of another one. Raises AppError where it is damaged."""
        try:
            with np.load(file, allow_pickle=False) as arrays:
                if str(arrays["model"]) != sha256 or int(arrays["version"]) != VERSION:
                    return None
                ends, content = arrays["ends"].astype(int).tolist(), arrays["pictures"].astype(np.uint8).tobytes()
                pictures = [content[start:end] for start, end in zip([0, *ends], ends, strict=False)]
                labels = [str(label) for label in arrays["labels"]]
                features = arrays["features"].astype(np.float32)
                if features.ndim != 2 or not len(features) == len(labels) == len(pictures):
                    raise ValueError("it holds unlike numbers of pictures, labels and features")
                return cls(features, labels, pictures, bool(arrays["for_visitors"]))
        except Exception as error:
            _log.warning("%s cannot be read", file, exc_info=True)
            raise AppError(
                "The copies of training pictures beside this model cannot be read: its owner can keep them again."
            ) from error

    def nearest(self, features: np.ndarray, count: int) -> list[SimilarPicture]:
        """The `count` pictures whose features are most like these (width), the most similar first."""
        alike = self.features @ _of_length_one(features)
        best = np.argsort(-alike, kind="stable")[:count]
        return [SimilarPicture(self.labels[row], float(alike[row]), self.pictures[row]) for row in best]


def neighbours_beside(export: Path) -> Path:
    """Where the copies of an export's training pictures are, if there are any."""
    return export.with_name(f"{export.stem}-neighbours.npz")


def keep_neighbours(
    export: Path,
    sha256: str,
    model: SafeModel,
    items: Sequence[Item],
    for_visitors: bool = False,
    report: Report = lambda event: None,
    stopping: Stopping = lambda: False,
) -> int:
    """Keep small copies of training pictures beside the `export` with this checksum, whose safe form is `model`; give how many.

    Of more than MOST, every so many-th is kept; one that cannot be opened is left out. Events: {"event": "keeping", "done",
    "total"}. A stop leaves what was there before and raises KeyboardInterrupt. Raises BadUsage where the model gives no
    features, or is the shipped one.
    """
    if registry.is_shipped_place(export):
        raise BadUsage(NOT_OF_SHIPPED)
    if model.network is None or "features" not in model.network.outputs:
        raise BadUsage(f"{export.name} does not say what it sees in a picture, only its answer: train a model here for that.")
    chosen = evenly(items, MOST)
    features, labels, pictures = _looked_at(model, chosen, report, stopping)
    if not labels:
        raise BadUsage("None of the training pictures can be opened: nothing is kept.")
    arrays: dict[str, Any] = {
        "version": np.array(VERSION),
        "model": np.array(sha256),
        "for_visitors": np.array(for_visitors),
        "features": _of_length_one(features).astype(np.float16),
        "labels": np.array(labels),
        "ends": np.cumsum([len(each) for each in pictures]),
        "pictures": np.frombuffer(b"".join(pictures), dtype=np.uint8),
    }
    with replacing(neighbours_beside(export)) as draft, draft.open("xb") as stream:
        np.savez(stream, **arrays)
    return len(labels)


def _looked_at(
    model: SafeModel, items: Sequence[Item], report: Report, stopping: Stopping
) -> tuple[np.ndarray, list[str], list[bytes]]:
    labels: list[str] = []
    pictures: list[bytes] = []
    rows: list[np.ndarray] = []
    waiting = []
    for done, framed in enumerate(frame_files([item.path for item in items], model.framing, SIDE), start=1):
        if stopping():
            raise KeyboardInterrupt("Stopped: the copies of training pictures are as they were before.")
        if not isinstance(framed, BadImage):
            labels.append(items[done - 1].label)
            pictures.append(framed.photo)
            waiting.append(framed.picture)
        if waiting and (len(waiting) == BATCH or done == len(items)):
            rows.append(_features_of(model, waiting))
            waiting = []
        report({"event": "keeping", "done": done, "total": len(items)})
    return np.concatenate(rows) if rows else np.zeros((0, 0)), labels, pictures


def _features_of(model: SafeModel, framed: list) -> np.ndarray:
    found = model.run(framed).embeddings
    assert found is not None, "the network has features"
    return found


def _of_length_one(features: np.ndarray) -> np.ndarray:
    return features / np.maximum(np.linalg.norm(features, axis=-1, keepdims=True), 1e-12)
