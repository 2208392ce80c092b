"""A network to fine-tune: a body and a plain head, and what the body starts from: ImageNet, an earlier export, a weights file.

Knows no data.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from model import artifacts
from model.artifacts import model_card
from model.backbones import DEFAULT, Backbone, find_backbone, has_packaged_weights
from model.errors import BadUsage
from model.training.config import IMAGENET, SCRATCH

DROPOUT = 0.2
COUNTER = "num_batches_tracked"  # of batch norms, which older weights files leave out
QUICK_MOMENTUM = 0.1  # of batch norms in new networks: there may be few steps to find their figures in
BODY, HEAD = "0.", "1."  # before the names of a network's weights, of `join`


def join(body: nn.Module, width: int, classes: int) -> nn.Sequential:
    """A body that gives `width` features with a head that averages its maps and weighs them."""
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(DROPOUT), nn.Linear(width, classes))
    return nn.Sequential(body, head)


def check_start(arch: str, init: str | None) -> Backbone:
    """The architecture; what can be told before there is a network is refused. Raises BadUsage."""
    backbone = find_backbone(arch)
    if is_imagenet(init):
        if arch == DEFAULT and not has_packaged_weights():
            backbone.build(pretrained=True)  # which says what to do
    elif init != SCRATCH and not Path(init or "").is_file():
        raise BadUsage(f"There is no file {init} to start from: give an export or a weights file, imagenet or scratch.")
    return backbone


def is_imagenet(init: str | None) -> bool:
    """Whether a training starts from ImageNet's weights, as one does where nothing else is said."""
    return init in (None, IMAGENET)


def start_body(backbone: Backbone, init: str | None) -> tuple[nn.Module, str | None]:
    """A body, and what it starts from, None for random weights; `init` is SCRATCH, IMAGENET (or None), or a file of an export
    or of weights, which the caller trusts. Raises AppError.
    """
    if is_imagenet(init):
        return backbone.build(pretrained=True), "ImageNet"
    body = backbone.build(pretrained=False)
    if init == SCRATCH:
        for module in body.modules():
            if isinstance(module, nn.BatchNorm2d) and module.momentum is not None:
                module.momentum = max(module.momentum, QUICK_MOMENTUM)
        return body, None
    source = Path(str(init))
    if not fill_body(body, weights_in(source)):
        raise BadUsage(
            f"{source.name} holds another architecture than {backbone.name}: choose its own with --arch, or start from "
            "--init imagenet or --init scratch."
        )
    return body, source.name


def weights_in(source: Path) -> dict[str, torch.Tensor]:
    """The weights in an export or in a weights file, the body's first. Raises BadUsage, BadModel."""
    if not source.is_file():
        raise BadUsage(f"There is no file {source} to start from: give an export or a weights file, imagenet or scratch.")
    try:
        state = torch.load(source, map_location="cpu", weights_only=True)
    except Exception:
        model_card.admit(source, named=True)
        state = artifacts.load_learner(source).model.state_dict()
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise BadUsage(f"{source.name} holds no weights to start from: give an export, or a file of weights by their names.")
    if state and all(key.startswith((BODY, HEAD)) for key in state):  # of an export, or kept by safekeeping
        return {key.removeprefix(BODY): value for key, value in state.items() if key.startswith(BODY)}
    return state


def fill_body(body: nn.Module, weights: Mapping[str, torch.Tensor]) -> bool:
    """Fill a body with weights that begin with a body's: the same kinds and shapes in the same order, whatever their names.

    Gives whether they do; if not, the body stays as it was.
    """
    own, given = _countless(body.state_dict()), _countless(weights)
    if [*map(_kind, own.items())] != [*map(_kind, given.items())][: len(own)]:
        return False
    body.load_state_dict(dict(zip(own, given.values(), strict=False)), strict=False)
    return True


def _countless(weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: value for name, value in weights.items() if not name.endswith(COUNTER)}


def _kind(weight: tuple[str, torch.Tensor]) -> tuple[str, torch.Size]:
    """The last part of a weight's name, and its shape."""
    name, value = weight
    return name.rpartition(".")[2], value.shape
