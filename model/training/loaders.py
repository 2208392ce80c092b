"""Shrunk pictures -> batches for a network: cropped, augmented, normalised. Knows torch, neither fastai nor files.

What chance does to a picture depends on the seed, the epoch and the picture's number alone, so the same seed gives the same
batches, whatever else the machine does. A picture is cut by Pillow while the batch before it is being learned from; turning,
warping and light are one sampling and one scaling of the whole batch, where the network is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from model.images import Cut
from model.training.augment import IMAGENET, Augmentation, Normal, cut, finish
from model.training.config import TrainConfig
from model.training.pictures import Framed, Pictures


class BatchLoader:
    """An endless supply of epochs: each time it is gone through, (pictures, targets) in batches.

    With `config`, pictures are shuffled and chance does its work (`size` may be changed between epochs, and all batches of an
    epoch have one length, so some pictures may wait for the next); without, they come in their order, as they are. `pixels` are
    the mean and the deviation that they are normalised by.
    """

    def __init__(
        self,
        pictures: Pictures,
        targets: Sequence[int],
        size: int,
        batch: int,
        config: TrainConfig | None = None,
        augment: Sequence[str] = (),
        pixels: Normal = IMAGENET,
    ):
        self.pictures, self.size, self.epoch = pictures, size, 0
        self._targets = torch.tensor(targets)
        self._config, self._augment, self._pixels = config, augment, pixels
        if config:  # batches of one length, never of one picture, which a batch norm cannot take
            self._passes = max(1, len(pictures) // batch)
            self._batch = len(pictures) // self._passes
        else:
            self._passes, self._batch = -(-len(pictures) // batch), batch
        self.device = torch.device("cpu")

    def __len__(self) -> int:
        return self._passes

    @property
    def n(self) -> int:
        """How many pictures there are."""
        return len(self.pictures)

    def in_order(self, cut: Cut, size: int) -> BatchLoader:
        """The same pictures, each cut as it is, without chance."""
        pictures = Framed(self.pictures, cut)
        return BatchLoader(pictures, self._targets.tolist(), size, self._batch, pixels=self._pixels).to(self.device)

    @property
    def targets(self) -> np.ndarray:
        """The number of each picture's class."""
        return self._targets.numpy()

    def to(self, device: torch.device) -> BatchLoader:
        """Batches will come on this device."""
        self.device = device
        return self

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        order = np.arange(len(self.pictures))
        if self._config:
            np.random.default_rng([self._config.seed, self.epoch]).shuffle(order)
        batches = [order[start : start + self._batch] for start in range(0, len(order), self._batch)][: self._passes]
        epoch, self.epoch = self.epoch, self.epoch + 1
        with ThreadPoolExecutor(1) as beside:  # one batch ahead
            ready = beside.submit(self._cut, batches[0], epoch)
            for number, chosen in enumerate(batches):
                pixels, chances = ready.result()
                if number + 1 < len(batches):
                    ready = beside.submit(self._cut, batches[number + 1], epoch)
                yield finish(pixels.to(self.device), chances, self._pixels), self._targets[chosen].to(self.device)

    def _cut(self, chosen: np.ndarray, epoch: int) -> tuple[torch.Tensor, list[Augmentation] | None]:
        pixels = np.empty((len(chosen), self.size, self.size, 3), dtype=np.uint8)
        chances: list[Augmentation] = []
        for row, number in enumerate(chosen):
            picture = self.pictures[int(number)]
            if self._config:
                seed = (self._config.seed, epoch, int(number))
                chances.append(Augmentation.draw(self._config, self._augment, picture.size, seed))
                pixels[row] = cut(picture, chances[-1], self.size)
            else:
                pixels[row] = np.asarray(picture)
        return torch.from_numpy(pixels), chances if self._config else None
