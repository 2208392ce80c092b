"""Fine-tuning with fastai: pictures and a configuration in, an export and its card out. Knows no screen."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.training.augment import augmented_views
    from model.training.callbacks import Epoch, PrecisionCallback, ProgressCallback
    from model.training.config import AUGMENTATIONS, CROPS, FIND, PRESETS, TrainConfig, choose_config
    from model.training.crops import train_crop
    from model.training.finetune import build
    from model.training.loaders import BatchLoader
    from model.training.pictures import Pictures
    from model.training.pixel_cache import CachedPictures, cache_pictures
    from model.training.precision import choose_precision
    from model.training.prepare import prepare
    from model.training.pretrained import fill_body
    from model.training.stages import train

__all__ = [
    "AUGMENTATIONS",
    "CROPS",
    "FIND",
    "PRESETS",
    "BatchLoader",
    "CachedPictures",
    "Epoch",
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
    "prepare",
    "train",
    "train_crop",
]
__getattr__ = on_first_use(__name__)
