"""Label: photos filed by the model, corrected, taken home. Knows no other part."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.label.panel import LabelPanel

__all__ = ["LabelPanel"]
__getattr__ = on_first_use(__name__)
