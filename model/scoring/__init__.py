"""Faults that a model finds in its own data: doubtful labels, copies, quality. Knows no screen.

pipeline      `score`: the whole of it, with progress and stop
engines       who looks: this process
on_ray        or workers of Ray, on one machine or many
eyes          what looks at the pictures: the general body, or that of an export
inspection    every picture decoded once: pixels, fingerprint, quality
label_issues  labels judged by a last layer that was not trained on them
kernel_heads  that last layer, fitted again in a moment when labels change
label_scores  a score for each picture of a folder, by its features
ranking       what nobody has looked at ranked anew by marks; pictures that are alike
companion     the process that does this beside a cleaner
duplicates    copies, by bytes, pixels, perceptual hash and features
quality       dark, bright, flat, blurred, oddly shaped
results       what was found, kept in the catalog
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.scoring.on_ray import OnRay
    from model.scoring.pipeline import ScoreOptions, score
    from model.scoring.ranking import Ranking

__all__ = ["OnRay", "Ranking", "ScoreOptions", "score"]
__getattr__ = on_first_use(__name__)
