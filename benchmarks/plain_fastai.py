"""fastai as its tutorials train it, in a process of its own: accuracy and seconds so far at each epoch's end, as JSON."""

from __future__ import annotations

import json
import sys
import time
import warnings

import fastai.vision.all as fv
from torch import nn

from model.backbones import DEFAULT, find_backbone

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


def main(data: str, size: int, epochs: int, seed: int) -> None:
    started, backbone = time.perf_counter(), find_backbone(DEFAULT)
    fv.set_seed(seed)
    loaders = fv.ImageDataLoaders.from_folder(
        data, train="train", valid="valid", item_tfms=fv.Resize(size), batch_tfms=fv.aug_transforms()
    )
    head = fv.create_head(backbone.width, loaders.c)  # as vision_learner puts it on a body
    fv.apply_init(head, nn.init.kaiming_normal_)
    network = nn.Sequential(backbone.build(pretrained=True), head)
    learner = fv.Learner(loaders, network, splitter=fv.default_split, metrics=fv.accuracy)
    loaders.add_tfms([fv.Normalize.from_stats(backbone.mean, backbone.std)], "after_batch")
    clock = Clock(started)
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(epochs, cbs=clock)
    print(json.dumps(clock.epochs))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
