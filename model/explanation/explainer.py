"""A framed picture and its answer -> an Explanation, within three passes of the network.

Knows a safe form and what lies beside its export, neither requests nor a page.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model.artifacts import SafeModel, batches
from model.core import checksum
from model.errors import AppError
from model.explanation import drawing
from model.explanation.activation_map import HeatMap, heat_map
from model.explanation.neighbours import Neighbours, neighbours_beside
from model.images import Box, Framed, to_jpeg
from model.types import Explanation, Prediction, SimilarPicture

SHOWN = 640  # pixels of the longer side of the photo that an explanation shows
SIMILAR = 3  # training pictures that it shows
NO_HEAT = (
    "This model does not say which places of a photo it goes by: exports made elsewhere, or by an earlier version, mostly do "
    "not. One that is trained here says it."
)
WEAK = "No place by itself says much: the answer comes from all of them together."
SPREAD = "No place stands out: what speaks for the answer is spread over the whole photo."


class Explainer:
    """Explains the answers of one model, whose export is named where training pictures may be kept beside it."""

    def __init__(self, model: SafeModel, export: Path | None = None):
        self._model, self._export = model, export
        self._kept: Neighbours | None = None
        self._kept_of: tuple[int, int] | None = None  # the file's time and size: it may be made while the model serves

    def explain(self, framed: Framed, prediction: Prediction, for_visitors: bool = False) -> Explanation:
        """What of a picture that was framed to be shown led to its answer; `for_visitors` says who will see it."""
        outputs = self._look(framed)
        found = self._heat(framed, outputs, prediction.label)
        similar, notes = self._similar(outputs.get("features"), for_visitors)
        if found is None:
            notes = (NO_HEAT, *notes)
        elif found.weak or found.spread:
            notes = (WEAK if found.weak else SPREAD, *notes)
        return Explanation(
            label=prediction.label,
            probability=prediction.probability,
            photo=framed.photo,
            part=framed.part,
            seen=to_jpeg(framed.picture, SHOWN, quality=90),
            heat=b"" if found is None else drawing.png(drawing.in_colours(found.places)),
            where="" if found is None or found.weak else _in_words(found.brightest, framed.part),
            similar=similar,
            notes=notes,
        )

    def _look(self, framed: Framed) -> dict[str, np.ndarray]:
        """What the network says of a picture besides its answer, by name; empty where it says nothing more."""
        network = self._model.network
        names = [name for name in ("heat", "features") if network is not None and name in network.outputs]
        if network is None or not names:
            return {}
        return dict(zip(names, network(_pixels(framed), names), strict=True))

    def _heat(self, framed: Framed, outputs: dict[str, np.ndarray], label: str) -> HeatMap | None:
        if self._model.network is None or "heat" not in outputs:
            return None
        return heat_map(self._model.network, _pixels(framed), outputs["heat"], self._model.labels.index(label))

    def _similar(self, features: np.ndarray | None, for_visitors: bool) -> tuple[tuple[SimilarPicture, ...], tuple[str, ...]]:
        """The most similar training pictures, and what is to be said of them."""
        try:
            kept = self._neighbours() if features is not None else None
        except AppError as error:
            return (), (str(error),)
        if features is None or kept is None or (for_visitors and not kept.for_visitors):
            return (), ()
        return tuple(kept.nearest(features[0], SIMILAR)), ()

    def _neighbours(self) -> Neighbours | None:
        """The training pictures that are kept by now. Raises AppError."""
        if self._export is None:
            return None
        file = neighbours_beside(self._export)
        try:
            found = file.stat()
        except OSError:
            self._kept, self._kept_of = None, None
            return None
        now = found.st_mtime_ns, found.st_size
        if now != self._kept_of:
            self._kept = Neighbours.load(file, checksum(self._export))
            self._kept_of = now
        return self._kept


def _pixels(framed: Framed) -> np.ndarray:
    ((_, pixels),) = batches([framed.picture])
    return pixels


def _in_words(place: tuple[float, float], part: Box) -> str:
    """Where a place of the part that was seen lies in the photo."""
    across, down = (
        min(2, max(0, int(3 * (start + share * (end - start)))))
        for share, start, end in zip(place, part[:2], part[2:], strict=True)
    )
    if across == down == 1:
        return "in the middle"
    return "at the " + " ".join(filter(None, (("top", "", "bottom")[down], ("left", "", "right")[across])))
