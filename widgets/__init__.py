"""Everything a person sees: ipywidgets and anywidget, wired to the model through `model.client`. Never imports torch.

`App(client)` is the whole page; `ClassifyPanel(client)` its first panel; `Cleaner("my-photos")` finds and mends what is
wrong in a folder of pictures; `Uploader()` is the upload alone, for those who wire their own notebook.
"""

from typing import TYPE_CHECKING, Any

from model.core.lazy import on_first_use

if TYPE_CHECKING:
    from widgets.app import App
    from widgets.classify import ClassifyPanel
    from widgets.clean import Cleaner
    from widgets.shared import Photo, Uploader, run_in_background

__all__ = ["App", "ClassifyPanel", "Cleaner", "Photo", "Uploader", "run_in_background"]
_find = on_first_use(__name__)


def __getattr__(name: str) -> Any:
    """Each name is imported when it is asked for: the server that loads `widgets.guard` loads no widget."""
    found = _find(name)
    from widgets.shared import keep_tracebacks, log_to_terminal

    log_to_terminal()
    keep_tracebacks()
    return found
