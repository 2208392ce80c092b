"""The clean panel: the cleaner of the folder that the page works on, and a way back to training. Knows no training."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as ipw

from model.artifacts import registry
from model.data import DIGITS, find_folder
from model.errors import AppError
from widgets.clean.cleaner import Cleaner
from widgets.shared import Project, use_styles

INTRO = (
    "<h1{}>Clean the pictures</h1><p>The model points at what looks wrong, you decide. Nothing changes before you apply, and "
    "all can be undone, tomorrow too.</p>"
)
HEADING_HIDDEN = ' class="vl-unseen"'  # for screen readers alone: the cleaner has a title that can be seen


class CleanPanel(ipw.VBox):
    """Cleans `project.data`; before there is a folder, it asks for one."""

    def __init__(self, project: Project, **traits: Any):
        use_styles()
        self.project = project
        self.cleaner: Cleaner | None = None
        self._retrain_handlers = ipw.CallbackDispatcher()
        self.intro = ipw.HTML()
        self.folder = ipw.Text(placeholder="/home/me/my-photos", description="Folder")
        self.open_folder = ipw.Button(description="Open")
        self.digits = ipw.Button(description="Use the built-in digits")
        self.notice = ipw.HTML()
        self.retrain = ipw.Button(description="Train again and compare", layout={"width": "auto", "align_self": "flex-start"})
        super().__init__(**traits)
        for name in ("vl-panel", "vl-wide"):
            self.add_class(name)
        for button in (self.open_folder, self.digits, self.retrain):
            button.add_class("vl-plain-button")
        self.folder.add_class("vl-plain-text")
        self.open_folder.on_click(lambda _button: self._choose(self.folder.value.strip()))
        self.digits.on_click(lambda _button: self._choose(DIGITS))
        self.folder.on_submit(lambda _text: self._choose(self.folder.value.strip()))
        self.retrain.on_click(lambda _button: self._retrain_handlers())
        project.observe(self._on_project_data, "data")
        self._open()

    def on_retrain(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the person wants to train on the cleaned pictures, and compare."""
        self._retrain_handlers.register_callback(handler)

    def show(self, **query: Any) -> None:
        """Show some of the pictures; see `Cleaner.show`."""
        if self.cleaner:
            self.cleaner.show(**query)

    def _choose(self, data: str) -> None:
        try:
            find_folder(data)
        except AppError as error:
            self.notice.value = f"<p>{html.escape(str(error))}</p>"
            return
        self.project.data = data

    def _on_project_data(self, _change: Any) -> None:
        self._open()

    def _open(self) -> None:
        """Open the cleaner of the project's folder in place of the one before."""
        self.notice.value = ""
        self.retrain.layout.display = "none"
        if self.cleaner:
            self.cleaner.close()
        self.cleaner = None
        if self.project.data:
            try:
                self.cleaner = Cleaner(self.project.data, page=self._model())
                self.cleaner.on_apply(self._on_cleaner_apply)
            except AppError as error:
                self.notice.value = f"<p>{html.escape(str(error))}</p>"
        self.intro.value = INTRO.format(HEADING_HIDDEN if self.cleaner else "")
        if self.cleaner:
            self.children = [self.intro, self.notice, self.retrain, self.cleaner]
        else:
            self.children = [self.intro, self.folder, ipw.HBox([self.open_folder, self.digits]), self.notice]

    def _model(self) -> str | None:
        """The page's model, by name where it is not the shipped one, which is admitted by its card."""
        export = Path(self.project.model).absolute()
        return None if registry.is_shipped_place(export) else str(export)

    def _on_cleaner_apply(self, *_applied: Any) -> None:
        self.notice.value = "<p>Done. Does it help? Train again on the cleaned pictures, and compare with the model before.</p>"
        self.retrain.layout.display = ""  # no child comes or goes: the cleaner would be drawn again
