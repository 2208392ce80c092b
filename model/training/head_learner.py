"""The general body with a fitted head, as a fastai learner of stock classes. Knows no pictures."""

from __future__ import annotations

import fastai.vision.all as fv
import torch
from torch import nn

from model.backbones import DEFAULT, find_backbone
from model.evaluation import LinearHead

BACKBONE = find_backbone(DEFAULT)
PIXELS = (BACKBONE.mean, BACKBONE.std)  # mean and deviation of its pixels, from 0 to 1


def learner_with(head: LinearHead) -> fv.Learner:
    """A learner that averages the body's maps and weighs them as the head does. Raises BadUsage without the body's weights."""
    body = BACKBONE.build(pretrained=True).eval()
    linear = nn.Linear(head.weight.shape[1], head.weight.shape[0])
    linear.weight.data, linear.bias.data = torch.from_numpy(head.weight), torch.from_numpy(head.bias)
    model = nn.Sequential(body, nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), linear))
    return fv.Learner(fv.DataLoaders(), model, loss_func=fv.CrossEntropyLossFlat(), metrics=fv.accuracy)
