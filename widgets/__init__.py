"""Everything a person sees: ipywidgets and anywidget, wired to the model through `model.client`. Never imports torch.

`App(client)` is the whole page; `ClassifyPanel(client)` its first panel; `Cleaner("my-photos")` finds and mends what is
wrong in a folder of pictures; `Uploader()` is the upload alone, for those who wire their own notebook.
"""

from typing import Any

from widgets.app import App
from widgets.classify import ClassifyPanel
from widgets.shared import Photo, Uploader, keep_tracebacks, log_to_terminal, run_in_background

__all__ = ["App", "ClassifyPanel", "Cleaner", "Photo", "Uploader", "run_in_background"]

log_to_terminal()
keep_tracebacks()


def __getattr__(name: str) -> Any:
    """The cleaner is loaded when it is asked for: a page that only classifies starts without it."""
    if name == "Cleaner":
        from widgets.clean import Cleaner

        return Cleaner
    raise AttributeError(f"module {__name__} has no attribute {name}")
