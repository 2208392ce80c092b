"""An untrained resnet18 for pictures of 192 pixels, as a fastai export, in a process of its own: what it costs to serve one.

python -m benchmarks.resnet18 EXPORT
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

import fastai.vision.all as fv
from PIL import Image

SIDE = 192
warnings.simplefilter("ignore")


def main(export: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        for label in ("a", "b", "c", "d", "e", "f"):
            Path(name, label).mkdir()
            for number in range(4):
                Image.new("RGB", (SIDE, SIDE), (number, 0, 0)).save(Path(name, label, f"{number}.png"))
        loaders = fv.ImageDataLoaders.from_folder(name, valid_pct=0.5, seed=0, item_tfms=fv.Resize(SIDE), bs=4)
        fv.vision_learner(loaders, fv.resnet18, pretrained=False).export(export)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
