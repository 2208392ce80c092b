"""The page around its parts: tabs, where photos are kept, the banner of a lost server. Knows no part."""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.page.photo_keeper import Keeper, add_to_dataset
    from widgets.page.tabs import Tabs

__all__ = ["Keeper", "Tabs", "add_to_dataset"]
__getattr__ = on_first_use(__name__)
