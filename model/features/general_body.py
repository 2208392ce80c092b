"""The general body: EfficientNet-Lite0 with ImageNet's weights, as ONNX in the cache, made once on a machine.

Knows numpy and ONNX Runtime; torch only in the process that makes the file (`model.features.body_onnx`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path

import numpy as np
from PIL import Image

from model.artifacts import OnnxNetwork, batches
from model.core import cache_folder, locked, run_alone
from model.errors import AppError, BadUsage
from model.images import Resize, Transforms

SIDE = 224
WIDTH, MIDDLE_WIDTH = 1280, 320  # numbers in a picture's features, and in its middle
FRAMING = Transforms("RGB", (Resize("crop", (SIDE, SIDE)),))
VERSION = 2  # of the file and of what its features are: a change here makes them again
NAME = f"general-lite0-{VERSION}"  # which body features are of, where they are kept
MAKERS = ("torch", "onnx")


@dataclass(frozen=True)
class Seen:
    """What the body sees in pictures: `features` (pictures × WIDTH, at least 0) and `middle` (pictures × MIDDLE_WIDTH), of
    the layer before, which tells better how unlike other pictures one is.
    """

    features: np.ndarray
    middle: np.ndarray


@dataclass(frozen=True)
class FrozenBody:
    """The body's ONNX `file`: 8-bit pixels in (n × 3 × s × s); out `features`, `middle`, `maps` (n × WIDTH × s/32 × s/32)."""

    file: Path
    name: str = NAME
    framing: Transforms = FRAMING

    @property
    def cut(self) -> Resize:
        """How a picture becomes one that the body takes."""
        (step,) = self.framing.steps
        return step

    @property
    def side(self) -> int:
        """The width and height of a picture that the body takes, in pixels."""
        return self.cut.size[0]

    @cached_property
    def _network(self) -> OnnxNetwork:
        return OnnxNetwork(self.file)

    def see(self, framed: Sequence[Image.Image]) -> Seen:
        """The features of framed pictures, all of one size."""
        ((_, pixels),) = batches(framed)
        return self.see_pixels(pixels)

    def see_pixels(self, pixels: np.ndarray) -> Seen:
        """The features of pixels (n × 3 × s × s, 8 bits)."""
        return Seen(*self._network(pixels, ("features", "middle")))


def frozen_body() -> FrozenBody:
    """The general body, its file made when there is none yet. Raises BadUsage where the weights are missing or altered."""
    versions = "-".join(metadata.version(maker) for maker in MAKERS)
    folder = cache_folder("bodies")
    folder.mkdir(exist_ok=True)
    file = folder / f"{NAME}-{versions}.onnx"
    if not file.is_file():
        with locked(file.with_suffix(".lock")):
            if not file.is_file():
                unforeseen = AppError("The general body could not be made ready: the log says why.")
                run_alone("model.features.body_onnx", [str(file)], NAME, BadUsage, unforeseen)
    return FrozenBody(file)
