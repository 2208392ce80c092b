"""From which share on an answer is sure, and below which similarity a picture is unfamiliar. Knows cards, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.artifacts.model_card import SURE, UNLIKE, sure_if
from model.images import CONDITIONS
from model.types import Status


@dataclass(frozen=True)
class Thresholds:
    """What a card says of it, in full.

    `sure` is the share from which on an answer counts; `sure_if` that which is asked for in each of CONDITIONS, and
    `sure_unlike` that for a picture whose similarity to the training pictures is below `close` (None: none is enough). Below
    `familiar` a picture is unfamiliar. None, where similarity tells nothing.
    """

    sure: float
    sure_if: dict[str, float]
    sure_unlike: float | None
    familiar: float | None
    close: float | None

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> Thresholds:
        """Those of a card, read as JSON."""
        said = card.get("thresholds") or {}
        sure = float(said.get("sure", SURE))
        unlike = said.get(sure_if(UNLIKE))
        return cls(
            sure,
            {name: float(said.get(sure_if(name), sure)) for name in CONDITIONS},
            None if unlike is None else float(unlike),
            said.get("familiar"),
            said.get("close"),
        )

    def status(self, share: float, similarity: float | None, conditions: Sequence[bool]) -> Status:
        """What an answer with this share is, for a picture of this similarity (None: not known) for which these hold."""
        if _below(similarity, self.familiar):
            return "unfamiliar"
        if _below(similarity, self.close) and self.sure_unlike is None:
            return "unsure"
        held = [self.sure_if[name] for name, holds in zip(CONDITIONS, conditions, strict=False) if holds]
        unlike = [self.sure_unlike or 0.0] if _below(similarity, self.close) else []
        return "sure" if share >= max([self.sure, *held, *unlike]) else "unsure"


def _below(similarity: float | None, threshold: float | None) -> bool:
    """Whether a picture is too unlike those that were learned from, where that can be told."""
    return similarity is not None and threshold is not None and similarity < threshold
