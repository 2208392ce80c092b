"""Measure: how good a model is, against baselines and other models. Knows no other part.

panel             the part: what is measured when, and what it shows
trained_model     the reports and baselines of one training, found among the runs
summary           what a report says in sentences, and the model's use
baseline_ladder   the model above the simple methods
confusion_matrix  which classes are mistaken for which, to click on
top_losses        the pictures on which the model was most wrong
run_history       the trainings so far: one shown, two compared
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.measure.panel import MeasurePanel

__all__ = ["MeasurePanel"]
__getattr__ = on_first_use(__name__)
