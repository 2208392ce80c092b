"""Clean: what looks wrong in a folder, marked, applied, undone. Knows no other part.

panel            the part of the page
corrections_target  where files of corrections are dropped that visitors of a published page saved
cleaner          `Cleaner`: the widget, and its frame in the browser
cleaner_view     its traits and its messages to the browser
folder_session   a folder opened, listed, watched
picture_list     the pictures that are chosen, in their order
counts           how many pictures each filter would leave
marking          keep, delete, relabel, undo
applying         apply the marks, and undo an apply
ranking          what nobody has seen ranked anew by marks, what is alike: asked of a process of its own
download         the labelled folder as a zip
catalog_thread   the one thread that reads the catalog and writes the journal
tile_stream      tiles on their way to the browser
judge            which model looks: its name, its folder, its classes
background_runs  listing and scoring, followed
messages         what a browser asks, checked
captions         the words on a tile and in the detail pane
guidance         sentences on changes, progress, when to stop
head             the folder's name, long work, the search for doubtful pictures
tools            the row above the grid: count, order, size
filters          filters with their counts
grid             tiles that scroll, only the visible ones loaded
rows             the rows that the browser has; fetches more, a block at a time
tile             one tile
pictures         the pictures of the tiles
geometry         where tiles stand, in numbers
ranges           ranges of positions
selection        the selected pictures, and what is asked for them
shortcuts        what a key does
detail           one picture large, why it is here, a button for every key
dialogs          a label to give, the picture enlarged, the review, the keys
toolbar          the bar that stays: what waits to be applied
progress         how far the person is
fit              the height that is left for the cleaner
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.clean.cleaner import Cleaner
    from widgets.clean.panel import CleanPanel

__all__ = ["CleanPanel", "Cleaner"]
__getattr__ = on_first_use(__name__)
