"""The page: the panels joined, and a banner for the day the server is gone."""

from __future__ import annotations

from typing import Any

import anywidget
import ipywidgets as ipw

from widgets.assets import STYLE, script
from widgets.classify import Classifies, ClassifyPanel


class Connection(anywidget.AnyWidget):
    """A banner that the browser draws by itself once the kernel is gone, for the kernel no longer can."""

    _esm = script("connection")
    _css = STYLE


class App(ipw.VBox):
    """The whole page, around one client of the model process."""

    def __init__(self, client: Classifies, **traits: Any):
        self.connection = Connection()
        self.classify = ClassifyPanel(client)
        super().__init__([self.connection, self.classify], **traits)
        self.add_class("vl-app")
