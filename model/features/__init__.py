"""What the general body, trained on ImageNet and on nothing else, sees in pictures; kept by content. Knows no labels.

general_body   `frozen_body`: the body as ONNX, made once on a machine; pictures in, features out
body_onnx      the program that makes it, in a process of its own, for it needs torch
feature_store  features in the catalog of a folder, by content
seeing         `see_all`: pictures opened, seen by a network beside that, kept in blocks; a stop keeps what is done
looking        `look_at`: every picture of a folder opened once, what is new is looked at, what is known is not
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.features.feature_store import FeatureStore, as_rows, from_rows, put_rows
    from model.features.general_body import NAME, WIDTH, FrozenBody, Seen, frozen_body
    from model.features.looking import Looked, View, look_at
    from model.features.seeing import STOPPED, see_all

__all__ = [
    "NAME",
    "STOPPED",
    "WIDTH",
    "FeatureStore",
    "FrozenBody",
    "Looked",
    "Seen",
    "View",
    "as_rows",
    "from_rows",
    "frozen_body",
    "look_at",
    "put_rows",
    "see_all",
]
__getattr__ = on_first_use(__name__)
