"""The temperature of answers that are too sure, not sure enough, or too few to say."""

from __future__ import annotations

import numpy as np
import pytest

from model.artifacts import softmax
from model.evaluation import cross_entropy, fit_temperature


def test_logits_that_were_made_too_sure_get_their_temperature_back():
    draw = np.random.default_rng(0)
    logits = draw.normal(0, 2, (4000, 3))
    labels = np.array([draw.choice(3, p=row) for row in softmax(logits)])
    for factor in (0.5, 1.0, 3.0):
        assert fit_temperature(factor * logits, labels) == pytest.approx(factor, rel=0.1)
    assert cross_entropy(logits, labels) < cross_entropy(3 * logits, labels)


def test_a_few_right_answers_do_not_make_the_next_one_certain():
    right = 2.0 * np.eye(3)[np.arange(9) % 3]
    assert fit_temperature(right, np.arange(9) % 3) > 0.3
