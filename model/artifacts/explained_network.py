"""A network that tells more than its logits: its features, how familiar a picture is, where the answer comes from.

Knows torch, no learner.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import nn
from torch.fx.experimental import optimization

FEATURES = 2  # layers of a fastai head that pool and flatten: what follows sees the features
NEIGHBOUR = 10


def is_linear(head: nn.Module) -> bool:
    """Whether a head averages the maps and weighs them, and nothing else."""
    kinds = [type(layer) for layer in head.children() if not isinstance(layer, nn.Dropout)]
    return kinds[:1] == [nn.AdaptiveAvgPool2d] and kinds[2:] == [nn.Linear]


def parts_of(body: nn.Module) -> tuple[nn.Module, nn.Module]:
    """A body as all but its last part, and that."""
    if isinstance(body, nn.Sequential) and len(body) > 1:
        return body[:-1], body[-1:]
    return body, nn.Identity()


class Average(nn.Module):
    """Maps (n × width × h × w) to their average over all places (n × width); what has no places stays."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3)) if x.ndim == 4 else x


class Explained(nn.Module):
    """Normalised pictures in; out come the logits, the features, how familiar the picture is and, for a linear head, the heat:
    the logits that each place of the maps would give by itself (n × classes × h × w), whose average are the logits (Zhou et al.
    2016, "Learning deep features for discriminative localization").

    Familiar is minus the squared Mahalanobis distance to the nearest class, by number of dimensions (Lee et al. 2018, "A simple
    unified framework for detecting out-of-distribution samples"), of the direction of the signed roots of the middle.
    """

    whitening: torch.Tensor
    centres: torch.Tensor

    def __init__(self, model: nn.Sequential, familiarity: Mapping[str, torch.Tensor]):
        super().__init__()
        body, head = model
        self.head = nn.Sequential(*head.children())
        first, last = parts_of(body)
        self.first, self.last, self.average = fused(first), fused(last), Average()
        self.places: nn.Module | None = _on_each_place(list(head.children())[-1]) if is_linear(head) else None
        self.register_buffer("whitening", familiarity["whitening"].float())
        self.register_buffer("centres", familiarity["centres"].float() @ familiarity["whitening"].float())

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        before = self.first(x)
        maps = self.last(before)
        features = self.head[:FEATURES](maps)
        found = self.head[FEATURES:](features), features, self._familiar(self.average(before))
        return found if self.places is None else (*found, self.places(maps))

    def _familiar(self, middle: torch.Tensor) -> torch.Tensor:
        directions = F.normalize(middle.sign() * middle.abs().sqrt(), dim=1)
        apart = (directions @ self.whitening).unsqueeze(1) - self.centres
        return -apart.square().mean(2).amin(1)


def _on_each_place(linear: nn.Module) -> nn.Conv2d:
    """A linear layer as a convolution, for maps."""
    assert isinstance(linear, nn.Linear)
    layer = nn.Conv2d(linear.in_features, linear.out_features, 1)
    layer.weight.data, bias = linear.weight.data[:, :, None, None], linear.bias
    layer.bias = None if bias is None else nn.Parameter(bias.data)
    return layer


class Neighbours(nn.Module):
    """Features in; out come the logits, the features, and how like the training pictures each picture is, from -1 to 1.

    That is the cosine similarity of its features to the NEIGHBOUR-th most similar training picture (Sun et al. 2022,
    "Out-of-distribution detection with deep nearest neighbors"), by which exports of earlier versions tell it.
    """

    known: torch.Tensor

    def __init__(self, rest_of_head: nn.Module, known: torch.Tensor):
        super().__init__()
        self.rest_of_head = rest_of_head
        self.register_buffer("known", known.T.contiguous())

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        alike = F.normalize(x, dim=1) @ self.known
        return self.rest_of_head(x), x, alike.topk(min(NEIGHBOUR, alike.shape[1]), dim=1).values[:, -1]


def fused(model: nn.Module) -> nn.Module:
    """Batch norms folded into the convolutions before them, where the network can be traced for that."""
    try:
        return optimization.fuse(model)
    except Exception:
        return model
