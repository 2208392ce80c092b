"""Networks that are trained and exported in a moment, found by their names as torchvision's own are. Of stock parts alone."""

from itertools import pairwise  # no postponed annotations here: torchvision reads those of `weights`

from torch import nn
from torchvision import models
from torchvision.models._api import WeightsEnum, register_model

WIDTH = 32  # of what `small_body` gives
SMALL, SMALL_TRANSFORMER = "small", "vit_small"


class NoWeights(WeightsEnum):
    """Nobody has trained them."""


def small_body(channels: int) -> nn.Module:
    """A body to fine-tune: a head of fastai's own goes on it, as on one of torchvision."""
    widths = (channels, 8, 16, 16, WIDTH)
    parts = [
        nn.Sequential(nn.Conv2d(before, after, 3, stride=2, padding=1), nn.BatchNorm2d(after), nn.ReLU())
        for before, after in pairwise(widths)
    ]
    return nn.Sequential(*parts)


def small(weights: NoWeights | None = None) -> nn.Module:
    return nn.Sequential(small_body(3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(WIDTH, 10))


def small_transformer(weights: NoWeights | None = None) -> nn.Module:
    """Of the class of torchvision's, and for pictures of one size as they are."""
    return models.VisionTransformer(image_size=224, patch_size=32, num_layers=2, num_heads=2, hidden_dim=64, mlp_dim=128)


for name, make in ((SMALL, small), (SMALL_TRANSFORMER, small_transformer)):
    make.__module__ = "torchvision.models.of_the_tests"  # whereby torchvision lists it among those that classify
    register_model(name)(make)
