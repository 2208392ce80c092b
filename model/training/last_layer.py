"""What is done to a network's last layer around its epochs: before them it is fitted to what the body sees in the pictures, so
that no epoch is spent on a head alone; after them it is made as sure as it is right. Knows batches, no learner.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from model.evaluation import fit_head, fit_temperature
from model.jobs import Report, Stopping
from model.training.loaders import BatchLoader
from model.training.precision import Precision

ENOUGH = 50  # pictures, at the least, to tell from how sure a network may be


def start_head(
    network: nn.Sequential, pictures: BatchLoader, arithmetic: Precision, report: Report, stopping: Stopping
) -> bool:
    """Fit the last layer to what the body sees in pictures; give whether that was stopped, which leaves the layer as it was.

    Events: {"event": "searching", "phase", "done"}.
    """
    body, head = network
    found = []
    for number, maps in enumerate(_seen_by(network, body, pictures, arithmetic), start=1):
        found.append(maps.mean((2, 3)))
        report({"event": "searching", "phase": "starting the last layer", "done": number / len(pictures)})
        if stopping():
            return True
    last = _linear(head)
    fitted = fit_head(torch.cat(found).numpy(), pictures.targets, last.out_features)
    _fill(last, fitted.weight, fitted.bias)
    return False


def temper(network: nn.Sequential, pictures: BatchLoader, arithmetic: Precision) -> None:
    """Divide what the last layer says by the temperature that suits pictures which nothing was learned from."""
    if len(pictures.targets) < ENOUGH:
        return
    logits = torch.cat(list(_seen_by(network, network, pictures, arithmetic))).numpy()
    temperature, last = fit_temperature(logits, pictures.targets), _linear(network[1])
    _fill(last, last.weight.detach().cpu().numpy() / temperature, last.bias.detach().cpu().numpy() / temperature)


@torch.no_grad()
def _seen_by(network: nn.Module, part: nn.Module, pictures: BatchLoader, arithmetic: Precision) -> Iterator[torch.Tensor]:
    """What a part of the network gives for each batch, as it does when nothing is learned."""
    network.eval().to(memory_format=arithmetic.layout)
    for batch, _ in pictures:
        with arithmetic.autocast(batch.device):
            seen = part(batch.contiguous(memory_format=arithmetic.layout))
        yield seen.float().cpu()


def _linear(head: nn.Module) -> nn.Linear:
    last = list(head.children())[-1]
    assert isinstance(last, nn.Linear)
    return last


@torch.no_grad()
def _fill(last: nn.Linear, weight: np.ndarray, bias: np.ndarray) -> None:
    last.weight.copy_(torch.from_numpy(weight))
    last.bias.copy_(torch.from_numpy(bias))
