"""The page around its parts. Knows no part.

tabs          the buttons that choose a part
activity      what goes on: one line above every part, and the tab's title
photo_keeper  where a photo goes that was answered or corrected
connection    the banner when the server is gone
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.page.activity import Activity
    from widgets.page.photo_keeper import PhotoKeeper, add_to_dataset
    from widgets.page.tabs import Tabs

__all__ = ["Activity", "PhotoKeeper", "Tabs", "add_to_dataset"]
__getattr__ = on_first_use(__name__)
