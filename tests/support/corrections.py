"""A file of corrections, as the page without a server saves it."""

from __future__ import annotations

import base64
import json
from typing import Any

from samples import encoded, photo

CLASSES = ["Bär", "cat", "two words"]
MODEL = "ab" * 32


def correction(seed: int = 0, said: str = "cat", **others: Any) -> dict[str, Any]:
    """One photo, called a Bär by the model."""
    shares = {"Bär": 0.7, "cat": 0.2, "two words": 0.1}
    prediction = {"label": "Bär", "probability": 0.7, "probabilities": shares, "status": "unsure"}
    content = base64.b64encode(encoded(photo(seed=seed), "JPEG")).decode()
    return {"name": f"{seed}.jpg", "said": said, "prediction": prediction, "photo": content, **others}


def document(*photos: dict[str, Any], **others: Any) -> bytes:
    whole = {"format": "voilens-corrections", "version": 1, "model": MODEL, "photos": list(photos), **others}
    return json.dumps(whole, ensure_ascii=False).encode()
