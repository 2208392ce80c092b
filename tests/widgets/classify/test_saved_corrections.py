"""What a visitor says of photos, saved as a file for the owner: on a public page alone, in a form that is read."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode

import pytest
from uploads import send

from model.errors import AppError, BadData, BadImage
from model.intake import corrections
from model.types import Prediction
from widgets.classify.panel import ClassifyPanel
from widgets.shared import WORDS

WORDS = WORDS["corrections"]
MODEL = "ab" * 32


class Model:
    """A client whose answer to a photo is sure; its card can be another one, or an error to raise."""

    def __init__(self) -> None:
        self.now: dict | AppError = {"classes": ["glass", "paper"], "sha256": MODEL}

    def announced(self):
        return []

    def card(self):
        if isinstance(self.now, AppError):
            raise self.now
        return self.now

    def classify(self, picture, waiting=lambda sentence: None, wanted=lambda: True):
        if picture == b"broken":
            raise BadImage("Broken.")
        return Prediction("glass", 0.9, {"glass": 0.9, "paper": 0.1}, "unfamiliar" if picture == b"odd" else "sure", 0.01)


class Keeps:
    """A keeper that has room, or has none."""

    def __init__(self, full: bool = False):
        self.full, self.kept = full, []

    def keep(self, photo, prediction, said=None):
        if self.full:
            raise BadData("There is no room.")
        self.kept.append((photo.name, said))
        return "Kept by the keeper."


def finish(message: dict, receive) -> None:
    """Have a message of the browser taken, with all work on it."""

    async def deliver():
        receive(None, message, [])
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.01)

    asyncio.run(deliver())


def say(panel: ClassifyPanel, label: str, **place: int) -> str:
    finish({"type": "say", "label": label, **place}, panel.answer._on_browser_message)
    return panel.answer.note


def saved(panel: ClassifyPanel, *asked: str) -> list[tuple[str, bytes]]:
    """The files that come to a browser that sends these messages at once, and takes each part."""
    widget, files, parts = panel.corrections, [], []

    def hear(message: dict, buffers: list[bytes]) -> None:
        parts.extend(buffers)
        if message["last"]:
            files.append((message["name"], b"".join(parts)))
            parts.clear()
        else:
            asyncio.get_running_loop().call_soon(widget._on_browser_message, None, {"type": "file-next"}, [])

    async def deliver():
        widget._transfer._send = hear
        for kind in asked:
            widget._on_browser_message(None, {"type": kind}, [])
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.01)

    asyncio.run(deliver())
    return files


def said_in(panel: ClassifyPanel) -> list[tuple[str, str, bytes]]:
    ((name, content),) = saved(panel, "save")
    assert name == "corrections.json"
    document = json.loads(content)
    assert (document["format"], document["model"]) == (corrections.FORMAT, MODEL)
    return [(photo["name"], photo["said"], b64decode(photo["photo"])) for photo in document["photos"]]


def test_what_a_visitor_says_of_one_photo_and_of_several_is_in_one_file():
    keeper = Keeps()
    panel = ClassifyPanel(Model(), keeper, public=True)
    assert saved(panel, "save", "file-next", "nonsense") == []
    send(panel, "a")
    assert say(panel, "paper") == WORDS["kept"]
    send(panel, "broken", "b", "odd", turn=2)
    say(panel, " deep \t re\u200bd ", place=1)
    say(panel, "", place=0)  # of several, none is right by itself
    finish({"type": "send"}, panel.answer._on_browser_message)  # of which nothing is said
    send(panel, "c", turn=3)
    assert say(panel, "") == WORDS["kept"]
    assert panel.corrections.count == 3
    assert said_in(panel) == [("a.jpg", "paper", b"a"), ("odd.jpg", "deep red", b"odd"), ("c.jpg", "glass", b"c")]
    assert keeper.kept == [("a.jpg", "paper"), ("odd.jpg", "deep red"), ("b.jpg", None), ("c.jpg", "glass")]


def test_whoever_asks_often_gets_one_file():
    panel = ClassifyPanel(Model(), Keeps(), public=True)
    send(panel, "a")
    say(panel, "paper")
    assert len(saved(panel, "save", "save", "save")) == 1
    assert len(saved(panel, "save")) == 1


def test_the_owner_whose_corrections_are_in_the_inbox_is_offered_no_file(monkeypatch):
    assert ClassifyPanel(Model(), Keeps(), public=False).corrections is None
    assert ClassifyPanel(Model(), public=True).corrections is None
    monkeypatch.setenv("VOILENS_PUBLIC", "1")
    panel = ClassifyPanel(Model(), Keeps())
    assert panel.corrections in panel.children


def test_a_file_that_is_full_is_told_and_the_photo_is_kept_elsewhere(monkeypatch):
    monkeypatch.setattr(corrections, "MAX_PHOTOS", 1)
    keeper = Keeps()
    panel = ClassifyPanel(Model(), keeper, public=True)
    for turn, note in ((1, WORDS["kept"]), (2, WORDS["full"])):
        send(panel, "a", turn=turn)
        assert say(panel, "paper") == note
    assert panel.corrections.count == 1
    assert len(keeper.kept) == 2


def test_what_was_said_is_in_the_file_where_the_folder_of_the_visit_is_full():
    panel = ClassifyPanel(Model(), Keeps(full=True), public=True)
    send(panel, "a")
    assert say(panel, "paper") == "There is no room."
    assert said_in(panel) == [("a.jpg", "paper", b"a")]


@pytest.mark.parametrize("card", [{"classes": ["glass", "paper"], "sha256": "cd" * 32}, {"classes": ["cat"], "sha256": MODEL}])
def test_a_file_is_about_one_model(card):
    client = Model()
    panel = ClassifyPanel(client, Keeps(), public=True)
    send(panel, "a")
    say(panel, "paper")
    client.now = card
    send(panel, "b", turn=2)
    assert say(panel, "paper") == WORDS["another"]
    assert said_in(panel) == [("a.jpg", "paper", b"a")]


def test_a_model_that_cannot_be_named_makes_no_file_and_one_that_cannot_be_asked_is_told():
    client = Model()
    panel = ClassifyPanel(client, Keeps(), public=True)
    client.now = {"classes": ["glass", "paper"]}
    send(panel, "a")
    assert say(panel, "paper") == "Kept by the keeper."
    client.now = AppError("The model does not answer.")
    send(panel, "a", turn=2)
    assert say(panel, "paper") == "The model does not answer."
    assert panel.corrections.count == 0
