"""What the general body, trained on ImageNet and on nothing else, sees in pictures; kept by content. Knows no labels.

general_body   `frozen_body`: the body as ONNX, made once on a machine; pictures in, features out
body_onnx      the program that makes it, in a process of its own, for it needs torch
feature_store  features in the catalog of a folder, by content
looking        `look_at`: every picture of a folder opened once, what is new is looked at, what is known is not
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.features.feature_store import FeatureStore
    from model.features.general_body import FrozenBody, Seen, frozen_body
    from model.features.looking import Looked, View, look_at

__all__ = ["FeatureStore", "FrozenBody", "Looked", "Seen", "View", "frozen_body", "look_at"]
__getattr__ = on_first_use(__name__)
