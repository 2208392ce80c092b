"""Label: photos sorted by the model, corrected, taken home. Knows no other part.

panel  the part of the page
label  the style sheet
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.label.panel import LabelPanel

__all__ = ["LabelPanel"]
__getattr__ = on_first_use(__name__)
