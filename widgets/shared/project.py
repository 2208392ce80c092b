"""What the panels of one page share: the pictures, the chosen training run, the page's model. Knows no panel."""

from __future__ import annotations

import os
from pathlib import Path

import traitlets as t

from model.artifacts import serving_state
from model.core import absolute
from model.data import DIGITS


class Project(t.HasTraits):
    """One person's work. A panel that changes one of these is heard by the others, which it does not know."""

    data = t.Unicode("", help="the folder of pictures, absolute, or the word digits; empty before one is chosen")
    run = t.Unicode("", help="the folder of the training run that is looked at; empty before there is one")
    model = t.Unicode("", help="the export that the page was told to answer with; empty for the one that serves")

    @property
    def export(self) -> Path:
        """The export that the page answers with by now."""
        return absolute(self.model) if self.model else serving_state.serving()

    @t.validate("data")
    def _make_absolute(self, proposal: t.Bunch) -> str:
        """Runs work in another folder than the notebook, so what is kept is absolute."""
        named = proposal["value"].strip()
        return named if named in ("", DIGITS) else str(absolute(named))

    @t.validate("model")
    def _expand_home(self, proposal: t.Bunch) -> str:
        return os.path.expanduser(proposal["value"])
