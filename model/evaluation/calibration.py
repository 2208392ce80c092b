"""How sure a model may be: the temperature that its logits are divided by (Guo et al. 2017, "On calibration of modern neural
networks"). Knows arrays, no classifier.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from model.artifacts import softmax

COLDEST, HOTTEST = 0.1, 20.0


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """The mean over pictures of -log of the probability given to the label; logits are pictures × classes."""
    return float(-np.log(np.maximum(softmax(logits)[np.arange(len(labels)), labels], 1e-12)).mean())


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature at which the cross-entropy is lowest, of logits (pictures × classes) out of fold."""
    found = minimize_scalar(
        lambda log: cross_entropy(logits / np.exp(log), labels), bounds=np.log([COLDEST, HOTTEST]), method="bounded"
    )
    return float(np.exp(found.x))
