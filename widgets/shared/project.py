"""What the panels of one page share: the pictures, the chosen training run, the page's model. Knows no panel."""

from __future__ import annotations

import os
from pathlib import Path

import traitlets as t

from model import jobs
from model.artifacts import serving_state
from model.core import absolute
from model.data import DIGITS


class Project(t.HasTraits):
    """One person's work. A panel that changes one of these is heard by the others, which it does not know."""

    data = t.Unicode("", help="the folder of pictures, absolute, or the word digits; empty before one is chosen")
    labels = t.Unicode("", help="the CSV that holds the labels of these pictures, absolute; empty where class folders do")
    run = t.Unicode("", help="the folder of the training run that is looked at; empty before there is one")
    model = t.Unicode("", help="the export that the page was told to answer with; empty for the one that serves")
    recents: t.List[dict[str, str]] = t.List(help="what was chosen lately, the newest first: {data, labels}")

    _chooses = False
    _labelled = _labels_before = ""  # the folder that had labels last, and the CSV

    def choose(self, data: str, labels: str = "") -> None:
        """Set folder and labels together: whoever hears of one finds the other changed, too."""
        self._chooses = True
        try:
            with self.hold_trait_notifications():
                self.data, self.labels = data, labels
        finally:
            self._chooses = False

    @t.observe("data", "labels")
    def _forget_labels(self, change: t.Bunch) -> None:
        """The labels of one folder say nothing of another, unless they came with it. Heard before what others observe."""
        if change["name"] == "labels" or self._chooses:
            self._labelled, self._labels_before = self.data, self.labels
        elif self._labelled != self.data and self.labels == self._labels_before:
            self.labels = ""

    @property
    def export(self) -> Path:
        """The export that the page answers with by now."""
        return absolute(self.model) if self.model else serving_state.serving()

    @t.validate("data")
    def _make_absolute(self, proposal: t.Bunch) -> str:
        """Runs work in another folder than the notebook, so what is kept is absolute."""
        named = proposal["value"].strip()
        return named if named in ("", DIGITS) else str(absolute(named))

    @t.validate("labels")
    def _make_labels_absolute(self, proposal: t.Bunch) -> str:
        named = proposal["value"].strip()
        return named and str(absolute(named))

    @t.validate("model")
    def _expand_home(self, proposal: t.Bunch) -> str:
        return os.path.expanduser(proposal["value"])


def trained_on(run: jobs.Run) -> tuple[str, str]:
    """The folder that a training learned from, and the CSV of its labels, empty where class folders hold them."""
    return run.arguments[0], run.option("--labels") or ""
