"""What is done to the weights and the targets while a network learns, as fastai callbacks: averages of the last steps, labels
that are not quite sure, pictures mixed with others.
"""

from __future__ import annotations

import fastai.vision.all as fv
import torch
from torch.nn.functional import cross_entropy

from model.training.callbacks import ProgressCallback


class RestingNorms(fv.Callback):
    """Leave the figures that batch norms go by as they were learned, from many more pictures than there are here."""

    def before_train(self) -> None:
        for module in self.model.modules():
            if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
                module.eval()


class AveragedWeights(fv.Callback):
    """Validate, and keep, the average of the weights over the last steps (Polyak and Juditsky 1992), which strays less, and of
    what they started from (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"), which knew more of the world.

    The average forgets by `memory` at each step, faster in the first ones; the start counts for a share of `start`.
    """

    order = ProgressCallback.order - 20  # before whoever looks at the network

    def __init__(self, memory: float = 0.99, start: float = 0.2):
        self._memory, self._start_share, self._steps = memory, start, 0
        self._own: list[torch.Tensor] = []  # what learns on, while the average stands in its place

    def before_fit(self) -> None:
        self._learning = [p for p in self.model.parameters() if p.requires_grad]
        self._start = [p.detach().clone() for p in self._learning]
        self._average = [p.clone() for p in self._start]

    @torch.no_grad()
    def after_step(self) -> None:
        self._steps += 1
        memory = min(self._memory, (1 + self._steps) / (10 + self._steps))
        torch._foreach_lerp_(self._average, self._learning, 1 - memory)

    @torch.no_grad()
    def before_validate(self) -> None:
        self._own = [p.detach().clone() for p in self._learning]
        torch._foreach_copy_(self._learning, torch._foreach_lerp(self._average, self._start, self._start_share))

    @torch.no_grad()
    def before_train(self) -> None:
        if self._own:
            torch._foreach_copy_(self._learning, self._own)
            self._own = []


class SoftTargets(fv.Callback):
    """Learn from labels that are not quite sure, by `smoothing` (Szegedy et al. 2016), and where `mixing` is above 0 from two
    pictures laid over each other (Zhang et al. 2018). The loss that is told is that of the labels as they are.
    """

    def __init__(self, smoothing: float, mixing: float = 0.0, seed: int = 0):
        self._smoothing, self._mixing = smoothing, mixing
        self._chance = torch.Generator().manual_seed(seed)
        self._share, self._others = 1.0, torch.empty(0)

    def before_batch(self) -> None:
        if self.training and self._mixing:
            share = torch._sample_dirichlet(torch.full((2,), self._mixing), generator=self._chance)
            self._share = float(share.max())
            order = torch.randperm(len(self.yb[0]), generator=self._chance).to(self.yb[0].device)
            self.learn.xb = tuple(self._share * x + (1 - self._share) * x[order] for x in self.xb)
            self._others = self.yb[0][order]

    def after_loss(self) -> None:
        if self.training:
            loss = self._share * cross_entropy(self.pred, self.yb[0], label_smoothing=self._smoothing)
            if self._share < 1:
                loss = loss + (1 - self._share) * cross_entropy(self.pred, self._others, label_smoothing=self._smoothing)
            self.learn.loss_grad = loss
