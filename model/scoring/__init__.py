"""Faults that a model finds in its own data: doubtful labels, copies, quality. Knows no screen."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from model.scoring.pipeline import score

__all__ = ["score"]
__getattr__ = on_first_use(__name__)
