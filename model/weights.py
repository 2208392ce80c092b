"""What a network starts from: the body of an earlier export, or a weights file of torchvision. Knows no data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import fastai.vision.all as fv
import torch
from torch import nn

from model import card, learner
from model.errors import BadModel, BadUsage

SHIPPED = Path(__file__).parent.parent / "export.pkl"
HEADS = ("fc.", "classifier.", "head")  # what torchvision calls the layers that know the classes


def fill_body(body: nn.Module, network: Callable[..., nn.Module], init: str | None) -> str | None:
    """Fill a body with what an earlier network learned; say where from, None for random weights. Raises AppError.

    `init` is "scratch", "imagenet" (whose weights the body has already), a file, or None for the shipped export.
    """
    if init == "scratch":
        return None
    if init == "imagenet":
        return "ImageNet"
    source = Path(init) if init else SHIPPED
    weights = _read(source, network, named=init is not None)
    if {k: v.shape for k, v in weights.items()} != {k: v.shape for k, v in body.state_dict().items()}:
        raise BadUsage(
            f"{source.name} holds another architecture than {network.__name__}: choose its own with --arch, or start from "
            "--init imagenet or --init scratch."
        )
    body.load_state_dict(weights)
    return source.name


def _read(source: Path, network: Callable[..., nn.Module], named: bool) -> dict[str, torch.Tensor]:
    """The body's weights in an export, or in a torchvision weights file."""
    if not source.is_file():
        raise BadUsage(f"There is no file {source} to start from: give an export or a weights file, imagenet or scratch.")
    try:
        state = torch.load(source, map_location="cpu", weights_only=True)
    except Exception:
        card.admit(source, named)
        model = learner.load(source).model
        if not isinstance(model, nn.Sequential):
            raise BadUsage(f"{source.name} has no body of its own to start from: give an export of a vision_learner.") from None
        return model[0].state_dict()
    whole = network(weights=None)
    own = whole.state_dict()
    if not isinstance(state, dict):
        raise BadModel(f"{source.name} holds no weights: give a state dict of torchvision, or an export.")
    fitting = {key: value for key, value in state.items() if key in own and own[key].shape == value.shape}
    missing = [
        key for key in own if key not in fitting and not key.startswith(HEADS) and not key.endswith("num_batches_tracked")
    ]
    foreign = [key for key in state if key not in own and not key.startswith(HEADS)]
    if missing or foreign:
        which = f"{missing[0]} is missing" if missing else f"{foreign[0]} has no place in it"
        raise BadModel(f"{source.name} does not hold the weights of this architecture ({which}): set --arch.")
    whole.load_state_dict(fitting, strict=False)
    meta = fv.model_meta.get(network, {"cut": None})
    return fv.create_body(whole, pretrained=False, cut=meta["cut"]).state_dict()
