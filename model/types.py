"""What travels between the parts: frozen dataclasses that turn into JSON and back. Standard library only."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

PICTURE_TYPE = "application/octet-stream"  # a picture as the body of a request, whatever its format
VISIT = "Voilens-Visit"  # the HTTP header in which a visitor's page names itself, by any word of its own, to have its turns
PHOTO = "Voilens-Photo"  # that in which it names a photo, to ask how many are before it
Status = Literal["sure", "unsure", "unfamiliar"]
Split = Literal["train", "valid", "test", "inbox"]
Action = Literal["keep", "delete", "relabel"]


@dataclass(frozen=True)
class Prediction:
    """The answer for one picture.

    `probabilities` sum to 1 and are in the vocabulary's order; `label` is the likeliest class and `probability` its
    share; `seconds` is what the picture took inside the model process; `note` is a sentence on what was made of its file,
    where there is something to say.
    """

    label: str
    probability: float
    probabilities: dict[str, float]
    status: Status
    seconds: float
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a JSON document, without a note that says nothing."""
        return {name: value for name, value in asdict(self).items() if name != "note" or value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Prediction:
        return cls(**{name: data[name] for name in cls.__dataclass_fields__ if name != "note" or name in data})

    def ranked(self) -> list[tuple[str, float]]:
        """Classes and probabilities, likeliest first."""
        return sorted(self.probabilities.items(), key=lambda pair: -pair[1])


@dataclass(frozen=True)
class SimilarPicture:
    """A training picture in which the model sees what it sees in the one it was asked about.

    `label` is its class, `similarity` the cosine of the angle between their features (1: the same), `picture` a small JPEG.
    """

    label: str
    similarity: float
    picture: bytes


@dataclass(frozen=True)
class Explanation:
    """What of a picture led to its answer.

    `label` is the answer, of that `probability`, for which the heat speaks. `photo` is the picture, upright, as a JPEG; `part`
    is what the network saw of it (left, top, right, bottom, in shares of its width and height, beyond 0 and 1 where it was
    padded), `seen` that part by itself, as a JPEG. `heat` is a PNG to lay over the part, empty where the model gives none: the
    brighter a place, the more it speaks for `label`; `where` says where the brightest one lies in the photo, "in the middle"
    say. `similar` are the most similar training pictures, where such are kept. `notes` are sentences on what is missing, or on
    how to read this.
    """

    label: str
    probability: float
    photo: bytes
    part: tuple[float, float, float, float]
    seen: bytes
    heat: bytes = b""
    where: str = ""
    similar: tuple[SimilarPicture, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a JSON document, pictures in base64."""
        return _in_base64(asdict(self))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Explanation:
        similar = tuple(
            SimilarPicture(str(each["label"]), float(each["similarity"]), b64decode(each["picture"]))
            for each in data["similar"]
        )
        left, top, right, bottom = map(float, data["part"])
        return cls(
            str(data["label"]),
            float(data["probability"]),
            b64decode(data["photo"]),
            (left, top, right, bottom),
            b64decode(data["seen"]),
            b64decode(data["heat"]),
            str(data["where"]),
            similar,
            tuple(map(str, data["notes"])),
        )


def _in_base64(value: Any) -> Any:
    """A document with its bytes as text."""
    if isinstance(value, dict):
        return {name: _in_base64(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_in_base64(each) for each in value]
    return b64encode(value).decode() if isinstance(value, bytes) else value


@dataclass(frozen=True)
class Item:
    """One picture of a dataset: where it lies, the class it is filed under, and the side of the split it is on."""

    path: Path
    label: str
    split: Split


@dataclass(frozen=True)
class LeftOut:
    """A file that a dataset does not use, with the reason; where it lies among the pictures of a class, also its `item`."""

    path: Path
    reason: str
    item: Item | None = None


@dataclass(frozen=True)
class Change:
    """What is to be done, or was done, to one picture of a folder.

    `file` and `to` are paths relative to the folder, in POSIX form: where the picture was before, and where it went (None
    while the change is pending). `label` is the new label, None for a deletion.
    """

    file: str
    action: Action
    label: str | None = None
    to: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class AppliedChanges:
    """Changes that were applied together: when (ISO, local time), how many of each action, and whether that was undone."""

    number: int
    time: str
    counts: dict[str, int]
    undone: bool


@dataclass(frozen=True)
class Score:
    """What a model that has not seen the label of a picture makes of it.

    `probability` is that of the `predicted` class, `loss` the cross-entropy of the label, `doubt` from 0 to 1 how likely
    the label is wrong; `suggested` is another label that it should rather have, or None; `doubtful` is the verdict.
    """

    file: str
    label: str
    predicted: str
    probability: float
    loss: float
    doubt: float
    suggested: str | None
    doubtful: bool
    split: Split


@dataclass(frozen=True)
class EvaluationReport:
    """How good a classifier is on a set of pictures it has not learned from.

    `interval` is a 95 % Wilson score interval of `accuracy`; `confusion[i][j]` counts pictures of class i called class
    j; `calibration_error` is the expected calibration error over 15 bins of equal width; `answered` is the share of
    pictures that the classifier is sure of, and `answered_accuracy` the accuracy on those (None when there are none);
    `test_looks` is how often the test pictures have been looked at by now (None when it was not at them).
    """

    split: str
    count: int
    accuracy: float
    interval: tuple[float, float]
    classes: list[str]
    confusion: list[list[int]]
    per_class: dict[str, dict[str, float]]
    calibration_error: float
    answered: float
    answered_accuracy: float | None
    top_losses: list[dict[str, Any]]
    refused: list[dict[str, str]]
    test_looks: int | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
