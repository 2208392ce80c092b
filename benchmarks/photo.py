"""The photo that is asked for in benches."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from sklearn.datasets import load_sample_image


def photo_of_a_phone(folder: Path) -> Path:
    """A photograph as the page sends one from a phone: 1024 pixels wide, some 200 KB (scikit-learn's picture of a temple)."""
    path = folder / "photo.jpg"
    Image.fromarray(load_sample_image("china.jpg")).resize((1024, 683), Image.Resampling.LANCZOS).save(path, quality=90)
    return path
