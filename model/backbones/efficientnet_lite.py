"""EfficientNet-Lite0's body from torch's and torchvision's own classes, so that an export of it opens in stock fastai.

Tan and Le 2019, "EfficientNet"; the Lite variants leave out squeeze-and-excitation and swish. The same function as the
published networks for sides that are multiples of 32, whose paddings are even there. Knows torch, no weights file.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn
from torchvision.models.mobilenetv2 import InvertedResidual

WIDTH = 1280  # of the features
STEM = 32
STAGES = (  # times wider inside a block, channels, blocks, stride of the first, side of the kernel
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)


def make_body() -> nn.Sequential:
    """A stem, a part for each block, and the last convolution: pictures (n × 3 × s × s) -> maps (n × WIDTH × s/32 × s/32)."""
    parts: list[nn.Module] = [nn.Sequential(_convolution(3, STEM, 3, 2), _norm(STEM), nn.ReLU6(True))]
    width = STEM
    for expansion, channels, blocks, first_stride, kernel in STAGES:
        for number in range(blocks):
            stride = first_stride if number == 0 else 1
            block = InvertedResidual(width, channels, stride, expansion, norm_layer=_norm)
            inside = width * expansion
            block.conv[0 if expansion == 1 else 1][0] = _convolution(inside, inside, kernel, stride, inside)
            parts.append(block)
            width = channels
    parts.append(nn.Sequential(_convolution(width, WIDTH, 1), _norm(WIDTH), nn.ReLU6(True)))
    return nn.Sequential(*parts)


def fill(body: nn.Module, weights: Mapping[str, torch.Tensor]) -> None:
    """Fill a body with published weights, which have other names in the same order. Raises ValueError for another network's."""
    given = [value for name, value in weights.items() if not name.startswith(("_fc", "classifier"))]
    own = body.state_dict()
    if [value.shape for value in given] != [value.shape for value in own.values()]:
        raise ValueError("These are the weights of another network.")
    body.load_state_dict(dict(zip(own, given, strict=True)))


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


def _convolution(channels: int, out: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Module:
    """A convolution that is padded as TensorFlow pads even sides, where the weights are from: more at the end than before."""
    if stride == 1:
        return nn.Conv2d(channels, out, kernel, 1, kernel // 2, groups=groups, bias=False)
    before, after = (kernel - 2) // 2, (kernel - 1) // 2
    padding = nn.ZeroPad2d((before, after, before, after))
    return nn.Sequential(padding, nn.Conv2d(channels, out, kernel, stride, 0, groups=groups, bias=False))
