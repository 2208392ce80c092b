"""How good a classifier is, and against what. Does not know how it was trained.

evaluation       one pass over some pictures: probabilities, answers, losses, thresholds
metrics          figures from arrays: intervals, calibration, precision and recall
folder_report    the report on a folder, written into a run; two exports compared; the test set's use logged
paired_test      whether one of two models is better, on the same pictures
baselines        simple methods that a model must beat
from_scratch     training by hand in seven steps, for two of the baselines
learning_curves  signs of over- and underfitting, in a sentence
test_set_log     how often the test pictures of a folder have been used
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.evaluation.baselines import BaselineReport, run_baselines
    from model.evaluation.evaluation import Evaluation, evaluate
    from model.evaluation.folder_report import LoadedExport, evaluate_folder, write_report
    from model.evaluation.learning_curves import verdict_on_fit
    from model.evaluation.paired_test import compare, compare_answers
    from model.evaluation.test_set_log import log_test_use, test_use_sentence, test_uses

__all__ = [
    "BaselineReport",
    "Evaluation",
    "LoadedExport",
    "compare",
    "compare_answers",
    "evaluate",
    "evaluate_folder",
    "log_test_use",
    "run_baselines",
    "test_use_sentence",
    "test_uses",
    "verdict_on_fit",
    "write_report",
]
__getattr__ = on_first_use(__name__)
