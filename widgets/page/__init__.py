"""The page around its parts. Knows no part.

activity       what goes on: one line above every part, and the tab's title
tabs           the buttons that choose a part
photo_keeper   where a photo goes that was answered or corrected
additions      the photos of a visit added to the owner's dataset
memory         which folder and run were open, for the next reload
connection     the banner when the kernel or the server is gone, and the way back
early          the page before its kernel: a target that takes photos at once
early_changes  what changed before the browser had built the page
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.page.activity import Activity
    from widgets.page.additions import Additions
    from widgets.page.early_changes import EarlyChanges
    from widgets.page.memory import Memory
    from widgets.page.photo_keeper import PhotoKeeper
    from widgets.page.tabs import Tabs

__all__ = ["Activity", "Additions", "EarlyChanges", "Memory", "PhotoKeeper", "Tabs"]
__getattr__ = on_first_use(__name__)
