"""Classify: photos in, answers out; what the person says of them. Knows no other part.

panel     uploads, asks, shows; a newer photo replaces an older one
answer    one answer, or the table of several
feedback  what the person says of an answer, and where that goes
corrections  how many corrections there are, and the button that saves them as a file
history   earlier answers of this visit
about     the model's card for people
examples  pictures to click
live_camera  the camera's picture with its answer
keeps     what the panel needs of a keeper of photos
classify  the style sheet
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.classify.panel import ClassifyPanel

__all__ = ["ClassifyPanel"]
__getattr__ = on_first_use(__name__)
