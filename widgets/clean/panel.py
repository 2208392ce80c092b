"""The clean panel: the cleaner of the folder that the page works on, and a way back to training. Knows no training."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as ipw

from model.errors import AppError
from widgets.clean.cleaner import Cleaner
from widgets.clean.corrections_target import CorrectionsTarget
from widgets.shared import Explains, FolderForm, Project, use_styles

INTRO = (
    "<h1{}>Clean the pictures</h1><p{}>The model points at what looks wrong, you decide. Nothing changes before you apply, and "
    "all can be undone, tomorrow too.</p>"
)
APPLIED = "<p>Done. Does it help? Train again on the cleaned pictures, and compare with the model before.</p>"
HEADING_HIDDEN = ' class="vl-unseen"'  # for screen readers alone: the cleaner has a title that can be seen
WIDE_ONLY = ' class="vl-wide-only"'  # on a phone the pictures need the room


class CleanPanel(ipw.VBox):
    """Cleans `project.data`; before there is a folder, and where another one is wanted, it asks for one."""

    def __init__(self, project: Project, explain: Explains | None = None, **traits: Any):
        use_styles()
        self.project, self._explain = project, explain
        self.cleaner: Cleaner | None = None
        self._opened = ("", "")
        self._retrain_handlers = ipw.CallbackDispatcher()
        self.intro = ipw.HTML()
        self.form = FolderForm(project, heading="Which pictures?", take="Clean these pictures")
        self.notice = ipw.HTML()
        self.retrain = ipw.Button(description="Train again and compare", layout={"width": "auto", "align_self": "flex-start"})
        self.corrections = CorrectionsTarget()
        super().__init__(**traits)
        for name in ("vl-panel", "vl-wide"):
            self.add_class(name)
        self.retrain.add_class("vl-plain-button")
        self.form.on_data(self._on_form_data)
        self.form.on_back(self._on_form_back)
        self.corrections.on_take(lambda: self.show(reason="visitors"))
        self.retrain.on_click(lambda _button: self._retrain_handlers())
        project.observe(self._on_project_data, ["data", "labels"])
        project.observe(lambda _change: self.refresh(), "run")
        self._open()

    def on_retrain(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the person wants to train on the cleaned pictures, and compare."""
        self._retrain_handlers.register_callback(handler)

    def show(self, **query: Any) -> None:
        """Show some of the pictures; see `Cleaner.show`."""
        if self.cleaner:
            self.cleaner.show(**query)

    def refresh(self) -> None:
        """Say again which model looks: there may be another one by now, of this very folder."""
        if self.cleaner:
            self.cleaner.update_judge()

    def _on_form_data(self, data: str, labels: str) -> None:
        self.project.choose(data, labels)
        self._update_asking(self.cleaner is None)

    def _on_form_back(self) -> None:
        self._update_asking(False)

    def _on_cleaner_other_folder(self) -> None:
        self._update_asking(True)

    def _on_project_data(self, _change: Any) -> None:
        if self._opened != (self.project.data, self.project.labels):
            self._open()

    def _open(self) -> None:
        """Open the cleaner of the project's folder in place of the one before."""
        self._opened = data, labels = self.project.data, self.project.labels
        self.notice.value = ""
        self.retrain.layout.display = "none"
        if self.cleaner:
            self.cleaner.close()
        self.cleaner = None
        if data:
            try:
                self.cleaner = Cleaner(data, labels=Path(labels) if labels else None, explain=self._explain)
                self.cleaner.on_apply(self._on_cleaner_apply)
                self.cleaner.on_other_folder(self._on_cleaner_other_folder)
            except AppError as error:
                self.notice.value = f"<p>{html.escape(str(error))}</p>"
        self._update_asking(self.cleaner is None)
        self.corrections.data = data
        opened = [self.cleaner, *([] if labels else [self.corrections])] if self.cleaner else []
        self.children = [self.intro, self.form, self.notice, self.retrain, *opened]

    def _update_asking(self, asking: bool) -> None:
        """Ask for a folder, or show the pictures of the one that is open; neither is drawn again when it comes back."""
        self.intro.value = INTRO.format(*("", "") if asking else (HEADING_HIDDEN, WIDE_ONLY))
        self.form.layout.display = "" if asking else "none"
        if self.cleaner:
            self.form.back = Path(self.project.data).name
            self.cleaner.layout.display = self.corrections.layout.display = "none" if asking else ""

    def _on_cleaner_apply(self, _changes: list[Any], undone: bool) -> None:
        self.notice.value = "" if undone else APPLIED
        self.retrain.layout.display = "none" if undone else ""  # no child comes or goes: the cleaner would be drawn again
