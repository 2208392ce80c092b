"""What several parts of the page use. Knows no part.

Python: project is what the parts of one page share; uploader brings photos, asking bounds them and says why one was refused,
pictures shows them small; run_follower and background work beside the page, log says what failed; assets gives a widget its
script and its styles: modules joins scripts that import one another, javascript reads them.
JavaScript: answers makes the words of an answer, of words.json, and text its numbers; terms explains words, of terms.json;
dom and blocks build what is seen, traits and widget say what comes from Python; uploader sends photos that drop_target takes
and shrink shrinks.
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.shared.asking import ASKED_AT_ONCE, SORRY, Classifies, to_refusal, within_bounds
    from widgets.shared.assets import script, use_styles
    from widgets.shared.background import on_this_loop, run_in_background
    from widgets.shared.log import log_to_terminal
    from widgets.shared.pictures import Answer, pictures_of
    from widgets.shared.project import Project
    from widgets.shared.run_follower import Follower
    from widgets.shared.uploader import MAX_PHOTOS, Photo, Uploader
    from widgets.shared.words import WORDS

__all__ = [
    "ASKED_AT_ONCE",
    "MAX_PHOTOS",
    "SORRY",
    "WORDS",
    "Answer",
    "Classifies",
    "Follower",
    "Photo",
    "Project",
    "Uploader",
    "log_to_terminal",
    "on_this_loop",
    "pictures_of",
    "run_in_background",
    "script",
    "to_refusal",
    "use_styles",
    "within_bounds",
]
__getattr__ = on_first_use(__name__)
