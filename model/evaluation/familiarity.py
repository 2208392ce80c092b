"""How like the training pictures a picture is: Mahalanobis distance to the nearest class, in what the last layer but one sees.

Lee et al. 2018, "A simple unified framework for detecting out-of-distribution samples and adversarial attacks". Knows arrays,
no network. The export computes the same (`model.artifacts.explained_network`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.covariance import LedoitWolf

from model.evaluation.linear_head import folds_of


@dataclass(frozen=True)
class Familiarity:
    """What is needed to tell: `whitening` (width × width), after which each class is a ball; `centres` (classes × width)."""

    whitening: np.ndarray
    centres: np.ndarray

    def arrays(self) -> dict[str, np.ndarray]:
        """By the names that an export knows."""
        return {"whitening": self.whitening, "centres": self.centres}

    def scores(self, middles: np.ndarray) -> np.ndarray:
        """How familiar pictures are (pictures × width in): minus the squared distance by dimension, the higher the more."""
        apart = (directions(middles) @ self.whitening)[:, None] - (self.centres @ self.whitening)[None]
        return -np.square(apart).mean(axis=2).min(axis=1)


def directions(middles: np.ndarray) -> np.ndarray:
    """Signed roots, of length 1: no single number outweighs the rest."""
    rooted = np.sign(middles) * np.sqrt(np.abs(middles))
    return (rooted / np.maximum(np.linalg.norm(rooted, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def fit_familiarity(middles: np.ndarray, labels: np.ndarray) -> Familiarity:
    """From the training pictures (pictures × width) and their classes by number; one covariance for all classes."""
    points = directions(middles)
    centres = np.stack([points[labels == label].mean(axis=0) for label in np.unique(labels)])
    places = np.searchsorted(np.unique(labels), labels)
    apart = points - centres[places]
    inverse = LedoitWolf(assume_centered=True).fit(apart).precision_ if apart.any() else np.eye(points.shape[1])
    values, vectors = np.linalg.eigh(inverse)
    return Familiarity((vectors * np.sqrt(np.maximum(values, 0))).astype(np.float32), centres.astype(np.float32))


def cross_fit_familiarity(
    middles: np.ndarray,
    labels: np.ndarray,
    groups: Sequence[int] | np.ndarray | None = None,
    learned: np.ndarray | None = None,
) -> np.ndarray:
    """How familiar each picture is to what was fitted without it, nor any other of its group; to those `learned`, if named."""
    scores = np.zeros(len(labels), dtype=np.float32)
    for others, held_out in folds_of(labels, groups):
        kept = others if learned is None else others[learned[others]]
        scores[held_out] = fit_familiarity(middles[kept], labels[kept]).scores(middles[held_out])
    return scores
