"""Which layers of a network learn, and how fast: what knows the world already changes little, and the first layers not at all.

Knows torch, no data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torch import nn

DECAY = 0.02  # of the weights that multiply, at each step times the learning rate
RATE_SHARES = (0.5, 1.0, 1.0)  # of the highest rate: the first half of the body's layers that learn, the second, the head
FEW_PARTS = 4  # a body of fewer parts learns as a whole


@dataclass(frozen=True)
class Group:
    """Weights that learn at one share of the highest rate."""

    weights: list[nn.Parameter]
    rate_share: float
    decay: float


def learning_groups(network: nn.Sequential, fresh: bool) -> list[Group]:
    """The weights of a body and a head that learn, in groups; the others are told to rest. All learn alike where it is `fresh`.

    Of a body that has learned before, the first third rests, which saves a third of the time, and so do filters of one channel
    each (depthwise), whose gradients cost most and matter least (their batch norms learn).
    """
    body, head = network
    if fresh:
        return _groups([(network, 1.0)])
    parts = list(body.children())
    resting = parts[: len(parts) // 3] if len(parts) >= FEW_PARTS else []
    learning = parts[len(resting) :]
    for part in resting:
        part.requires_grad_(False)
    for module in body.modules():
        if isinstance(module, nn.Conv2d) and module.groups == module.in_channels > 1:
            module.weight.requires_grad_(False)
    middle = len(learning) // 2
    shares = zip((nn.Sequential(*learning[:middle]), nn.Sequential(*learning[middle:]), head), RATE_SHARES, strict=True)
    return _groups(shares)


def _groups(shares: Iterable[tuple[nn.Module, float]]) -> list[Group]:
    """Weights that multiply decay, those that are added do not."""
    return [
        Group(chosen, share, decay)
        for module, share in shares
        for matrices, decay in ((True, DECAY), (False, 0.0))
        if (chosen := [p for p in module.parameters() if p.requires_grad and (p.ndim > 1) == matrices])
    ]
