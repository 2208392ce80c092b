"""`python -m model.features.body_onnx FILE`: the general body written as ONNX, with its normalisation. Knows torch."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import torch
from torch import nn
from torch.fx.experimental import optimization

from model.backbones import DEFAULT, find_backbone
from model.core import replacing
from model.errors import AppError
from model.features.general_body import SIDE


class _Body(nn.Module):
    """8-bit pixels -> the features, the middle and the maps."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        backbone = find_backbone(DEFAULT)
        body = backbone.build(pretrained=True).eval()
        assert isinstance(body, nn.Sequential)
        self.first, self.last = optimization.fuse(body[:-1]), optimization.fuse(body[-1:])
        self.register_buffer("mean", torch.tensor(backbone.mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(backbone.std).view(1, 3, 1, 1))

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        before = self.first((pixels.float() / 255 - self.mean) / self.std)
        maps = self.last(before)
        return maps.mean((2, 3)), before.mean((2, 3)), maps


def write(file: Path) -> None:
    """Write the general body to `file`, whole or not at all. Raises BadUsage."""
    example = torch.zeros(2, 3, SIDE, SIDE, dtype=torch.uint8)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.export.export(_Body().eval(), (example,), dynamic_shapes=({0: torch.export.Dim.DYNAMIC},))
        written = torch.onnx.export(program, verbose=False, output_names=["features", "middle", "maps"])
    if written is None:
        raise AppError("The general body could not be written as ONNX.")
    with replacing(file) as draft:
        written.save(draft)


if __name__ == "__main__":
    try:
        write(Path(sys.argv[1]))
    except AppError as error:
        sys.exit(f"{type(error).__name__}: " + " ".join(str(error).split()))  # one line, by which it is found
