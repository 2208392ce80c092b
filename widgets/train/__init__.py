"""Train: a folder in, a training started, followed and stopped. Knows no other part."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.train.panel import TrainPanel

__all__ = ["TrainPanel"]
__getattr__ = on_first_use(__name__)
