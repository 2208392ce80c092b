"""Classify: photos in, answers out. Knows no other part."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.classify.panel import ClassifyPanel

__all__ = ["ClassifyPanel"]
__getattr__ = on_first_use(__name__)
