"""What is wrong with a folder of pictures, found by a model: doubtful labels, copies, bad quality. Knows no screen.

pipeline          the whole scoring, from a folder to what is saved in its catalogue
inspection        pictures opened, framed, fingerprinted and measured by workers
duplicates        copies and near copies, by fingerprints
quality           dark, bright, flat, blurry and oddly shaped pictures, by measures
label_issues      labels that are likely wrong, by out-of-fold probabilities
thorough          the thorough way: networks trained without the pictures that they predict
cross_validation  these networks: folds trained and predicted
views             pictures as these networks take them
results           what was found, in the catalogue
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.scoring.pipeline import ScoreOptions, score

__all__ = ["ScoreOptions", "score"]
__getattr__ = on_first_use(__name__)
