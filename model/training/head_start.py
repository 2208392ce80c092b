"""A head that knows something before the first epoch: fitted to what its body sees in the pictures as it is.

So no epoch is spent on a head alone, and no body is spoiled by the errors of a random one.
"""

from __future__ import annotations

import torch
from torch import nn

from model.evaluation import fit_head
from model.jobs import Report, Stopping
from model.training.loaders import BatchLoader
from model.training.precision import Precision


@torch.no_grad()
def start_head(
    network: nn.Sequential, pictures: BatchLoader, arithmetic: Precision, report: Report, stopping: Stopping
) -> bool:
    """Fit the last layer to what the body sees in pictures; give whether that was stopped, which leaves the layer as it was.

    Events: {"event": "searching", "phase", "done"}.
    """
    body, head = network.eval().to(memory_format=arithmetic.layout)
    found = []
    for number, (batch, _) in enumerate(pictures, start=1):
        with arithmetic.autocast(batch.device):
            maps = body(batch.contiguous(memory_format=arithmetic.layout))
        found.append(maps.float().mean((2, 3)).cpu())
        report({"event": "searching", "phase": "starting the last layer", "done": number / len(pictures)})
        if stopping():
            return True
    last = list(head.children())[-1]
    assert isinstance(last, nn.Linear)
    fitted = fit_head(torch.cat(found).numpy(), pictures.targets, last.out_features)
    last.weight.copy_(torch.from_numpy(fitted.weight))
    last.bias.copy_(torch.from_numpy(fitted.bias))
    return False
