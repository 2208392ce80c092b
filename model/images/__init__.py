"""Bytes to pixels: strangers' pictures opened safely, framed for a network, made small. Knows no label and no model."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.images.cutting import Cut, Shorter, cut_all, cut_name
    from model.images.decode import looks_like_picture, open_picture
    from model.images.sandbox import Sandbox
    from model.images.thumbnail import data_url, to_data_url
    from model.images.thumbnailer import ANSWER, REQUEST
    from model.images.transforms import Resize, Transforms

__all__ = [
    "ANSWER",
    "REQUEST",
    "Cut",
    "Resize",
    "Sandbox",
    "Shorter",
    "Transforms",
    "cut_all",
    "cut_name",
    "data_url",
    "looks_like_picture",
    "open_picture",
    "to_data_url",
]
__getattr__ = on_first_use(__name__)
