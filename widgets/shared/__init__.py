"""What several parts of the page use: scripts and styles, terms, uploads, runs that are followed. Knows no part."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.shared.asking import ASKED_AT_ONCE, SORRY, Classifies, within_bounds
    from widgets.shared.assets import script, use_styles
    from widgets.shared.background import on_this_loop, run_in_background
    from widgets.shared.log import log_to_terminal
    from widgets.shared.pictures import Answer, pictures_of
    from widgets.shared.project import Project
    from widgets.shared.run_follower import Event, Follower
    from widgets.shared.terms import script_with_terms
    from widgets.shared.uploader import MAX_PHOTOS, Photo, Uploader

__all__ = [
    "ASKED_AT_ONCE",
    "MAX_PHOTOS",
    "SORRY",
    "Answer",
    "Classifies",
    "Event",
    "Follower",
    "Photo",
    "Project",
    "Uploader",
    "log_to_terminal",
    "on_this_loop",
    "pictures_of",
    "run_in_background",
    "script",
    "script_with_terms",
    "use_styles",
    "within_bounds",
]
__getattr__ = on_first_use(__name__)
