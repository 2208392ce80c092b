"""What a network is, one of torchvision's architectures, and what it starts from: an earlier export's body, or a weights file.

Knows no data.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import fastai.vision.all as fv
import torch
from torch import nn
from torchvision import models

from model import artifacts
from model.artifacts import model_card, registry
from model.errors import BadModel, BadUsage

FITTING = "resnet18, resnet34, mobilenet_v3_small, efficientnet_b0"  # to name some that work
HEADS = ("fc.", "classifier.", "head")  # what torchvision calls the layers that know the classes


@cache
def architecture(name: str) -> Callable[..., nn.Module]:
    """One of torchvision's networks, of those that fastai can give a new head. Raises BadUsage."""
    known = models.list_models(module=models)
    if name not in known:
        close = ", ".join(n for n in known if n[:3] == name[:3]) or FITTING
        raise BadUsage(f"There is no architecture called {name}: choose one of torchvision's, for instance {close}.")
    network = getattr(models, name)
    if network not in fv.model_meta:  # nobody says where its body ends: see whether that can be found
        try:
            fv.create_vision_model(network, 2, pretrained=False)
        except Exception as error:
            raise BadUsage(f"{name} cannot be given new classes here: choose another, for instance {FITTING}.") from error
    return network


def fill_body(body: nn.Module, network: Callable[..., nn.Module], init: str | None) -> str | None:
    """Fill a body with what an earlier network learned; say where from, None for random weights. Raises AppError.

    `init` is "scratch", "imagenet" (whose weights the body has already), a file, or None for the shipped export.
    """
    if init == "scratch":
        return None
    if init == "imagenet":
        return "ImageNet"
    source = Path(init) if init else registry.shipped()
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
        model_card.admit(source, named)
        model = artifacts.load_learner(source).model
        if not isinstance(model, nn.Sequential):
            raise BadUsage(f"{source.name} has no body of its own to start from: give an export of a vision_learner.") from None
        return model[0].state_dict()
    if isinstance(state, dict) and state and all(key.startswith(("0.", "1.")) for key in state):  # kept by safekeeping
        return {key.removeprefix("0."): value for key, value in state.items() if key.startswith("0.")}
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
