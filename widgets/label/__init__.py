"""Label: photos filed by the model, corrected, downloaded. Knows no other part of the page; panel is all of it."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.label.panel import LabelPanel

__all__ = ["LabelPanel"]
__getattr__ = on_first_use(__name__)
