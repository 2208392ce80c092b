"""fastai's way to find wrong labels, in a process of its own: the course's recipe, then losses as its cleaner ranks them.

Prints the loss of each training picture, by its path, as JSON.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import fastai.vision.all as fv
from torchvision import models

from model.training import fill_body, weights_in

SIZE, EPOCHS = 128, 4

warnings.simplefilter("ignore")


def main(data: str, weights: str, seed: int) -> None:
    fv.set_seed(seed, reproducible=True)
    loaders = fv.ImageDataLoaders.from_folder(
        data,
        train="train",
        valid="valid",
        item_tfms=fv.RandomResizedCrop(SIZE, min_scale=0.5),
        batch_tfms=fv.aug_transforms(),
    )
    learner = fv.vision_learner(loaders, models.resnet18, pretrained=False, metrics=fv.accuracy)
    fill_body(learner.model[0], weights_in(Path(weights)))
    loaders.add_tfms([fv.Normalize.from_stats(*fv.imagenet_stats)], "after_batch")  # as where fastai fetches the weights
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(EPOCHS)
        loader = learner.dls[0].new(shuffle=False, drop_last=False)  # these two lines are ImageClassifierCleaner's own way
        losses = learner.get_preds(dl=loader, with_input=False, with_loss=True, with_decoded=True)[3]
    print(json.dumps({str(path): float(loss) for path, loss in zip(loader.dataset.items, losses, strict=True)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
