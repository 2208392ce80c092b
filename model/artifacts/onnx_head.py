"""A linear head written into a body's ONNX file: what `onnx_writer` would make of both, in a tenth of a second.

The body's file has the outputs `features`, `middle` and `maps` (`model.features`). Knows onnx and numpy, no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model.artifacts.safe_model import OUTPUTS

TINY = 1e-12  # the shortest length by which a direction is divided


def write(body: Path, file: Path, weight: np.ndarray, bias: np.ndarray, familiarity: Mapping[str, np.ndarray]) -> None:
    """Write `file`, a network with the outputs of OUTPUTS: the `body` with a linear head and what tells what is familiar.

    `weight` is classes × width, `bias` classes; `familiarity` has `whitening` (middle × middle), `centres` (classes × middle).
    The formulas are those of the exporter's network (`model.artifacts.explained_network`).
    """
    model = onnx.load(body)
    graph = model.graph
    whitening = familiarity["whitening"].astype(np.float32)
    constants = {
        "head.weight": weight.T,
        "head.on_maps": weight[:, :, None, None],
        "head.bias": bias,
        "familiar.whitening": whitening,
        "familiar.centres": (familiarity["centres"].astype(np.float32) @ whitening)[None],
        "familiar.tiny": np.float32(TINY),
    }
    for name, values in constants.items():
        graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values, dtype=np.float32), name))
    for name, axes in (("familiar.classes", 1), ("familiar.width", 2)):
        graph.initializer.append(numpy_helper.from_array(np.array([axes], dtype=np.int64), name))
    graph.node.extend(
        [
            helper.make_node("Gemm", ["features", "head.weight", "head.bias"], ["logits"]),
            helper.make_node("Conv", ["maps", "head.on_maps", "head.bias"], ["heat"], kernel_shape=[1, 1]),
            *_familiar(),
        ]
    )
    places = [value.name for value in graph.output]
    maps = graph.output[places.index("maps")].type.tensor_type.shape.dim
    first, *area = (dimension.dim_param or dimension.dim_value for dimension in (maps[0], maps[2], maps[3]))
    classes, width = weight.shape
    shapes = {"logits": [first, classes], "features": [first, width], "familiar": [first], "heat": [first, classes, *area]}
    del graph.output[:]
    graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in OUTPUTS)
    onnx.save(model, file)


def read(network: bytes) -> tuple[np.ndarray, np.ndarray] | None:
    """The weight (classes × width) and the bias that `write` has written into a file of these bytes; None where it was made
    otherwise.
    """
    found = {constant.name: constant for constant in onnx.load_from_string(network).graph.initializer}
    if not {"head.weight", "head.bias"} <= found.keys():
        return None
    return numpy_helper.to_array(found["head.weight"]).T, numpy_helper.to_array(found["head.bias"])


def _familiar() -> list[onnx.NodeProto]:
    """Minus the squared distance of the middle's direction to the nearest centre, by dimension."""
    steps: list[tuple[str, list[str], str, dict[str, Any]]] = [
        ("Sign", ["middle"], "sign", {}),
        ("Abs", ["middle"], "size", {}),
        ("Sqrt", ["familiar.size"], "root", {}),
        ("Mul", ["familiar.sign", "familiar.root"], "rooted", {}),
        ("ReduceL2", ["familiar.rooted", "familiar.classes"], "norm", {"keepdims": 1}),
        ("Max", ["familiar.norm", "familiar.tiny"], "length", {}),
        ("Div", ["familiar.rooted", "familiar.length"], "direction", {}),
        ("MatMul", ["familiar.direction", "familiar.whitening"], "white", {}),
        ("Unsqueeze", ["familiar.white", "familiar.classes"], "beside", {}),
        ("Sub", ["familiar.beside", "familiar.centres"], "apart", {}),
        ("Mul", ["familiar.apart", "familiar.apart"], "squared", {}),
        ("ReduceMean", ["familiar.squared", "familiar.width"], "distances", {"keepdims": 0}),
        ("ReduceMin", ["familiar.distances", "familiar.classes"], "distance", {"keepdims": 0}),
    ]
    nodes = [helper.make_node(kind, given, [f"familiar.{gives}"], **options) for kind, given, gives, options in steps]
    return [*nodes, helper.make_node("Neg", ["familiar.distance"], ["familiar"])]
