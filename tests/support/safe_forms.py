"""A safe form made by hand: a network that answers by colour, tells where, and how familiar a photo is. Without torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model.artifacts import ModelCard, SafeModel, model_card
from model.images import Resize, Transforms

CLASSES = ["red", "green <b>", "blue"]
SIDE = 224
CELL = 32
CARD = {
    "file": "export.pkl",
    "classes": CLASSES,
    "architecture": "by hand",
    "made": "2026-01-01",
    "data": {"name": "colours", "train": 3, "note": "Plain pictures."},
    "measured": {"on": "3 pictures", "accuracy": 0.9, "interval_95": [0.5, 0.99], "answered": 0.8, "answered_accuracy": 1.0},
    "thresholds": {"sure": 0.6, "familiar": 0.1},
    "recipe": {"seed": 7},
}


def by_colour(folder: Path, export: str = "0" * 64) -> Path:
    """The folder of a form whose classes are the bands of a photo; a dark photo is unfamiliar."""
    folder.mkdir(parents=True)
    nodes = [
        helper.make_node("Cast", ["pixels"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "scale"], ["bands"]),
        helper.make_node("AveragePool", ["bands"], ["heat"], kernel_shape=[CELL, CELL], strides=[CELL, CELL]),
        helper.make_node("GlobalAveragePool", ["bands"], ["means"]),
        helper.make_node("Flatten", ["means"], ["logits"]),
        helper.make_node("ReduceMean", ["logits"], ["brightness"], axes=[1], keepdims=0),
        helper.make_node("Identity", ["brightness"], ["familiar"]),
        helper.make_node("Identity", ["logits"], ["features"]),
    ]
    cells = SIDE // CELL
    outputs = {"logits": ["n", 3], "familiar": ["n"], "heat": ["n", 3, cells, cells], "features": ["n", 3]}
    graph = helper.make_graph(
        nodes,
        "by colour",
        [helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(np.array(5 / 255, np.float32), "scale")],
    )
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(network, folder / "network.onnx")
    SafeModel(CLASSES, Transforms("RGB", (Resize("crop", (SIDE, SIDE), 2),))).save(folder, export)
    return folder


def with_card(folder: Path) -> Path:
    """The same with its card, as it is named in the place of an export."""
    model_card.write(by_colour(folder), ModelCard.from_json({**CARD, "file": folder.name}))
    return folder
