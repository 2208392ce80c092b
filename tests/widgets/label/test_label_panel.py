"""The label panel without a browser, with a real folder of a visit."""

from __future__ import annotations

import asyncio
import threading

import ipywidgets as ipw
import pytest
import traitlets as t
from uploads import send

from model.errors import BadImage, BadUsage
from model.intake.visitor import VisitorFolder
from model.types import Prediction
from widgets.label.panel import LabelPanel
from widgets.shared import asking
from widgets.shared.uploader import MAX_PHOTOS


class Answers:
    def classify(self, picture, waiting=lambda sentence: None, wanted=lambda: True):
        if picture == b"broken":
            raise BadImage("This file is not a picture.")
        label = picture.decode()
        return Prediction(label, 0.9, {label: 0.9, "other": 0.1}, "sure", 0.01)


class Grid(ipw.Label):
    """In place of the cleaner: counts how often it is asked to look again."""

    refreshed = t.Int(0)

    def refresh(self) -> None:
        self.refreshed += 1


@pytest.fixture
def visit():
    own = VisitorFolder()
    yield own
    own.end()


def test_photos_are_filed_under_the_answer_and_the_cleaner_opens_on_them(visit):
    made = []
    panel = LabelPanel(Answers(), visit, lambda folder: made.append(folder) or Grid())
    assert panel.content.children == ()
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
    assert panel.content.children[0].refreshed == 1


def test_a_photo_that_is_refused_is_named_with_its_reason_and_the_rest_goes_on(visit):
    panel = LabelPanel(Answers(), visit, lambda folder: Grid())
    send(panel, "glass", "broken")
    assert panel.count == 1
    assert "broken.jpg: This file is not a picture." in panel.notice.value


class Slow(Answers):
    """Answers once it is told to go on."""

    def __init__(self):
        self.go = threading.Event()

    def classify(self, picture, waiting=lambda sentence: None, wanted=lambda: True):
        assert self.go.wait(20)
        return super().classify(picture)


def browser(panel: LabelPanel, kind: str, turn: int, pictures: list[str], index: int = 0) -> None:
    """One message of the browser, of photos chosen together."""
    message = {"type": kind, "turn": turn, "names": [f"{name}.jpg" for name in pictures], "index": index, "last": True}
    panel.uploader._on_browser_message(None, message, [memoryview(pictures[index].encode())] if kind == "chunk" else [])


def run(panel: LabelPanel, *messages: tuple) -> list[str]:
    """What is told after each of these messages, and once all work on them is done."""

    async def deliver():
        told = []
        for message in messages:
            browser(panel, *message)
            await asyncio.sleep(0.01)
            told.append(panel.notice.value)
        panel._client.go.set()
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.01)
        return [*told, panel.notice.value]

    return asyncio.run(deliver())


def test_a_second_drop_says_which_photos_of_the_first_did_not_arrive(visit):
    panel = LabelPanel(Slow(), visit, lambda folder: Grid())
    first, second = ["glass", "paper", "metal"], ["glass"]
    told = run(panel, ("start", 1, first), ("chunk", 1, first), ("start", 2, second), ("chunk", 2, second))
    assert told[1] == "<p>3 photos are being looked at.</p>"
    assert "2 photos of the drop before did not arrive: drop them again." in told[2]
    assert "<p>2 photos are being looked at.</p>" in told[2]
    assert told[-1] == "<p>2 photos of the drop before did not arrive: drop them again.</p>"
    assert panel.count == 2


def test_after_cancel_what_arrived_is_shown_and_what_did_not_is_told(visit):
    panel = LabelPanel(Slow(), visit, lambda folder: Grid())
    chosen = ["glass", "paper", "metal"]
    told = run(panel, ("start", 1, chosen), ("chunk", 1, chosen), ("cancel", 1, chosen))
    assert told[2] == "<p>1 photo is being looked at.</p><p>Cancelled: 2 photos not taken.</p>"
    assert told[-1] == "<p>Cancelled: 2 photos not taken.</p>"
    assert panel.count == 1
    assert len(panel.content.children) == 1
    assert run(panel, ("start", 2, chosen), ("cancel", 2, chosen))[-1] == "<p>Cancelled: 3 photos not taken.</p>"


def test_no_more_bytes_are_held_than_fit_and_the_rest_is_named(visit, monkeypatch):
    monkeypatch.setattr(asking, "MAX_HELD", 10)
    panel = LabelPanel(Slow(), visit, lambda folder: Grid())
    chosen = ["glass", "paper", "metal"]
    told = run(panel, ("start", 1, chosen), *(("chunk", 1, chosen, index) for index in range(3)))
    assert told[-1] == "<p>metal.jpg: These photos are too many megabytes for one go: send this one again in another.</p>"
    assert panel.count == 2
    assert "metal" not in run(panel, ("start", 2, ["metal"]), ("chunk", 2, ["metal"]))[-1]
    assert panel.count == 3


def test_the_page_says_how_many_photos_fit_into_one_drop(visit):
    assert f"up to {MAX_PHOTOS} photos" in LabelPanel(Answers(), visit, lambda folder: Grid()).intro.value


class Dataset:
    """In place of a dataset of the class glass, to which photos are added."""

    def __init__(self, folder: str = "rubbish"):
        self.folder, self.place, self.added = folder, f"/home/me/{folder}", []

    def new_classes(self):
        return ["metal", "paper"]

    def add(self, allowed=()):
        if set(allowed) < {"metal", "paper"}:
            raise BadUsage("“rubbish” has no class called metal or <paper>.")
        self.added.append(list(allowed))
        return "1 photo waits <there>."


def shown(*buttons) -> list[bool]:
    return [button.layout.display == "" for button in buttons]


def test_adding_to_a_dataset_is_offered_by_its_name_where_there_are_photos(visit):
    panel = LabelPanel(Answers(), visit, lambda folder: Grid())
    send(panel, "glass")
    assert shown(panel.add) == [False]
    panel = LabelPanel(Answers(), VisitorFolder(), lambda folder: Grid(), Dataset())
    assert shown(panel.add) == [False]
    panel = LabelPanel(Answers(), visit, lambda folder: Grid(), Dataset())
    assert shown(panel.add, panel.add_new) == [True, False]
    assert (panel.add.description, panel.add.tooltip) == ("Add to “rubbish”", "/home/me/rubbish")
    assert LabelPanel(Answers(), visit, lambda folder: Grid(), Dataset("")).add.description == "Add to a dataset"


def test_new_classes_are_refused_until_the_person_has_read_them(visit):
    dataset = Dataset()
    panel = LabelPanel(Answers(), visit, lambda folder: Grid(), dataset)
    send(panel, "glass")
    panel.add.click()
    assert panel.notice.value == "<p>“rubbish” has no class called metal or &lt;paper&gt;.</p>"
    assert (shown(panel.add_new), panel.add_new.description) == ([True], "Add with the new classes metal and paper")
    assert dataset.added == []
    panel.add_new.click()
    assert dataset.added == [["metal", "paper"]]
    assert panel.notice.value == "<p>1 photo waits &lt;there&gt;.</p>"
    assert shown(panel.add_new) == [False]
    panel.add.click()
    send(panel, "glass", turn=2)  # there may be others now
    assert shown(panel.add_new) == [False]
