"""export.pkl -> Classifier: pictures in, Predictions out. Serves the safe form; imports neither fastai nor pickle."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from model import artifacts
from model.artifacts import SafeModel, Thresholds, model_card, serving_state, softmax
from model.errors import BadImage, BadModel
from model.images import Framed, Opened, conditions_of, open_for_answer
from model.types import Prediction

BATCH = 32


class Classifier:
    """A trained classifier, from its export and the card beside it."""

    def __init__(self, model: SafeModel, card: dict[str, Any]):
        self.model = model
        self.card = card
        self._thresholds = Thresholds.of(card)

    @classmethod
    def load(cls, path: str | Path | None = None, named: bool | None = None) -> Classifier:
        """Load an export, made here or elsewhere; without a path, the one that serves. Raises BadModel.

        `named` says that the owner asked for this very file (None: as `model_card.is_named` says); one that its card
        contradicts is refused unless they insist.
        """
        if named is None:
            named = path is not None and model_card.is_named(path)
        path = serving_state.serving() if path is None else Path(path)
        checksum, card = model_card.admit(path, named)
        model = artifacts.load_safe_model(path, checksum)
        if card.classes not in (None, model.labels):
            raise BadModel(f"{model_card.beside(path)} names other classes than {path.name} has: restore it, or train again.")
        return cls(model, card.to_json())

    @property
    def vocab(self) -> list[str]:
        """The classes, in the order of the probabilities."""
        return list(self.model.labels)

    def classify(self, pictures: Sequence[bytes | Path | Image.Image]) -> list[Prediction | BadImage]:
        """One answer per picture, in order: a Prediction, or the BadImage that says why there is none."""
        answers: list[Prediction | BadImage] = []
        for start in range(0, len(pictures), BATCH):
            answers += self._classify_some(pictures[start : start + BATCH])
        return answers

    def _classify_some(self, pictures: Sequence[bytes | Path | Image.Image]) -> list[Prediction | BadImage]:
        opened: list[Opened | BadImage] = []
        for source in pictures:
            try:
                picture, note = open_for_answer(source)
                opened.append(Opened(self.model.framing(picture), note))
            except BadImage as error:
                opened.append(error)
        return self.classify_opened(opened)

    def classify_opened(self, opened: Sequence[Opened | Framed | BadImage]) -> list[Prediction | BadImage]:
        """One answer for each of the pictures that are opened and framed, with its note, in order; a BadImage stays."""
        answers = iter(self.classify_framed([each.picture for each in opened if not isinstance(each, BadImage)]))
        return [each if isinstance(each, BadImage) else replace(next(answers), note=each.note) for each in opened]

    def classify_framed(self, framed: Sequence[Image.Image]) -> list[Prediction]:
        """One Prediction per framed picture; their `seconds` is the network's share of each."""
        if not framed:
            return []
        started = time.perf_counter()
        outputs = self.model.run(framed)
        seconds = (time.perf_counter() - started) / len(framed)
        conditions = [conditions_of(picture) for picture in framed]
        return self.to_predictions(softmax(outputs.logits), outputs.similarity, conditions, seconds)

    def to_predictions(
        self,
        probabilities: np.ndarray,
        similarity: np.ndarray | None,
        conditions: Iterable[Sequence[bool]] | None = None,
        seconds: float = 0.0,
    ) -> list[Prediction]:
        """Predictions from probabilities (pictures × classes), from each picture's similarity to the training pictures, and
        from which of CONDITIONS hold for it (None: none of them).
        """
        similarities = [None] * len(probabilities) if similarity is None else similarity.tolist()
        held = [()] * len(probabilities) if conditions is None else conditions
        rows = zip(probabilities.tolist(), similarities, held, strict=True)
        return [self._predict(*row, seconds) for row in rows]

    def _predict(self, row: list[float], similarity: float | None, conditions: Sequence[bool], seconds: float) -> Prediction:
        labels = self.model.labels
        best = max(range(len(row)), key=row.__getitem__)
        status = self._thresholds.status(row[best], similarity, conditions)
        return Prediction(labels[best], row[best], dict(zip(labels, row, strict=True)), status, seconds)
