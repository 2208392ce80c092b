"""Clean: what looks wrong in a folder, marked, applied, undone. Knows no other part of the page.

Python: panel is the part of the page, cleaner the widget in it, cleaner_view its traits; folder_session opens a folder and
watches it; picture_list, counts, marking, applying and download each do one thing with it; catalog_thread reads and writes,
background_runs lists and scores, tile_stream sends tiles; captions and guidance are the sentences, messages what a browser
may ask.
JavaScript: cleaner joins head, filters, tools, progress, grid, detail, shortcuts, dialogs and toolbar into one view, which fit
gives its height; grid scrolls tiles that rows and pictures hold, geometry says where they stand; selection is what a key acts
on, in ranges of positions; zip_download saves what Python packed; types names all that goes between the two.
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.clean.cleaner import Cleaner
    from widgets.clean.panel import CleanPanel

__all__ = ["CleanPanel", "Cleaner"]
__getattr__ = on_first_use(__name__)
