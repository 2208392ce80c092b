"""Measure: how good a model is, against baselines and other models. Knows no other part."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.measure.panel import MeasurePanel

__all__ = ["MeasurePanel"]
__getattr__ = on_first_use(__name__)
