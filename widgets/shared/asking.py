"""What every part that asks the model keeps to: how many photos at once, how many bytes, what it says of a failure."""

from __future__ import annotations

import dataclasses
from typing import Any, Protocol

from model.errors import AppError, BadImage, TooLarge
from model.types import Explanation, Prediction
from widgets.shared.uploader import Photo
from widgets.shared.words import WORDS

ASKED_AT_ONCE = 4  # photos of one visitor that are with the model process
MAX_HELD = 128_000_000  # bytes of the photos of one turn
SORRY: str = WORDS["refusal"]["sorry"]


class Classifies(Protocol):
    """What the panel needs of a client; see `model.client.Client`."""

    def announced(self) -> list[str]: ...
    def card(self) -> dict[str, Any]: ...
    def classify(self, picture: bytes, waiting: Any = ..., wanted: Any = ...) -> Prediction: ...
    def explain(self, picture: bytes, for_visitors: bool | None = ...) -> Explanation: ...


def within_bounds(photo: Photo, held: int) -> Photo:
    """The photo, or its refusal where it makes the bytes `held` too many for one go."""
    if held <= MAX_HELD:
        return photo
    too_much = TooLarge(WORDS["refusal"]["too-many-at-once"], code="too-many-at-once")
    return dataclasses.replace(photo, content=b"", refusal=photo.refusal or too_much)


def to_refusal(error: Exception) -> dict[str, Any]:
    """Why there is no answer, as the browser gets it: see `Refusal` in answers.js."""
    known = error if isinstance(error, AppError) else AppError(SORRY, code="sorry")
    return {**known.reason(), "sentence": str(known), "photo": isinstance(known, BadImage)}
