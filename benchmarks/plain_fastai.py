"""fastai as its tutorials train it, in a process of its own: accuracy and seconds so far at each epoch's end, as JSON."""

from __future__ import annotations

import json
import sys
import time
import warnings

import fastai.vision.all as fv
from torchvision import models

from model.training import fill_body

warnings.simplefilter("ignore")


class Clock(fv.Callback):
    order = 60  # after the recorder

    def __init__(self, started: float):
        self.started = started
        self.epochs: list[dict[str, float]] = []

    def after_epoch(self) -> None:
        accuracy = float(self.recorder.values[-1][-1])
        self.epochs.append({"seconds": time.perf_counter() - self.started, "accuracy": accuracy})
        print(self.epochs[-1], file=sys.stderr, flush=True)


def main(data: str, weights: str, size: int, epochs: int, seed: int) -> None:
    started = time.perf_counter()
    fv.set_seed(seed)
    loaders = fv.ImageDataLoaders.from_folder(
        data, train="train", valid="valid", item_tfms=fv.Resize(size), batch_tfms=fv.aug_transforms()
    )
    learner = fv.vision_learner(loaders, models.resnet18, pretrained=False, metrics=fv.accuracy)
    fill_body(learner.model[0], models.resnet18, weights)
    loaders.add_tfms([fv.Normalize.from_stats(*fv.imagenet_stats)], "after_batch")  # as where fastai fetches the weights
    clock = Clock(started)
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(epochs, cbs=clock)
    print(json.dumps(clock.epochs))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
