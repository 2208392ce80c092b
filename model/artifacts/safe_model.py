"""The safe form of an export: vocabulary, framing and network, read from JSON and ONNX, each checked by its checksum.

Knows numpy, neither torch, fastai nor pickle. `model.artifacts.build` makes one; `model.classifier` answers with it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from model.artifacts.model_card import FORM, FORM_SEAL
from model.artifacts.onnx_network import FILE, OnnxNetwork
from model.artifacts.sealed_json import opened, seal
from model.core import checksum_of
from model.images import Transforms

OUTPUTS = ("logits", "features", "familiar", "heat")  # by their names in the ONNX file; the first is in all
ANSWERS = OUTPUTS[:3]  # what an answer needs


@dataclass(frozen=True)
class Outputs:
    """What the network gives for some pictures, in the order of ANSWERS.

    `logits` are pictures × classes. Exports made by `model.training` give two more: `embeddings` (pictures × width) and
    `similarity`, one figure a picture, the higher the more like the training pictures it is.
    """

    logits: np.ndarray
    embeddings: np.ndarray | None = None
    similarity: np.ndarray | None = None


@dataclass(frozen=True)
class SafeModel:
    """Framed pictures in, logits and embeddings out; `labels` is the vocabulary in the order of the logits."""

    labels: list[str]
    framing: Transforms
    network: OnnxNetwork | None = None  # None while a form is being made

    @classmethod
    def load(cls, folder: Path, export: str | None = None) -> SafeModel:
        """Read what `save` has written, for the export with this checksum where it is given.

        Raises ValueError where it is damaged or another's, and what reading raises.
        """
        data, network = read_form(folder)
        if export not in (None, data["export"]):
            raise ValueError(f"{folder} is the form of another export.")
        return cls(data["labels"], Transforms.from_json(data["framing"]), OnnxNetwork(network))

    def save(self, folder: Path, export: str) -> None:
        """Write all but the network, which `model.artifacts.onnx_writer` has written there; `export` is the checksum of its
        export.
        """
        network = checksum_of((folder / FILE).read_bytes())
        data = {"export": export, "labels": self.labels, "framing": self.framing.to_json(), "network": network}
        (folder / FORM).write_text(json.dumps(seal(data, FORM_SEAL), ensure_ascii=False), encoding="utf-8")

    def run(self, framed: Sequence[Image.Image]) -> Outputs:
        """Run the network; pictures of one size share a pass."""
        if self.network is None:
            raise ValueError("This form has no network yet.")
        wanted = [name for name in ANSWERS if name in self.network.outputs]
        rows: dict[int, list[np.ndarray]] = {}
        for places, batch in batches(framed):
            outputs = [output.astype(np.float32, copy=False) for output in self.network(batch, wanted)]
            rows.update((place, [output[row] for output in outputs]) for row, place in enumerate(places))
        columns = [np.stack(column) for column in zip(*(rows[place] for place in range(len(framed))), strict=True)]
        return Outputs(*columns)


def read_form(folder: Path) -> tuple[dict[str, Any], bytes]:
    """What a form says, and the bytes of its network, which are those that were written. Raises ValueError, OSError."""
    data = opened(json.loads((folder / FORM).read_text(encoding="utf-8")), FORM_SEAL)
    network = (folder / FILE).read_bytes()
    if checksum_of(network) != data["network"]:
        raise ValueError(f"{FILE} is not the one that {FORM} describes.")
    return data, network


def softmax(logits: np.ndarray) -> np.ndarray:
    """Rows that sum to 1, in double precision."""
    exponents = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return exponents / exponents.sum(axis=1, keepdims=True)


def batches(framed: Sequence[Image.Image]) -> Iterable[tuple[list[int], np.ndarray]]:
    """Pictures of one size together, as bytes: batch × channels × height × width."""
    by_size: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, picture in enumerate(framed):
        by_size[picture.size].append(place)
    for places in by_size.values():
        pixels = np.stack([np.asarray(framed[place]) for place in places])
        pixels = pixels[..., None] if pixels.ndim == 3 else pixels
        yield places, np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
