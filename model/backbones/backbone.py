"""An architecture by its name: the body it gives, the pictures it takes, the ImageNet weights it starts from.

Of torch's and torchvision's own classes, so that an export of it opens in stock fastai; where timm is installed, of timm's too.
Knows torch, neither fastai nor what the body is used for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from urllib.error import URLError

import torch
from torch import nn
from torchvision import models

from model.backbones import efficientnet_lite, packaged_weights
from model.errors import BadUsage

DEFAULT = "efficientnet_lite0"
FITTING = f"{DEFAULT}, resnet18, resnet34, mobilenet_v3_small, efficientnet_b0, convnext_tiny, vit_b_16"  # to name some
TIMM = "timm/"  # before a name that is meant to be timm's, where torchvision has the same
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
LITE_MEAN, LITE_STD = (127 / 255,) * 3, (128 / 255,) * 3
SIDE = 224

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Backbone:
    """A body that can be built: pictures (n × 3 × side × side, normalised) in, maps (n × width × h × w) out.

    `side` is the size in pixels that its ImageNet weights were learned at; `fixed` says that it takes no other. `mean` and
    `std` are those of its pixels, from 0 to 1. `make` builds it, with ImageNet weights where they are asked for.
    """

    name: str
    side: int
    fixed: bool
    mean: Triple
    std: Triple
    make: Callable[[bool], nn.Module]

    def build(self, pretrained: bool) -> nn.Module:
        """The body, from ImageNet weights or from random ones. Raises BadUsage where the weights cannot be had."""
        try:
            return self.make(pretrained)
        except (URLError, OSError, RuntimeError) as error:
            if not pretrained:
                raise
            raise BadUsage(
                f"The ImageNet weights of {self.name} could not be downloaded: check the network, take the default "
                f"architecture, whose weights are installed (--arch {DEFAULT}), or start from a weights file (--init FILE)."
            ) from error

    @property
    def width(self) -> int:
        """How many features the body gives."""
        return _width(self.name)


@cache
def _width(name: str) -> int:
    found = find_backbone(name)
    with torch.no_grad():
        return found.make(False).eval()(torch.zeros(1, 3, found.side, found.side)).shape[1]


def known_names() -> list[str]:
    """The names of architectures that need no further package."""
    return [DEFAULT, *models.list_models(module=models)]


@cache
def find_backbone(name: str) -> Backbone:
    """The architecture called `name`. Raises BadUsage."""
    if name == DEFAULT:
        return Backbone(name, SIDE, False, LITE_MEAN, LITE_STD, _make_lite0)
    if name in models.list_models(module=models):
        return _of_torchvision(name)
    if find_spec("timm"):
        return _of_timm(name)
    close = ", ".join(known for known in known_names() if known[:3] == name[:3]) or FITTING
    raise BadUsage(
        f"There is no architecture called {name}: choose one of torchvision's, for instance {close}; timm's need a package "
        "more (pip install timm)."
    )


def _make_lite0(pretrained: bool) -> nn.Module:
    body = efficientnet_lite.make_body()
    if pretrained:
        efficientnet_lite.fill(body, packaged_weights.LITE0.read())
    return body


def _of_torchvision(name: str) -> Backbone:
    def make(pretrained: bool) -> nn.Module:
        network = models.get_model(name, weights="DEFAULT" if pretrained else None)
        return _without_head(network, name)

    weights = list(models.get_model_weights(name))
    cuts = [each.transforms() for each in weights]
    side = int(cuts[0].crop_size[0]) if cuts and hasattr(cuts[0], "crop_size") else SIDE
    fixed = name.startswith(("vit_", "maxvit"))
    mean, std = (tuple(cuts[0].mean), tuple(cuts[0].std)) if cuts else (IMAGENET_MEAN, IMAGENET_STD)
    return Backbone(name, side, fixed, mean, std, make)


def _without_head(network: nn.Module, name: str) -> nn.Module:
    """The body of one of torchvision's networks, of stock classes alone. Raises BadUsage."""
    if isinstance(network, models.VisionTransformer):
        width = network.hidden_dim
        network.heads = nn.Identity()
        return nn.Sequential(network, nn.Unflatten(1, (width, 1, 1)))
    parts = list(network.children())
    pools = [place for place, part in enumerate(parts) if isinstance(part, (nn.AdaptiveAvgPool2d, nn.AvgPool2d))]
    kept = parts[: pools[-1]] if pools else parts[:-1]  # what pools, and what comes behind it, knows the classes
    body = kept[0] if len(kept) == 1 and isinstance(kept[0], nn.Sequential) else nn.Sequential(*kept)
    if isinstance(network, models.DenseNet):
        body.append(nn.ReLU(inplace=True))  # between its last layer and the pooling, without a layer of its own
    return _checked(body, name)


def _checked(body: nn.Module, name: str) -> nn.Module:
    """The body itself, if it gives maps. Raises BadUsage."""
    try:
        with torch.no_grad():
            training = body.training
            maps = body.eval()(torch.zeros(1, 3, SIDE, SIDE))
            body.train(training)
        if maps.ndim == 4 and maps.shape[1] >= maps.shape[2]:
            return body
    except (RuntimeError, TypeError, ValueError, NotImplementedError, AttributeError):
        pass
    raise BadUsage(f"{name} cannot be given new classes here: choose another, for instance {FITTING}.")


def _of_timm(name: str) -> Backbone:
    import timm

    plain = name.removeprefix(TIMM)
    if plain not in timm.list_models():
        close = ", ".join(timm.list_models(f"*{plain.partition('_')[0]}*")[:8]) or FITTING
        raise BadUsage(
            f"There is no architecture called {name}, in torchvision or in timm: choose another, for instance {close}."
        )

    def make(pretrained: bool) -> nn.Module:
        network = timm.create_model(plain, pretrained=pretrained, num_classes=0)
        return nn.Sequential(network, nn.Unflatten(1, (network.num_features, 1, 1)))

    config = timm.create_model(plain, num_classes=0).pretrained_cfg
    fixed = bool(config.get("fixed_input_size"))
    return Backbone(name, int(config["input_size"][-1]), fixed, tuple(config["mean"]), tuple(config["std"]), make)
