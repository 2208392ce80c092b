"""`python -m model.features.body_onnx FILE`: the general body written as ONNX, with its normalisation.

Its kinds of layers are few, so each is written as it is, with the batch norm behind it folded in: that takes a tenth of the
time of an exporter that follows any program. Knows torch, which reads the weights.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torchvision.models.mobilenetv2 import InvertedResidual

from model.backbones import DEFAULT, find_backbone
from model.core import replacing, tell_refusal
from model.errors import BadUsage
from model.features.general_body import WIDTH

OPSET = 18


class _Graph:
    """An ONNX graph that grows: each function adds nodes behind the value called `x` and gives the name of what comes out."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        name = f"{kind}-{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, value: torch.Tensor) -> str:
        name = f"weight-{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(value.detach().numpy(), name))
        return name

    def sequence(self, x: str, layers: list[nn.Module]) -> str:
        """Layers one after the other: convolutions with their padding and their batch norm, blocks, ReLU6."""
        for layer, after in zip(layers, [*layers[1:], nn.Identity()], strict=True):
            if isinstance(layer, nn.ZeroPad2d):
                continue  # the convolution behind it pads
            if isinstance(layer, nn.Conv2d):
                before = layers[layers.index(layer) - 1]
                x = self.convolution(x, layer, after, before.padding if isinstance(before, nn.ZeroPad2d) else None)
            elif isinstance(layer, nn.ReLU6):
                x = self.add("Clip", [x, self.constant(torch.tensor(0.0)), self.constant(torch.tensor(6.0))])
            elif isinstance(layer, InvertedResidual):
                inner = self.sequence(x, _flat(layer.conv))
                x = self.add("Add", [x, inner]) if layer.use_res_connect else inner
            elif not isinstance(layer, nn.BatchNorm2d):
                raise TypeError(f"{type(layer).__name__} is no layer of this body")
        return x

    def convolution(self, x: str, layer: nn.Conv2d, norm: nn.Module, padding: tuple[int, ...] | None) -> str:
        assert isinstance(norm, nn.BatchNorm2d)
        fused = fuse_conv_bn_eval(layer, norm)
        left, right, top, bottom = padding or (fused.padding[1], fused.padding[1], fused.padding[0], fused.padding[0])
        assert fused.bias is not None
        weight, bias = self.constant(fused.weight), self.constant(fused.bias)
        strides, pads = list(fused.stride), [top, left, bottom, right]
        return self.add(
            "Conv", [x, weight, bias], kernel_shape=list(fused.kernel_size), strides=strides, pads=pads, group=fused.groups
        )

    def average(self, x: str, name: str) -> None:
        axes = self.constant(torch.tensor([2, 3]))
        self.nodes.append(helper.make_node("ReduceMean", [x, axes], [name], keepdims=0))


def _flat(layers: nn.Sequential) -> list[nn.Module]:
    """Layers without the sequences that they are in; a block stays whole."""
    return [inner for layer in layers for inner in (_flat(layer) if isinstance(layer, nn.Sequential) else [layer])]


@torch.no_grad()
def write(file: Path) -> None:
    """Write the general body to `file`, whole or not at all. Raises BadUsage."""
    backbone = find_backbone(DEFAULT)
    body = backbone.build(pretrained=True).eval()
    assert isinstance(body, nn.Sequential)
    mean, std = (torch.tensor(each).view(1, 3, 1, 1) for each in (backbone.mean, backbone.std))
    graph = _Graph()
    x = graph.add("Cast", ["pixels"], to=TensorProto.FLOAT)
    x = graph.add("Div", [graph.add("Sub", [x, graph.constant(255 * mean)]), graph.constant(255 * std)])
    before = graph.sequence(x, _flat(body[:-1]))
    maps = graph.sequence(before, _flat(body[-1:]))
    graph.average(maps, "features")
    graph.average(before, "middle")
    graph.nodes.append(helper.make_node("Identity", [maps], ["maps"]))
    pictures = helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", 3, "height", "width"])
    shapes: dict[str, list[str | int | None]] = {
        "features": ["n", WIDTH],
        "middle": ["n", None],
        "maps": ["n", WIDTH, None, None],
    }
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    whole = helper.make_graph(graph.nodes, "body", [pictures], outputs, graph.weights)
    made = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    onnx.checker.check_model(made)
    with replacing(file) as draft:
        onnx.save_model(made, draft)


if __name__ == "__main__":
    tell_refusal(lambda: write(Path(sys.argv[1])), BadUsage)
