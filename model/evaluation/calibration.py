"""How sure a model may be: the temperature that its logits are divided by (Guo et al. 2017, "On calibration of modern neural
networks"). Knows arrays, no classifier.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from model.artifacts import softmax

COLDEST, HOTTEST = 0.1, 20.0
SPREAD = 0.7  # of the logarithm of a temperature, before anything is known


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """The mean over pictures of -log of the probability given to the label; logits are pictures × classes."""
    return float(-np.log(np.maximum(softmax(logits)[np.arange(len(labels)), labels], 1e-12)).mean())


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature at which the cross-entropy is lowest, of logits (pictures × classes) out of fold.

    It is likely near 1 (its logarithm normal, of deviation SPREAD): where few are all right, no answer becomes certain.
    """

    def cost(log: float) -> float:
        return cross_entropy(logits / np.exp(log), labels) + (log / SPREAD) ** 2 / (2 * len(labels))

    return float(np.exp(minimize_scalar(cost, bounds=np.log([COLDEST, HOTTEST]), method="bounded").x))
