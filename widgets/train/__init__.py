"""Train: a folder in, a training started, followed and stopped. Knows no other part.

panel                 joins the rest
train_form            preset and options
augmentation_preview  what training sees of one picture
curves                `TrainingMonitor`: progress, losses, accuracy, Stop
scales                values to pixels, for the drawings
train                 the style sheet
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.train.panel import TrainPanel

__all__ = ["TrainPanel"]
__getattr__ = on_first_use(__name__)
