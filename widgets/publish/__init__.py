"""Publish: the model that serves, as a page that others can open, made and proved by a run of its own. Knows no other part.

panel      joins the rest
publisher  what is shown: the ways, the progress, the proof, the next steps
ways       what each way costs, needs and gives up, in words, and the command that takes it
questions  what a person may say about a way
publish    the style sheet
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.publish.panel import PublishPanel

__all__ = ["PublishPanel"]
__getattr__ = on_first_use(__name__)
