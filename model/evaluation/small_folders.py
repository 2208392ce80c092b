"""How good heads on the resting body are on all the pictures of a small folder. Knows arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from model.evaluation.linear_head import FOLDS, cross_fit_head
from model.evaluation.metrics import wilson

SMALL = 500  # pictures: with fewer, the interval on the validation pictures alone is wide


def cross_validate(
    features: np.ndarray, labels: np.ndarray, classes: int, groups: Sequence[int] | np.ndarray | None = None
) -> dict[str, Any]:
    """{accuracy, interval (95 %, Wilson), count, how} over pictures (× width), each judged by a head fitted without it."""
    right = cross_fit_head(features, labels, classes, groups).argmax(axis=1) == labels
    return {
        "accuracy": float(right.mean()),
        "interval": wilson(int(right.sum()), len(right)),
        "count": len(right),
        "how": f"Cross-validated: each of {len(right):,} pictures judged by one of {FOLDS} heads that learned from the others.",
    }
