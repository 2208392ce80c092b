"""The safe form of an export: vocabulary, framing and network, read from JSON and safetensors.

Knows torch and numpy, neither fastai nor pickle. `model.prepare` makes one; `model.classifier` answers with it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from model.framing import Framing
from model.graph import Graph


@dataclass(frozen=True)
class SafeForm:
    """Framed pictures in, logits out; `labels` is the vocabulary in the order of the logits."""

    labels: list[str]
    framing: Framing
    network: Graph

    @classmethod
    def load(cls, folder: Path) -> SafeForm:
        data = json.loads((folder / "form.json").read_text(encoding="utf-8"))
        return cls(data["labels"], Framing.from_json(data["framing"]), Graph.load(folder))

    def logits(self, framed: Sequence[Image.Image]) -> np.ndarray:
        """Pictures × classes, float32; pictures of one size share a pass of the network."""
        rows: dict[int, np.ndarray] = {}
        for places, batch in _batches(framed):
            rows.update(zip(places, self.network(batch).float().numpy(), strict=True))
        return np.stack([rows[place] for place in range(len(framed))])


def save(folder: Path, labels: list[str], framing: Framing) -> None:
    """Write the part of a safe form that is not the network."""
    data = {"labels": labels, "framing": framing.to_json()}
    (folder / "form.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def softmax(logits: np.ndarray) -> np.ndarray:
    """Rows that sum to 1, in double precision."""
    exponents = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return exponents / exponents.sum(axis=1, keepdims=True)


def familiarity(logits: np.ndarray) -> np.ndarray:
    """The negative energy, log Σ exp(logit): low for pictures unlike the training ones (Liu et al. 2020, equation 4)."""
    top = logits.max(axis=1, keepdims=True).astype(np.float64)
    return top[:, 0] + np.log(np.exp(logits - top).sum(axis=1))


def _batches(framed: Sequence[Image.Image]) -> Iterable[tuple[list[int], torch.Tensor]]:
    """Pictures of one size together, as bytes: batch × channels × height × width."""
    by_size: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, picture in enumerate(framed):
        by_size[picture.size].append(place)
    for places in by_size.values():
        pixels = np.stack([np.asarray(framed[place]) for place in places])
        pixels = pixels[..., None] if pixels.ndim == 3 else pixels
        yield places, torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))
