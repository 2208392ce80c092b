"""Clean: what looks wrong in a folder, marked, applied, undone. Knows no other part."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.clean.cleaner import Cleaner
    from widgets.clean.panel import CleanPanel

__all__ = ["CleanPanel", "Cleaner"]
__getattr__ = on_first_use(__name__)
