"""Measure: how good a model is, against baselines and other models. Knows no other part.

panel             joins the rest
trained_model     what is known of one training's model, each figure with what it was measured on
page_model        which model the page answers with: used, brought back
keeping           trainings named, deleted, brought back
comparing         two trainings compared
summary           the result in sentences
baseline_ladder   baselines and the model, by accuracy
rung              one line of a ladder, drawn
degraded_copies   grey, dark, blurred copies of the pictures, and what is left on them
more_photos       what twice as many photos would bring
how_far           how far a measurement is, in words
confusion_matrix  actual against predicted, each cell to click
top_losses        the most wrong answers
run_history       earlier trainings
measure           the style sheet
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.measure.panel import MeasurePanel

__all__ = ["MeasurePanel"]
__getattr__ = on_first_use(__name__)
