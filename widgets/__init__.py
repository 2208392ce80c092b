"""Everything a person sees: ipywidgets and anywidget, wired to the model through `model.client`. Never imports torch.

`App(client)` is the whole page; `ClassifyPanel(client)` its one panel; `Uploader()` the upload alone, for those who wire
their own notebook.
"""

from widgets.app import App
from widgets.classify import ClassifyPanel
from widgets.uploader import Photo, Uploader

__all__ = ["App", "ClassifyPanel", "Photo", "Uploader"]
