"""The page around its parts. Knows no part.

tabs shows one part at a time, photo_keeper says where photos are kept, connection is the banner of a lost server.
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.page.photo_keeper import PhotoKeeper, add_to_dataset
    from widgets.page.tabs import Tabs

__all__ = ["PhotoKeeper", "Tabs", "add_to_dataset"]
__getattr__ = on_first_use(__name__)
