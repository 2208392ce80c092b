"""A network in half precision weighs half as much and answers the same; one that would not stays as it is."""

from __future__ import annotations

import numpy as np
import pytest
from samples import photo

from model.artifacts import OnnxNetwork, make_safe_model
from model.core import PROJECT, checksum
from model.publishing.precision import choose, stored_in


@pytest.fixture(scope="module")
def network() -> bytes:
    export = PROJECT / "export.pkl"
    return (make_safe_model(export, checksum(export)) / "network.onnx").read_bytes()


def test_half_precision_halves_the_shipped_network_and_keeps_its_answers(network):
    chosen = choose(network, [photo(224, 224, seed) for seed in range(4)])
    assert chosen.precision == "half"
    assert len(chosen.content) < 0.56 * len(network)
    assert chosen.half.pictures == 4
    assert chosen.half.largest < 0.03


def test_its_outputs_are_those_of_before(network):
    smaller = OnnxNetwork(stored_in(network, "half"))
    whole = OnnxNetwork(network)
    assert smaller.outputs == whole.outputs
    pixels = np.asarray(photo(224, 224)).transpose(2, 0, 1)[None]
    for found, expected in zip(smaller(pixels), whole(pixels), strict=True):
        np.testing.assert_allclose(found, expected, atol=0.05, rtol=0.05)


def small(weight: np.ndarray) -> bytes:
    """A network of one layer that joins six channels of 16 × 16 pixels to two classes."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("Cast", ["input"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("Concat", ["pixels", "pixels"], ["twice"], axis=1),
        helper.make_node("Conv", ["twice", "weight"], ["joined"]),
        helper.make_node("Flatten", ["joined"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("input", TensorProto.UINT8, ["batch", 3, 16, 16])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2])],
        [numpy_helper.from_array(weight.astype(np.float32), "weight")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    helper.set_model_props(model, {"made by": "somebody in /home/somebody"})
    return model.SerializeToString()


def test_a_network_that_would_answer_otherwise_stays_in_single_precision():
    weight = np.full((2, 6, 16, 16), 0.1)
    weight[1] += np.linspace(-2e-5, 2e-5, 1536).reshape(6, 16, 16)  # which half precision does not tell from nothing
    chosen = choose(small(weight), [photo(16, 16, seed) for seed in range(6)])
    assert chosen.precision == "single"
    assert not chosen.half.is_small


def test_weights_beyond_half_precision_stay_and_what_the_exporter_noted_goes():
    content = stored_in(small(np.full((2, 6, 16, 16), 1e6)), "half")
    assert b"somebody" not in content
    assert len(content) > 2 * 1536 * 4
