"""The page: its parts joined, and a banner for when the server is gone.

On a public page (`VOILENS_PUBLIC=1`) what could reach the owner's pictures or start long work is not even loaded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipywidgets as ipw

from model.artifacts import example_pictures
from model.core import is_public
from model.data import class_name_of
from model.intake import VisitorFolder
from model.jobs import Run
from model.types import Explanation
from widgets.classify import ClassifyPanel
from widgets.label import LabelPanel
from widgets.page import Activity, Additions, EarlyChanges, Memory, PhotoKeeper, Tabs
from widgets.shared import WORDS, BrowserWidget, Classifies, Project, script, use_styles

CLASSIFY, TRAIN, MEASURE, CLEAN, LABEL, PUBLISH = WORDS["parts"]["owner"]


class Connection(BrowserWidget):
    """A banner that the browser draws by itself once the kernel is gone, because the kernel no longer can."""

    _esm = script("page/connection")


class App(ipw.VBox):
    """The whole page, around one client of the model process.

    `data` is the owner's folder of pictures, where one is known already; `export` the file that the page answers with, empty
    for the one that serves, which "Use this model" changes; `public` says who looks (None: as VOILENS_PUBLIC says).
    """

    def __init__(
        self,
        client: Classifies,
        data: str | Path = "",
        export: str | Path = "",
        public: bool | None = None,
        **traits: Any,
    ):
        public = is_public() if public is None else public
        use_styles()
        self._client = client
        self._public = public
        self.project = Project(data="" if public else str(data), model=str(export))
        self.memory = None if public else Memory(self.project)
        self.visitor_folder = VisitorFolder()
        self.connection = Connection()
        self._keeper = PhotoKeeper(self.project, self.visitor_folder, public)
        self.classify = ClassifyPanel(client, self._keeper, public, lambda: example_pictures.of(self.project.export))
        makers = {
            CLASSIFY: lambda: self.classify,
            TRAIN: self._make_train,
            MEASURE: self._make_measure,
            CLEAN: self._make_clean,
            LABEL: self._make_label,
            PUBLISH: self._make_publish,
        }
        self.tabs = Tabs({title: makers[title] for title in WORDS["parts"]["public" if public else "owner"]})
        self.activity = None if public else Activity()
        super().__init__([self.connection, *([self.activity] if self.activity else []), self.tabs], **traits)
        self.add_class("vl-app")
        self._early_changes = EarlyChanges(self)
        self.connection.on_msg(self._on_connection_here)
        self.classify.on_send(self._on_classify_send)
        if self.activity:
            self.activity.on_go(self._on_activity_go)
            self.activity.on_end(self._on_activity_end)
        self.tabs.observe(self._on_tabs_chosen, "chosen")

    # ---- the parts, each made when it is first looked at

    def _make_train(self) -> ipw.Widget:
        from widgets.train import TrainPanel

        panel = TrainPanel(self.project)
        panel.on_measure(lambda: self._show(MEASURE))
        return panel

    def _make_measure(self) -> ipw.Widget:
        from widgets.measure import MeasurePanel

        panel = MeasurePanel(self.project)
        panel.on_cell(self._on_measure_cell)
        panel.on_use(self.classify.refresh)
        panel.on_next(self._on_measure_next)
        return panel

    def _make_clean(self) -> ipw.Widget:
        from widgets.clean import CleanPanel

        panel = CleanPanel(self.project, self._explain)
        panel.on_retrain(self._on_clean_retrain)
        return panel

    def _make_label(self) -> ipw.Widget:
        additions = None if self._public else Additions(self.visitor_folder, self.project)
        return LabelPanel(self._client, self.visitor_folder, self._make_private_cleaner, additions)

    def _make_publish(self) -> ipw.Widget:
        from widgets.publish import PublishPanel

        return PublishPanel(self.project)

    def _make_private_cleaner(self, folder: Path) -> ipw.Widget:
        from widgets.clean import Cleaner

        cleaner = Cleaner(folder, private=True, classes=self._classes_of_model(), explain=self._explain)
        self.classify.observe(lambda _change: cleaner.offer(self._classes_of_model()), "classes")
        return cleaner

    def _explain(self, picture: bytes) -> Explanation:
        """Why the page's model answers as it does for a picture; a visitor sees what the owner lets visitors see."""
        return self._client.explain(picture, self._public)

    def _classes_of_model(self) -> list[str]:
        """The model's classes by the names that a visitor's photos are filed under."""
        return [class_name_of(label) for label in self.classify.classes]

    # ---- what one part says to another

    def _on_connection_here(self, *_message: Any) -> None:
        """The browser has built the page, and somebody looks at it."""
        self._early_changes.send_again()
        if self.memory:
            self.memory.on_seen()
        self.classify.refresh()

    def _show(self, title: str) -> ipw.Widget:
        self.tabs.chosen = title
        return self.tabs.part(title)

    def _on_tabs_chosen(self, change: Any) -> None:
        if change["new"] in (CLEAN, LABEL, PUBLISH):
            self.tabs.part(change["new"]).refresh()

    def _on_classify_send(self) -> None:
        if self._keeper.to_dataset:
            self._show(CLEAN).show(reason="visitors")
        else:
            self._show(LABEL)

    def _on_measure_cell(self, data: str, labels: str = "", **cell: Any) -> None:
        if labels or data != self.project.data:
            self.project.choose(data, labels)  # a model that was trained earlier may be of another folder
        self._show(CLEAN).show(**cell)

    def _on_measure_next(self, step: str, data: str, labels: str) -> None:
        """What one can do with a model that was just taken into use."""
        if step == "clean":
            self.project.choose(data, labels)
        self._show({"clean": CLEAN, "publish": PUBLISH}.get(step, CLASSIFY))

    def _on_activity_go(self, run: Run) -> None:
        if run.kind == "publish":
            self._show(PUBLISH)
        elif run.kind == "score":
            self.project.choose(run.arguments[0], run.option("--labels") or "")
            self._show(CLEAN).show(reason="doubtful" if run.result else None)
        elif run.kind == "train" and not run.result:
            self._show(TRAIN)
        else:
            if run.kind == "train":
                self.project.run = str(run.folder)
            self._show(MEASURE)

    def _on_activity_end(self, run: Run) -> None:
        """A training that another page began, or this one in an earlier visit, is news where one looks at the trainings."""
        if run.kind == "train" and self.tabs.chosen == MEASURE:
            self.tabs.part(MEASURE).refresh()

    def _on_clean_retrain(self) -> None:
        self._show(TRAIN).start(compare=True)
