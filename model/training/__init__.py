"""Training: pictures and a configuration in, an export for fastai and its card out. Knows no screen.

config       `TrainConfig`, `PRESETS`: how to train
stages       `train`: check, learn, export, measure, compare, describe, install, one after the other
instant      the way of one preset: a head is fitted to what the general body sees
degraded_rows  what the resting body sees in degraded copies, to learn from and to measure by
fine_tuned   the way of the others: prepare, build, rehearse, finetune
trained      what both give to the stages
head_learner a fitted head as a fastai learner
describing   the card and the result
prepare      pictures decoded once and kept as pixels: `TrainingData`
plan         the epochs before there is any: the size of their pictures, what they cost
estimate     how long a training will take here, for a folder
safekeeping  what was learned, kept until its export is in place
finetune     the learner and its epochs
callbacks    progress, the best so far, early stopping, precision, as fastai callbacks
loaders      batches from kept pixels
augment      random crops, flips, light; one picture as training sees it (may it be mirrored: model/data)
hardships    grey, tinted, dark, blurred, turned pictures among the others
background   objects on plain card laid over other backgrounds
layers       which layers learn, and how fast
last_layer   the last layer before and after the epochs: fitted, made as sure as it is right
softening    averages of weights, labels that are not quite sure, as fastai callbacks
crops        which part of a picture is kept, and which part the network sees
pixel_cache  decoded pixels in one file, kept for the next training
precision    the quickest arithmetic on this machine
network      a body and its head, what the body starts from
pictures     a list of pictures as training uses it: give a number, get its pixels
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.training.augment import augmented_views
    from model.training.callbacks import PrecisionCallback, ProgressCallback
    from model.training.config import (
        AUGMENTATIONS,
        CROPS,
        DEFAULT_PRESET,
        FIND,
        FINE_TUNING,
        OPTIONS,
        PRESETS,
        SIDEWAYS,
        UNFINISHED,
        TrainConfig,
        choose_config,
        why_fine_tuned,
    )
    from model.training.crops import train_crop
    from model.training.estimate import PictureCounts, in_words, pace_of
    from model.training.finetune import build
    from model.training.loaders import BatchLoader
    from model.training.network import fill_body, weights_in
    from model.training.pictures import Pictures
    from model.training.pixel_cache import CachedPictures, cache_pictures
    from model.training.plan import Epoch
    from model.training.precision import choose_precision
    from model.training.prepare import prepare
    from model.training.stages import train

__all__ = [
    "AUGMENTATIONS",
    "CROPS",
    "DEFAULT_PRESET",
    "FIND",
    "FINE_TUNING",
    "OPTIONS",
    "PRESETS",
    "SIDEWAYS",
    "UNFINISHED",
    "BatchLoader",
    "CachedPictures",
    "Epoch",
    "PictureCounts",
    "Pictures",
    "PrecisionCallback",
    "ProgressCallback",
    "TrainConfig",
    "augmented_views",
    "build",
    "cache_pictures",
    "choose_config",
    "choose_precision",
    "fill_body",
    "in_words",
    "pace_of",
    "prepare",
    "train",
    "train_crop",
    "weights_in",
    "why_fine_tuned",
]
__getattr__ = on_first_use(__name__)
