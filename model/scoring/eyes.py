"""What looks at the pictures of a folder: the general body by default, or the body of an export. Knows networks, no labels.

An eye's rows are kept by content under its key; from them follow the features by which labels are judged and, where the eye is
an export, what that export says of the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from model.artifacts import ModelCard, SafeModel, grafted_head, model_card, serving_state, softmax
from model.catalog import GENERAL
from model.errors import BadModel
from model.features import NAME, WIDTH, FrozenBody, as_rows, from_rows, frozen_body
from model.images import Transforms

INSTANT = "instant"  # the preset by which a head is fitted to what the general body sees


@dataclass(frozen=True)
class Answers:
    """What a model that answers says of pictures: `probabilities` (pictures × labels) of its `labels`."""

    labels: list[str]
    probabilities: np.ndarray


class Eye(Protocol):
    """Looks at framed pictures; `key` is the name that its rows are kept under, `fact` what the catalog tells of it."""

    @property
    def key(self) -> str: ...
    @property
    def fact(self) -> dict[str, Any]: ...
    @property
    def framing(self) -> Transforms: ...
    def see(self, framed: Sequence[Image.Image]) -> np.ndarray: ...
    def features(self, rows: np.ndarray) -> np.ndarray: ...
    def answers(self, rows: np.ndarray) -> Answers | None: ...


class GeneralEye:
    """The general body; what it has seen for a training it need not see again, nor the other way round."""

    key = NAME
    fact: dict[str, Any] = {"export": "", "name": GENERAL, "model": NAME, "eye": NAME}

    @property
    def framing(self) -> Transforms:
        return self._body.framing

    def see(self, framed: Sequence[Image.Image]) -> np.ndarray:
        return as_rows(self._body.see(framed))

    def features(self, rows: np.ndarray) -> np.ndarray:
        return from_rows(rows).features

    def answers(self, rows: np.ndarray) -> Answers | None:
        return None

    @cached_property
    def _body(self) -> FrozenBody:
        return frozen_body()


class HeadEye(GeneralEye):
    """The general body with the head of an export that was trained on it in an instant: its answers cost no look at all."""

    def __init__(self, export: Path, checksum: str, card: ModelCard):
        head = grafted_head(checksum)
        if head is None or head[1].shape[1] != WIDTH:
            raise BadModel(f"{export.name} has no head on the general body.")
        self._labels, self._weight, self._bias = head
        self.fact = _fact(export, card, checksum, self.key)

    @classmethod
    def serving(cls) -> HeadEye | None:
        """That of the model that serves, where it has one."""
        export = serving_state.serving()
        with suppress(BadModel):
            checksum, card = model_card.admit(export, named=False)
            if (card.recipe or {}).get("preset") == INSTANT:
                return cls(export, checksum, card)
        return None

    def answers(self, rows: np.ndarray) -> Answers | None:
        return Answers(self._labels, softmax(self.features(rows) @ self._weight.T + self._bias))


class ExportEye:
    """The body of an export, and its answers; `named` says that the owner asked for this very file. Raises BadModel."""

    def __init__(self, export: Path, named: bool):
        self._export, self._named = export.absolute(), named  # which holds in a worker elsewhere, too
        self._checksum, self._card = model_card.admit(export, named)

    @property
    def key(self) -> str:
        return f"{self._checksum} with answers"

    @property
    def fact(self) -> dict[str, Any]:
        return _fact(self._export, self._card, self._checksum, self.key)

    @property
    def framing(self) -> Transforms:
        return self._model.framing

    def see(self, framed: Sequence[Image.Image]) -> np.ndarray:
        """Features, or the logits where the export gives none, and the logits."""
        outputs = self._model.run(framed)
        if outputs.embeddings is None and outputs.logits.shape[1] < 2:
            raise BadModel("This model sees one class only, so it cannot tell what is doubtful: train one on several classes.")
        features = outputs.logits if outputs.embeddings is None else outputs.embeddings
        return np.concatenate([features, outputs.logits], axis=1)

    def features(self, rows: np.ndarray) -> np.ndarray:
        return rows[:, : -len(self._model.labels)]

    def answers(self, rows: np.ndarray) -> Answers | None:
        labels = list(self._model.labels)
        return Answers(labels, softmax(rows[:, -len(labels) :]))

    @cached_property
    def _model(self) -> SafeModel:
        from model.classifier import Classifier

        return Classifier.load(self._export, self._named).model


def _fact(export: Path, card: ModelCard, checksum: str, key: str) -> dict[str, Any]:
    """What the catalog tells of an export that looked or answered; `name` is what its pictures were called."""
    return {"export": str(export.absolute()), "name": (card.data or {}).get("name"), "model": checksum, "eye": key}
