"""What the panel needs of a keeper of photos. Knows no folder."""

from __future__ import annotations

from typing import Protocol

from model.types import Prediction
from widgets.shared import Photo


class Keeps(Protocol):
    """Keeps photos and what was said of them; see `widgets.page.PhotoKeeper`."""

    def keep(self, photo: Photo, prediction: Prediction, said: str | None = None) -> str: ...
