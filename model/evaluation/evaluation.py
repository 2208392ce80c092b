"""How good a classifier is, on pictures it has not learned from. Knows classifiers and datasets, no fastai."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from model.artifacts import softmax
from model.classifier import BATCH, Classifier
from model.errors import BadData, BadImage
from model.evaluation.metrics import calibration_error, confusion_counts, per_class, wilson
from model.evaluation.thresholds import Answered, choose_thresholds
from model.images import conditions_of, open_picture
from model.types import EvaluationReport, Item

TOP_LOSSES = 20

View = Callable[[Image.Image, int], Image.Image | None]  # of an upright picture and its place; None: it cannot be had of it


@dataclass(frozen=True)
class Evaluation:
    """What a classifier made of some pictures, in one pass; reports, thresholds and answers follow from it.

    `items` are those that could be opened; `probabilities` are items × classes, and `similarity` is how like the training
    pictures each is, the higher the more (None where the export cannot tell); `refused` are the files that could not be opened,
    with the reason; `conditions` are which of `model.images.CONDITIONS` hold (items × conditions; None: none of them).
    """

    classifier: Classifier
    items: list[Item]
    probabilities: np.ndarray
    similarity: np.ndarray | None
    refused: list[dict[str, str]]
    conditions: np.ndarray | None = None

    @property
    def right(self) -> np.ndarray:
        """Which pictures are called by their label."""
        return self.probabilities.argmax(axis=1) == self._actual

    @property
    def losses(self) -> np.ndarray:
        """The cross-entropy of each picture: -log of the probability given to its label."""
        return -np.log(np.maximum(self.probabilities[np.arange(len(self.items)), self._actual], 1e-12))

    @property
    def _actual(self) -> np.ndarray:
        places = {label: place for place, label in enumerate(self.classifier.vocab)}
        return np.array([places[item.label] for item in self.items])

    def answers(self) -> list[dict[str, Any]]:
        """One row a picture, {file, label, predicted, probability, loss}: what is in the cells of the confusion matrix."""
        rows = zip(self.items, self.probabilities.argmax(axis=1), self.probabilities.max(axis=1), self.losses, strict=True)
        return [
            {
                "file": str(item.path),
                "label": item.label,
                "predicted": self.classifier.vocab[predicted],
                "probability": float(probability),
                "loss": float(loss),
            }
            for item, predicted, probability, loss in rows
        ]

    def report(self, split: str, sure: np.ndarray | None = None) -> EvaluationReport:
        """The figures; `sure` says which answers are (None: as the classifier's card has it)."""
        classes, right, rows = self.classifier.vocab, self.right, self.answers()
        sure = self.sure() if sure is None else sure
        actual, predicted = ([row[key] for row in rows] for key in ("label", "predicted"))
        return EvaluationReport(
            split=split,
            count=len(rows),
            accuracy=float(right.mean()),
            interval=wilson(int(right.sum()), len(rows)),
            classes=classes,
            confusion=confusion_counts(actual, predicted, classes),
            per_class=per_class(actual, predicted, classes),
            calibration_error=calibration_error(self.probabilities.max(axis=1), right),
            answered=float(sure.mean()),
            answered_accuracy=float(right[sure].mean()) if sure.any() else None,
            top_losses=sorted(rows, key=lambda row: -row["loss"])[:TOP_LOSSES],
            refused=self.refused,
        )

    def sure(self, thresholds: dict[str, float] | None = None) -> np.ndarray:
        """Which answers are sure; with other thresholds than those of the classifier's card where they are given."""
        classifier = self.classifier
        if thresholds is not None:
            classifier = Classifier(classifier.model, {"thresholds": thresholds})
        predictions = classifier.to_predictions(self.probabilities, self.similarity, self.conditions)
        return np.array([prediction.status == "sure" for prediction in predictions])

    def thresholds(self, degraded: Iterable[Evaluation] = ()) -> dict[str, float]:
        """The thresholds that follow from these pictures and from degraded copies, by `choose_thresholds`."""
        return choose_thresholds(self._answered, [copies._answered for copies in degraded])

    def where(self, places: np.ndarray) -> Evaluation:
        """The answers to some of the items."""
        similarity, conditions = (None if rows is None else rows[places] for rows in (self.similarity, self.conditions))
        items = [self.items[place] for place in places]
        return Evaluation(self.classifier, items, self.probabilities[places], similarity, [], conditions)

    @property
    def _answered(self) -> Answered:
        return Answered(self.probabilities, self._actual, self.similarity, self.conditions)


def evaluate(classifier: Classifier, items: Sequence[Item], progress: Callable[[int], None] = lambda count: None) -> Evaluation:
    """Open and classify `items` once; `progress` is called after each batch with how many are done, and may raise to end it.

    Raises BadData for classes that the model does not know, or when no picture can be opened.
    """
    return evaluate_views(classifier, items, {"": lambda picture, place: picture}, progress)[""]


def evaluate_views(
    classifier: Classifier,
    items: Sequence[Item],
    views: Mapping[str, View],
    progress: Callable[[int], None] = lambda count: None,
) -> dict[str, Evaluation]:
    """Open `items` once and classify several views of each; where a view cannot be had of any of them, it is left out.

    `progress` as of `evaluate`, and the same errors.
    """
    unknown = sorted({item.label for item in items} - set(classifier.vocab))
    if unknown:
        raise BadData(
            f"The model does not know the class “{unknown[0]}”; it knows {', '.join(classifier.vocab)}. Rename the "
            "folder, or train a model on these classes."
        )
    refused: list[dict[str, str]] = []
    found = {name: _Answers([], [], [], []) for name in views}
    for start in range(0, len(items), BATCH):
        framed: dict[str, list[tuple[Item, Image.Image]]] = {name: [] for name in views}
        for place, item in enumerate(items[start : start + BATCH], start):
            try:
                picture = open_picture(item.path)
                seen = [(name, view(picture, place)) for name, view in views.items()]
                ready = [(name, classifier.model.framing(viewed)) for name, viewed in seen if viewed is not None]
            except BadImage as error:
                refused.append({"file": str(item.path), "error": str(error)})
                continue
            for name, each in ready:
                framed[name].append((item, each))
        for name, rows in framed.items():
            found[name].add(classifier, rows)
        progress(min(start + BATCH, len(items)))
    if len(refused) == len(items):
        raise BadData(f"None of the {len(items)} pictures can be opened: {refused[0]['error']}")
    return {name: answers.together(classifier, refused) for name, answers in found.items() if answers.items}


@dataclass(frozen=True)
class _Answers:
    """The answers so far, batch by batch."""

    items: list[Item]
    probabilities: list[np.ndarray]
    similarities: list[np.ndarray]
    conditions: list[tuple[bool, ...]]

    def add(self, classifier: Classifier, framed: Sequence[tuple[Item, Image.Image]]) -> None:
        if not framed:
            return
        outputs = classifier.model.run([picture for _, picture in framed])
        self.items.extend(item for item, _ in framed)
        self.conditions.extend(conditions_of(picture) for _, picture in framed)
        self.probabilities.append(softmax(outputs.logits))
        if outputs.similarity is not None:
            self.similarities.append(outputs.similarity)

    def together(self, classifier: Classifier, refused: list[dict[str, str]]) -> Evaluation:
        similarity = np.concatenate(self.similarities) if self.similarities else None
        return Evaluation(
            classifier, self.items, np.concatenate(self.probabilities), similarity, refused, np.array(self.conditions)
        )
