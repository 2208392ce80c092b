"""Pictures opened by workers, as the bare network gets them: what our own ways are compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from model.images import Transforms, cut_all


def in_batches(files: Sequence[Path], framing: Transforms, size: int) -> Iterator[list[Image.Image]]:
    """The pictures as a network takes them, so many at a time; workers open those that follow meanwhile."""
    batch: list[Image.Image] = []
    for place, outcome in enumerate(cut_all(files, framing.steps[-1]), start=1):
        assert isinstance(outcome, tuple), outcome
        width, height, pixels = outcome
        batch.append(Image.frombytes(framing.mode, (width, height), pixels))
        if len(batch) == size or place == len(files):
            yield batch
            batch = []
