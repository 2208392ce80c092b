"""scikit-learn's handwritten digits as a folder of pictures: the default data of demonstrations and tests."""

from __future__ import annotations

import tempfile
from pathlib import Path

from model.core import cache_folder, put_in_place

DIGITS = "digits"


def digits_folder() -> Path:
    """scikit-learn's handwritten digits as a folder of class folders: 1,797 pictures of 8 × 8 pixels, 16 greys.

    Uncompressed, so that their bytes, and with them the split, never depend on a library's version.
    """
    folder = cache_folder("digits-1")
    if folder.is_dir():
        return folder
    from PIL import Image
    from sklearn.datasets import load_digits

    bunch = load_digits()
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        for number, (pixels, label) in enumerate(zip(bunch.images, bunch.target, strict=True)):
            class_folder = Path(scratch, "digits", str(label))
            class_folder.mkdir(parents=True, exist_ok=True)
            picture = Image.frombytes("L", (8, 8), bytes(min(255, int(value) * 16) for value in pixels.ravel()))
            picture.save(class_folder / f"{number:04}.bmp")
        try:
            put_in_place(Path(scratch, "digits"), folder)
        except OSError:  # another process was quicker
            if not folder.is_dir():
                raise
    return folder
