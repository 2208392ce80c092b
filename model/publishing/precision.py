"""A network whose weights are stored in half precision and computed with in single precision, which every runtime can do.

Each weight of a layer that joins many channels is written in 16 bits, followed by the node that makes 32 of them; a runtime
does that once, when it loads the file. Depthwise filters, first and last layers have few weights and bear it worst: they
stay. On TrashNet's 328 validation pictures the shipped network so keeps every class, and every share within 0.003; with all
weights in 16 bits it kept 327, within 0.009; in 8 bits, with a scale for each row, 322, within 0.216. Knows ONNX and
pictures that are framed, no browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from model.artifacts import OnnxNetwork, batches, softmax

if TYPE_CHECKING:
    import onnx
    from PIL import Image

SMALLEST, FEW_CHANNELS = 256, 4  # numbers of a weight that is worth it; channels that a layer joins, up to which it stays
WIDE = 1_000_000  # numbers of a layer without places, from which on it is not the last one
SAME_CLASS, LARGEST = 0.99, 0.03  # what half precision must keep: the class in so many cases, every share within so much
Precision = Literal["half", "single"]


@dataclass(frozen=True)
class Difference:
    """How one form of a network answers beside another, on `pictures` pictures: the share of them that get the same class, and
    the largest difference in a class's share.
    """

    pictures: int
    same_class: float
    largest: float

    @property
    def is_small(self) -> bool:
        return self.same_class >= SAME_CLASS and self.largest <= LARGEST


@dataclass(frozen=True)
class Network:
    """A network as it is published: its `content` as ONNX, its `precision`, and how it answers in half precision."""

    content: bytes
    precision: Precision
    half: Difference


def choose(network: bytes, framed: Sequence[Image.Image]) -> Network:
    """A network in half precision where that answers these framed pictures (at least one) as single does, else in single."""
    content = stored_in(network, "half")
    difference = _difference(_shares(network, framed), _shares(content, framed))
    if difference.is_small:
        return Network(content, "half", difference)
    return Network(stored_in(network, "single"), "single", difference)


def stored_in(network: bytes, precision: Precision) -> bytes:
    """The same network with its large weights stored so, and without what its exporter noted of how it was made."""
    import onnx

    model = onnx.load_from_string(network)
    for node in model.graph.node:
        node.ClearField("doc_string")
    noted = (model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer)
    for each in (*noted, *model.graph.input, *model.graph.output):
        del each.metadata_props[:]
    if precision == "half":
        for weight in [each for each in model.graph.initializer if _is_large(each)]:
            _store_as_half(model.graph, weight)
    return model.SerializeToString()


def _is_large(weight: onnx.TensorProto) -> bool:
    import onnx

    numbers = int(np.prod(weight.dims))
    joins = numbers >= SMALLEST and weight.dims[1] > FEW_CHANNELS if len(weight.dims) == 4 else numbers >= WIDE
    return weight.data_type == onnx.TensorProto.FLOAT and joins


def _store_as_half(graph: onnx.GraphProto, weight: onnx.TensorProto) -> None:
    from onnx import TensorProto, helper, numpy_helper

    values = numpy_helper.to_array(weight)
    if np.abs(values).max() > np.finfo(np.float16).max:
        return
    stored = numpy_helper.from_array(values.astype(np.float16), f"{weight.name}/half")
    graph.initializer.remove(weight)
    graph.initializer.append(stored)
    graph.node.insert(0, helper.make_node("Cast", [stored.name], [weight.name], to=TensorProto.FLOAT))


def _shares(network: bytes, framed: Sequence[Image.Image]) -> np.ndarray:
    run = OnnxNetwork(network)
    rows: dict[int, np.ndarray] = {}
    for places, pixels in batches(framed):
        for start in range(0, len(places), 32):
            (logits,) = run(pixels[start : start + 32], ["logits"])
            rows.update(zip(places[start : start + 32], softmax(logits.astype(np.float32)), strict=True))
    return np.stack([rows[place] for place in range(len(framed))])


def _difference(expected: np.ndarray, found: np.ndarray) -> Difference:
    same = (expected.argmax(axis=1) == found.argmax(axis=1)).mean()
    return Difference(len(expected), float(same), float(np.abs(expected - found).max()))
