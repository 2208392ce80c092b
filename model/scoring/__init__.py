"""Faults that a model finds in its own data: doubtful labels, copies, quality. Knows no screen.

pipeline          `score`: the whole of it, with progress and stop
inspection        every picture decoded once: pixels, fingerprint, quality
label_issues      labels judged by a last layer that was not trained on them
cross_validation  labels judged by fine-tuned networks that were not trained on them
thorough          the slower way, its parts kept between runs
duplicates        copies, by bytes, pixels, perceptual hash and features
quality           dark, bright, flat, blurred, oddly shaped
results           what was found, kept in the catalog
views             pictures by number: some of them, or each cut to a shape
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.scoring.pipeline import ScoreOptions, score

__all__ = ["ScoreOptions", "score"]
__getattr__ = on_first_use(__name__)
