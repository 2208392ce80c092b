"""The label panel without a browser, with a real folder of a visit."""

from __future__ import annotations

import asyncio

import ipywidgets as ipw
import pytest
import traitlets as t
from uploads import send

from model.errors import BadImage
from model.types import Prediction
from model.visit import Visit
from widgets.label import LabelPanel


class Answers:
    def classify(self, picture, waiting=lambda sentence: None):
        if picture == b"broken":
            raise BadImage("This file is not a picture.")
        label = picture.decode()
        return Prediction(label, 0.9, {label: 0.9, "other": 0.1}, "sure", 0.01)


class Grid(ipw.Label):
    """In the place of the cleaner: counts how often it is asked to look again."""

    refreshed = t.Int(0)

    def refresh(self) -> None:
        self.refreshed += 1


@pytest.fixture
def visit():
    own = Visit()
    yield own
    own.end()


def test_photos_are_filed_under_the_answer_and_the_cleaner_opens_on_them(visit):
    made = []
    panel = LabelPanel(Answers(), visit, lambda folder: made.append(folder) or Grid())
    assert panel.place.children == ()
    send(panel, "glass", "paper", "glass")
    assert panel.count == 3
    assert made == [visit.folder]
    assert sorted(f.relative_to(visit.folder).as_posix() for f in visit.folder.glob("*/*.jpg")) == [
        "glass/glass-2.jpg",
        "glass/glass.jpg",
        "paper/paper.jpg",
    ]
    send(panel, "metal", turn=2)
    assert panel.count == 4
    assert panel.place.children[0].refreshed == 1


def test_a_photo_that_is_refused_is_named_with_its_reason_and_the_rest_goes_on(visit):
    panel = LabelPanel(Answers(), visit, lambda folder: Grid())
    send(panel, "glass", "broken")
    assert panel.count == 1
    assert "broken.jpg: This file is not a picture." in panel.told.value


def test_adding_to_a_dataset_is_offered_where_somebody_takes_it(visit):
    panel = LabelPanel(Answers(), visit, lambda folder: Grid())
    send(panel, "glass")
    assert panel.add.layout.display == "none"
    panel.on_add(lambda: "1 photo waits <there>.")
    assert panel.add.layout.display == ""
    asyncio.run(panel._add(lambda: "1 photo waits <there>."))
    assert panel.told.value == "<p>1 photo waits &lt;there&gt;.</p>"
