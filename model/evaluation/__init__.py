"""How good a classifier is, and against what. Does not know how it was trained.

evaluation       `evaluate`, `Evaluation`: every answer on a split, its report, the thresholds of "sure" and "familiar"
provenance       which model and which pictures a figure is of
judged           the answers of a measurement, kept in the folder's catalog
thresholds       from where an answer is sure and a picture familiar
calibration      the temperature of logits
familiarity      how like the training pictures a picture is
linear_head      a last layer on frozen features, and its answers out of fold
small_folders    heads on all the pictures of a small folder
more_photos      `learning_curve`: what twice as many photos would bring
metrics          intervals (`wilson`), calibration error, precision and recall
degradations     `degrade`: grey, dark, blurred, turned, tinted, on another background
degraded_cuts    many pictures degraded and cut by workers
other_background an object on light card, cut out and laid over a generated background
robustness       `evaluate_degraded`, `degraded_figures`: what is left of a classifier on degraded copies; `cross_fit_sure`
baselines        `run_baselines`: simple methods that a model must beat
from_scratch     the seven steps of training by hand, with numpy
paired_test      two models on the same pictures: better, same or cannot tell
learning_curves  overfitting and underfitting, by the losses of the epochs
test_set_log     how often the test pictures were used
folder_report    the report of a folder, and the files it leaves in a run
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.evaluation.baselines import BaselineReport, run_baselines
    from model.evaluation.calibration import cross_entropy, fit_temperature
    from model.evaluation.degradations import DEGRADATIONS, conditions_in, degrade, degrade_somehow
    from model.evaluation.degraded_cuts import ANY, DEGRADED_VERSION, any_of, cut_degraded
    from model.evaluation.evaluation import Evaluation, evaluate
    from model.evaluation.familiarity import Familiarity, cross_fit_familiarity, fit_familiarity
    from model.evaluation.folder_report import LoadedExport, evaluate_folder, how_measured, write_report
    from model.evaluation.judged import keep_answers
    from model.evaluation.learning_curves import verdict_on_fit
    from model.evaluation.linear_head import LinearHead, cross_fit_head, fit_head
    from model.evaluation.metrics import wilson
    from model.evaluation.more_photos import MorePhotos, learning_curve
    from model.evaluation.other_background import object_mask
    from model.evaluation.paired_test import compare, compare_answers
    from model.evaluation.provenance import is_of, measured_on, of_same_pictures
    from model.evaluation.robustness import MOST_DEGRADED, cross_fit_sure, degraded_figures, evaluate_degraded
    from model.evaluation.small_folders import SMALL, cross_validate
    from model.evaluation.test_set_log import log_test_use, test_use_sentence, test_uses
    from model.evaluation.thresholds import Answered, choose_thresholds

__all__ = [
    "ANY",
    "DEGRADATIONS",
    "DEGRADED_VERSION",
    "MOST_DEGRADED",
    "SMALL",
    "Answered",
    "BaselineReport",
    "Evaluation",
    "Familiarity",
    "LinearHead",
    "LoadedExport",
    "MorePhotos",
    "any_of",
    "choose_thresholds",
    "compare",
    "compare_answers",
    "conditions_in",
    "cross_entropy",
    "cross_fit_familiarity",
    "cross_fit_head",
    "cross_fit_sure",
    "cross_validate",
    "cut_degraded",
    "degrade",
    "degrade_somehow",
    "degraded_figures",
    "evaluate",
    "evaluate_degraded",
    "evaluate_folder",
    "fit_familiarity",
    "fit_head",
    "fit_temperature",
    "how_measured",
    "is_of",
    "keep_answers",
    "learning_curve",
    "log_test_use",
    "measured_on",
    "object_mask",
    "of_same_pictures",
    "run_baselines",
    "test_use_sentence",
    "test_uses",
    "verdict_on_fit",
    "wilson",
    "write_report",
]
__getattr__ = on_first_use(__name__)
