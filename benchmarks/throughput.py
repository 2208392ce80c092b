"""Pictures per second while training, and of the bare network on ready tensors, in turns; prints both medians as JSON."""

from __future__ import annotations

import copy
import json
import sys
import time
import warnings
from statistics import median

import fastai.vision.all as fv
import torch
from torch.nn.functional import cross_entropy

from model import training
from model.data import read_dataset
from model.training import Epoch, PrecisionCallback, ProgressCallback, choose_config, prepare

EPOCHS = 3  # the first one warms
BLOCK = 8  # batches of the training, then as many of the bare network, so that what else the machine does meets both alike

warnings.simplefilter("ignore")


class Turns(fv.Callback):
    """Times blocks of batches of the training, the coming of the next one included, and of the bare network after each."""

    order = 100  # after what else happens to a batch

    def __init__(self, arithmetic: PrecisionCallback):
        self.arithmetic = arithmetic
        self.training_rates: list[float] = []
        self.bare_rates: list[float] = []

    def before_train(self) -> None:
        self.begun = time.perf_counter()

    def after_batch(self) -> None:
        if self.learn.training and (self.iter + 1) % BLOCK == 0:
            taken, count = time.perf_counter() - self.begun, len(self.yb[0])
            if self.epoch:
                self.training_rates.append(BLOCK * count / taken)
                self.bare_rates.append(self._bare(count))
            self.begun = time.perf_counter()

    def _bare(self, count: int) -> float:
        layout, device = self.arithmetic.precision.layout, self.dls.device
        network = copy.deepcopy(self.learn.model).to(memory_format=layout).train()
        ready = torch.rand(count, 3, self.dls.train.size, self.dls.train.size, device=device).contiguous(memory_format=layout)
        targets = torch.zeros(count, dtype=torch.long, device=device)
        begun = time.perf_counter()
        for _ in range(BLOCK):
            with self.arithmetic.precision.autocast(device):
                logits = network(ready)
            cross_entropy(logits.float(), targets).backward()
            network.zero_grad()
        return BLOCK * count / (time.perf_counter() - begun)


def main(data: str, size: int) -> None:
    config = choose_config("quick", size=size)
    learner = training.build(prepare(read_dataset(data), config), config).learner
    learner.unfreeze()
    arithmetic = PrecisionCallback(training.choose_precision(learner.model, config.arch, size, learner.dls.device))
    progress = ProgressCallback([Epoch(size)] * EPOCHS, size, lambda event: None)
    turns = Turns(arithmetic)
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(EPOCHS, 1e-3, cbs=[arithmetic, progress, turns])
    print(json.dumps([median(turns.training_rates), median(turns.bare_rates)]))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
