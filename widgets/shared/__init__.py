"""What several parts of the page use: scripts, styles, words, uploads. Knows no part.

assets        what the browser gets: a script for each widget, the styles of each part
words         words.json: the sentences of an answer, for Python and the browser
answers       what is said of a photo, from predictions and codes of refusals
text          numbers and lists in sentences, as model/core/text.py writes them
terms         terms.json: the field's words, one sentence each, and the button that shows it
uploader      drop, paste, choose or take photos
upload_target the elements of an upload
drop_target   files that are dropped or pasted
chunks        how a photo travels to the kernel
file_transfer a file on its way to the browser's downloads
shrink        a photo made smaller before it is sent
kept_photos   photos that outlive a reload of the page
local_model   traits and messages of a widget, where there is no kernel
camera        a live camera: its picture with an answer that changes
steady        an answer that changes with every picture, made steady
whole         whether a picture's file goes on to its end
asking        limits for every part that asks the model; turns a refusal into its code
browser_widget  the base of widgets with a script: no message of a browser gets a traceback back
explanation   why a picture got its answer: a fold for any part that shows pictures
pictures      pictures of a folder, small, to show
project       which folder, model and run the parts look at
folder_form   choosing a folder: recent, browsed or typed; what is in it
folder_browser the folders of the owner's machine, below a few places
run_follower  a run followed, event by event
run_watcher   whatever runs go on, whoever started them
run_progress  how far a run is, in words
background    work beside the event loop
log           what went wrong, for the owner
dom           making elements
blocks        lines, tables and folds that several parts draw
traits        listening to traits in the browser
tokens        colours, light and dark
base          the look of text, buttons, fields, tables
page          the look of the page and its panels
findings      the look that Train, Measure and Publish share
"""

from typing import TYPE_CHECKING

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.shared.asking import ASKED_AT_ONCE, SORRY, Classifies, to_refusal, within_bounds
    from widgets.shared.assets import script, use_styles
    from widgets.shared.background import on_this_loop, run_in_background
    from widgets.shared.browser_widget import BrowserWidget, keep_tracebacks
    from widgets.shared.explanation import ExplainingWidget, Explains, Which
    from widgets.shared.file_transfer import FileTransfer, in_parts
    from widgets.shared.folder_form import FolderForm
    from widgets.shared.log import log_to_terminal
    from widgets.shared.pictures import Answer, picture_at, pictures_of
    from widgets.shared.project import Project, trained_on
    from widgets.shared.run_follower import Follower
    from widgets.shared.run_progress import RunProgress, progress_of
    from widgets.shared.run_watcher import RunWatcher
    from widgets.shared.uploader import MAX_PHOTOS, Photo, Uploader
    from widgets.shared.words import WORDS

__all__ = [
    "ASKED_AT_ONCE",
    "MAX_PHOTOS",
    "SORRY",
    "WORDS",
    "Answer",
    "BrowserWidget",
    "Classifies",
    "ExplainingWidget",
    "Explains",
    "FileTransfer",
    "FolderForm",
    "Follower",
    "Photo",
    "Project",
    "RunProgress",
    "RunWatcher",
    "Uploader",
    "Which",
    "in_parts",
    "keep_tracebacks",
    "log_to_terminal",
    "on_this_loop",
    "picture_at",
    "pictures_of",
    "progress_of",
    "run_in_background",
    "script",
    "to_refusal",
    "trained_on",
    "use_styles",
    "within_bounds",
]
__getattr__ = on_first_use(__name__)
