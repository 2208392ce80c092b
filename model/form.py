"""The safe form of an export: vocabulary, framing, network and what is familiar, read from JSON and safetensors.

Knows torch and numpy, neither fastai nor pickle. `model.prepare` makes one; `model.classifier` answers with it.

How familiar a picture is: the cosine similarity of its features to the NEIGHBOUR-th most similar training picture (Sun et
al. 2022, "Out-of-distribution detection with deep nearest neighbors"). Exports made by `model.train` carry the features
of training pictures as a plain tensor, `learner.reference`; others carry none.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from PIL import Image

from model.framing import Framing
from model.fusion import fuse
from model.graph import Graph

NEIGHBOUR = 10


@dataclass(frozen=True)
class Seen:
    """What the network saw in some pictures: logits (pictures × classes), features (pictures × width) where it gives them."""

    logits: np.ndarray
    features: np.ndarray | None


@dataclass(frozen=True)
class SafeForm:
    """Framed pictures in, logits and features out; `labels` is the vocabulary in the order of the logits."""

    labels: list[str]
    framing: Framing
    network: Graph
    reference: torch.Tensor | None = None

    @classmethod
    def load(cls, folder: Path) -> SafeForm:
        data = json.loads((folder / "form.json").read_text(encoding="utf-8"))
        reference = None
        if (folder / "reference.safetensors").is_file():
            reference = safetensors.torch.load_file(folder / "reference.safetensors")["reference"].float()
        framing, network = Framing.from_json(data["framing"]), Graph.load(folder)
        if framing.fixed:
            ((_, example),) = batches([framing(Image.new("RGB", (96, 64)))])
            network = fuse(network, example)
        return cls(data["labels"], framing, network, reference)

    def save(self, folder: Path) -> None:
        """Write all but the network, which `model.graph` has written."""
        data = {"labels": self.labels, "framing": self.framing.to_json()}
        (folder / "form.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        if self.reference is not None:
            safetensors.torch.save_file({"reference": self.reference.half()}, folder / "reference.safetensors")

    def look(self, framed: Sequence[Image.Image]) -> Seen:
        """Run the network; pictures of one size share a pass."""
        rows: dict[int, list[np.ndarray]] = {}
        for places, batch in batches(framed):
            outputs = [output.float().numpy() for output in self.network(batch)]
            rows.update((place, [output[row] for output in outputs]) for row, place in enumerate(places))
        columns = [np.stack(column) for column in zip(*(rows[place] for place in range(len(framed))), strict=True)]
        return Seen(columns[0], columns[1] if len(columns) > 1 else None)

    def familiarity(self, seen: Seen) -> np.ndarray | None:
        """Per picture, from -1 to 1: how like the training pictures it is; None where the export cannot tell."""
        if self.reference is None or seen.features is None:
            return None
        alike = directions(torch.from_numpy(seen.features)) @ self.reference.T
        return alike.topk(min(NEIGHBOUR, len(self.reference)), dim=1).values[:, -1].numpy()


def directions(features: torch.Tensor) -> torch.Tensor:
    """Rows of length 1."""
    return torch.nn.functional.normalize(features.float(), dim=1)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Rows that sum to 1, in double precision."""
    exponents = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return exponents / exponents.sum(axis=1, keepdims=True)


def batches(framed: Sequence[Image.Image]) -> Iterable[tuple[list[int], torch.Tensor]]:
    """Pictures of one size together, as bytes: batch × channels × height × width."""
    by_size: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, picture in enumerate(framed):
        by_size[picture.size].append(place)
    for places in by_size.values():
        pixels = np.stack([np.asarray(framed[place]) for place in places])
        pixels = pixels[..., None] if pixels.ndim == 3 else pixels
        yield places, torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))
