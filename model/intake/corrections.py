"""A visitor's corrections: one file of JSON in which a published page puts photos, its answers and what was said of them.

A page without a server writes it in the browser, a page with one by `CorrectionsFile`. For its reader it comes from a stranger:
all of it is right, or nothing of it is taken. Its photos are opened by workers before they count, and then wait in the inbox as
suggestions.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from model.artifacts import model_card, registry, serving_state
from model.core import MAX_BYTES, checksum_of, listing
from model.errors import AppError, BadData, BadModel, Busy
from model.images import WorkerPool, open_for_answer
from model.intake.inbox import NOTHING, Delivery, Inbox, Sent
from model.types import Prediction

FORMAT, VERSION = "voilens-corrections", 1
MAX_PHOTOS = 200  # in one file
MAX_FILE = MAX_BYTES  # bytes of one file
LONGEST_NAME, LONGEST_LABEL = 200, 80  # letters
AROUND = 1000  # bytes of a file that are no photo's, at most
STATUSES = ("sure", "unsure", "unfamiliar")
AGAIN = "ask whoever gave it to you to save it again"


class CorrectionsFile:
    """A file of corrections that grows, up to its limits; `model` is the checksum of the model that answered."""

    def __init__(self, model: str):
        self.model = model
        self._photos: list[bytes] = []  # each as it stands in the file

    def __len__(self) -> int:
        return len(self._photos)

    def add(self, content: bytes, name: str, prediction: Prediction, said: str) -> bool:
        """Add a photo with its answer and what was said of it; False where there is no more room."""
        answer = prediction.to_json()
        document = {
            "name": name[:LONGEST_NAME],
            "said": said,
            "prediction": {key: answer[key] for key in ("label", "probability", "probabilities", "status")},
            "photo": base64.b64encode(content).decode(),
        }
        photo = json.dumps(document).encode()
        if len(self._photos) == MAX_PHOTOS or sum(map(len, [*self._photos, photo])) + len(self._photos) + AROUND > MAX_FILE:
            return False
        self._photos.append(photo)
        return True

    def content(self) -> bytes:
        """The file by now."""
        head = json.dumps({"format": FORMAT, "version": VERSION, "model": self.model, "photos": []}).encode()
        return head[:-2] + b",".join(self._photos) + head[-2:]


def as_said(label: str, classes: Collection[str]) -> str:
    """What a person typed, as a file may hold it: a class as it is, else what can be printed of it, in one line."""
    if label in classes:
        return label
    plain = "".join(letter for letter in label if letter.isprintable() or letter.isspace())
    return " ".join(plain.split())[:LONGEST_LABEL].strip()


def take_corrections(data: str | Path, content: bytes, name: str) -> int:
    """Take a file of corrections into the inbox of a dataset; how many photos that are. Raises AppError, with nothing taken.

    It must be about a model that is here, all of whose classes the dataset has.
    """
    name = f"“{name[:LONGEST_NAME]}”"
    if len(content) > MAX_FILE:
        raise BadData(f"{name} has more than the {MAX_FILE // 1_000_000} MB that such a file may have. {NOTHING}")
    inbox, delivery = Inbox(data), Delivery(checksum_of(content), name)
    document = _document(content, name)
    classes = _classes_of(document["model"], name)
    if strange := sorted(set(classes) - inbox.classes()):
        raise BadData(
            f"{name} is about a model that knows {listing(strange, 'and')}, and these pictures have no such class: drop it "
            f"where the pictures are that this model was taught. {NOTHING}"
        )
    inbox.check_new(delivery)
    photos = _photos(document, classes, name)
    _check_open(photos, name)
    return len(inbox.add_all(photos, delivery))


def _document(content: bytes, name: str) -> dict[str, Any]:
    """What the file holds, as far as its outermost keys."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BadData(f"{name} is no file of corrections: take one that “Save my corrections” made. {NOTHING}")
    version, model, photos = document.get("version"), document.get("model"), document.get("photos")
    if type(version) is int and version > VERSION:
        raise BadData(f"{name} was made by a later version of the page: update this program, then drop it again. {NOTHING}")
    if type(version) is not int or not isinstance(model, str) or not isinstance(photos, list) or not photos:
        _damaged(name)
    if len(photos) > MAX_PHOTOS:
        raise BadData(f"{name} holds more than the {MAX_PHOTOS} photos that such a file may have. {NOTHING}")
    return document


def _classes_of(sha256: str, name: str) -> list[str]:
    """The classes of the model of this checksum: the one that serves, one that did, or one of a training."""
    before = [serving_state.serving(), serving_state.previous(), registry.shipped()]
    trained = [card.with_name(registry.EXPORT) for card in registry.runs_folder().glob(f"*/{model_card.NAME}")]
    for export in dict.fromkeys(filter(None, [*before, *trained])):
        try:
            card = model_card.read(export)
        except BadModel:  # which says nothing of these photos
            continue
        if card and card.sha256 == sha256:
            return card.classes or []
    raise BadData(f"{name} is about a model that is not here: drop it on the machine where that was published. {NOTHING}")


def _photos(document: Mapping[str, Any], classes: Sequence[str], name: str) -> list[Sent]:
    """The photos of a document, each content once, with the last word."""
    try:
        photos = [_photo(each, classes) for each in document["photos"]]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        _damaged(name)
    return list({photo.content: photo for photo in photos}.values())


def _photo(found: Mapping[str, Any], classes: Sequence[str]) -> Sent:
    """One photo of a document. Raises ValueError, or what Python raises where something has another form."""
    photo, name, said = found["photo"], found["name"], found["said"]
    if not (isinstance(photo, str) and isinstance(name, str) and isinstance(said, str)):
        raise ValueError
    if len(name) > LONGEST_NAME or not said.isprintable() or said != said.strip() or not 0 < len(said) <= LONGEST_LABEL:
        raise ValueError
    content = base64.b64decode(photo, validate=True)
    return Sent(content, name.encode(errors="replace").decode(), _prediction(found["prediction"], classes), said)


def _prediction(found: Mapping[str, Any], classes: Collection[str]) -> Prediction:
    label, shares, status = found["label"], found["probabilities"], found["status"]
    if status not in STATUSES or label not in classes or shares.keys() != set(classes):
        raise ValueError
    probabilities = {name: _share(shares[name]) for name in classes}
    return Prediction(label, probabilities[label], probabilities, status, 0.0)


def _share(value: object) -> float:
    if type(value) not in (int, float) or not math.isfinite(value) or not 0 <= value <= 1:  # type: ignore[operator, arg-type]
        raise ValueError
    return float(value)  # type: ignore[arg-type]


def _check_open(photos: Sequence[Sent], name: str) -> None:
    """Have every photo opened by a process with limited memory and time. Raises AppError where one is refused."""
    with WorkerPool(opened, workers=2, yields=True) as pool:
        outcomes = [pool.submit(None, photo.content) for photo in photos]
        for photo, future in zip(photos, outcomes, strict=True):
            outcome = future.result()
            if isinstance(outcome, Busy):
                raise outcome
            if isinstance(outcome, AppError):
                raise BadData(f"{name} holds a photo that cannot be opened, {photo.name[:60]}: {AGAIN}. {NOTHING}") from outcome


def opened(_request: None, content: bytes) -> tuple[list[int], bytes]:
    """The task of a worker: open a photo; its width and height."""
    return list(open_for_answer(content).picture.size), b""


def _damaged(name: str) -> NoReturn:
    raise BadData(f"{name} is damaged: {AGAIN}. {NOTHING}")
