"""What an export is, its card, and the safe form that serves. Knows neither training data nor a screen.

model_card     model-card.json: read, written, asked whether an export may be opened
serving_state  which model serves, and what served before
thresholds     from which share on an answer is sure, and what is unfamiliar
example_pictures  pictures beside an export that its page offers to click
registry       the shipped model, and what earlier versions replaced
moving_over    a checkout in which the shipped model was replaced, set right
sealed_json    a JSON document with the checksum of all else in it, as cards and safe forms are
safe_model     `SafeModel`: ONNX and JSON, what a process that serves loads
onnx_network   an ONNX file, run by ONNX Runtime
build          an export to its safe form, once, in a process of its own
fastai_reader  a fastai learner, opened, read and exported
fastai_transforms  its transforms: the cut of a picture, what is done to a batch
explained_network  a network that tells its features, how familiar a picture is, and where its answer comes from
pickles        the one module that knows pickle: exports of other systems opened, any read without running it
export_check   what a model file is and would import, found without opening it
known_names    the names that fastai exports are made of
onnx_writer    a learner's network, written as ONNX and compared
onnx_head      a linear head, written into the ONNX file of its body
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.artifacts import example_pictures, model_card, registry, serving_state
    from model.artifacts.build import graft_safe_model, grafted_head, load_safe_model, make_safe_model
    from model.artifacts.export_check import ExportCheck, check_export
    from model.artifacts.fastai_reader import FAMILIARITY, load_learner, middles_of, to_stock_export
    from model.artifacts.model_card import ModelCard
    from model.artifacts.onnx_network import OnnxNetwork
    from model.artifacts.registry import EXPORT
    from model.artifacts.safe_model import SafeModel, batches, read_form, softmax
    from model.artifacts.thresholds import Thresholds

__all__ = [
    "EXPORT",
    "FAMILIARITY",
    "ExportCheck",
    "ModelCard",
    "OnnxNetwork",
    "SafeModel",
    "Thresholds",
    "batches",
    "check_export",
    "example_pictures",
    "graft_safe_model",
    "grafted_head",
    "load_learner",
    "load_safe_model",
    "make_safe_model",
    "middles_of",
    "model_card",
    "read_form",
    "registry",
    "serving_state",
    "softmax",
    "to_stock_export",
]
__getattr__ = on_first_use(__name__)
