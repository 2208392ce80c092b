"""What is wrong with a folder of pictures, found by a model: doubtful labels, copies, bad quality. Knows no screen."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.scoring.pipeline import ScoreOptions, score

__all__ = ["ScoreOptions", "score"]
__getattr__ = on_first_use(__name__)
