"""The classify panel without a browser: its state, and what it shows, for everything that can come in."""

from __future__ import annotations

import asyncio

import pytest
from spoken import remembered, shown, spoken
from uploads import send

from model.errors import AppError, BadImage
from model.types import Prediction
from widgets.classify.panel import ClassifyPanel
from widgets.shared import asking
from widgets.shared.uploader import Uploader


def prediction(share: float, status: str = "sure") -> Prediction:
    return Prediction("glass", share, {"glass": share, "paper": 1 - share}, status, 0.01)


class Answers:
    """A client that gives what it was made with: bytes -> a Prediction or an error to raise."""

    def __init__(self, **outcomes):
        self.outcomes = outcomes

    def announced(self):
        return []

    def card(self):
        if "card" in self.outcomes:
            raise self.outcomes["card"]
        return {"classes": ["glass", "<b>paper</b>"]}

    def classify(self, picture, waiting=lambda sentence: None, wanted=lambda: True):
        outcome = self.outcomes[picture.decode()]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def test_the_panel_becomes_ready_and_names_the_classes_as_text():
    panel = ClassifyPanel(Answers())
    assert panel.state == "empty"
    assert "glass or &lt;b&gt;paper&lt;/b&gt;" in panel.intro.value


def test_an_answer_by_another_model_that_serves_by_now_brings_its_classes():
    panel = ClassifyPanel(Answers(a=Prediction("cat", 0.9, {"cat": 0.9, "dog": 0.1}, "sure", 0.01)))
    send(panel, "a")
    assert panel.classes == ["cat", "dog"]
    assert "cat or dog" in panel.intro.value


@pytest.mark.parametrize("status", ["sure", "unsure", "unfamiliar"])
def test_the_state_is_the_status_of_the_answer(status):
    panel = ClassifyPanel(Answers(a=prediction(0.9, status)))
    send(panel, "a")
    assert panel.state == shown(panel)["state"] == status
    assert panel.prediction.label == "glass"


def test_a_refused_photo_clears_the_old_answer():
    panel = ClassifyPanel(Answers(a=prediction(0.9), b=BadImage("This file is not a picture.")))
    send(panel, "a")
    send(panel, "b", turn=2)
    assert panel.state == "refused"
    assert panel.prediction is None
    assert shown(panel)["shares"] == []
    assert shown(panel)["detail"] == "This file is not a picture."


def test_the_photo_is_described_by_its_answer_and_by_no_earlier_one():
    panel = ClassifyPanel(Answers(a=prediction(0.9), b=BadImage("Broken.")))
    send(panel, "a")
    assert spoken(panel) == "This is glass (90 %)"
    send(panel, "b", turn=2)
    assert spoken(panel) == ""
    panel.history._on_browser_message(None, {"type": "return", "place": 0}, [])
    assert spoken(panel) == "This is glass (90 %)"


def test_an_unforeseen_failure_is_one_sentence_without_its_reason():
    panel = ClassifyPanel(Answers(a=RuntimeError("secret path")))
    send(panel, "a")
    assert panel.state == "refused"
    assert "secret" not in str(panel.answer.content)
    assert shown(panel)["detail"] == asking.SORRY


def test_a_model_that_cannot_be_loaded_is_told():
    panel = ClassifyPanel(Answers(card=AppError("There is no model file: train one.")))
    assert panel.state == "refused"
    assert shown(panel)["detail"] == "There is no model file: train one."


def test_several_photos_give_a_table_least_sure_first():
    panel = ClassifyPanel(Answers(a=prediction(0.9), b=prediction(0.6), c=BadImage("Broken.")))
    send(panel, "a", "b", "c")
    assert panel.state == "several"
    assert [row["name"] for row in shown(panel)["rows"]] == ["c.jpg", "b.jpg", "a.jpg"]


def test_an_answer_of_an_earlier_turn_is_dropped():
    panel = ClassifyPanel(Answers(a=prediction(0.9)))
    send(panel, "a", turn=1)
    panel.uploader._on_browser_message(None, {"type": "start", "turn": 2, "names": ["b.jpg"]}, [])
    chunk = {"type": "chunk", "turn": 1, "index": 0, "last": True}
    panel.uploader._on_browser_message(None, chunk, [memoryview(b"a")])
    assert panel.state == "uploading"
    assert panel.prediction is None


def test_the_history_keeps_twelve_and_returns_one():
    panel = ClassifyPanel(Answers(a=prediction(0.9), b=prediction(0.7, "unsure")))
    for turn in range(1, 15):
        send(panel, "b" if turn == 14 else "a", turn=turn)
    assert len(panel.history.entries) == 12
    panel.history._on_browser_message(None, {"type": "return", "place": 3}, [])
    assert panel.state == "sure"
    panel.history._on_browser_message(None, {"type": "clear"}, [])
    assert panel.history.entries == []


def test_what_was_answered_of_several_photos_is_kept_when_something_else_is_shown_meanwhile():
    panel = ClassifyPanel(Answers(a=prediction(0.9), b=prediction(0.6), c=prediction(0.7)))
    send(panel, "c")
    send(panel, "a", "b", "c", turn=2, missing=1)
    assert panel.state == "running"
    panel.history._on_browser_message(None, {"type": "return", "place": 0}, [])
    assert panel.state == "sure"
    assert [entry["label"] for entry in remembered(panel)] == ["2 photos", "glass"]
    panel.history._on_browser_message(None, {"type": "return", "place": 0}, [])
    assert [row["name"] for row in shown(panel)["rows"]] == ["b.jpg", "a.jpg"]
    assert len(panel.history.entries) == 2


def test_the_table_of_several_photos_can_be_returned_to_after_an_earlier_photo_was_looked_at():
    keeper = Keeps()
    panel = ClassifyPanel(Answers(a=prediction(0.9), b=prediction(0.6), c=BadImage("Broken.")), keeper)
    send(panel, "a")
    send(panel, "a", "b", "c", turn=2)
    rows = shown(panel)["rows"]
    assert [entry["label"] for entry in remembered(panel)] == ["3 photos", "glass"]
    panel.history._on_browser_message(None, {"type": "return", "place": 1}, [])
    assert panel.state == "sure"
    panel.history._on_browser_message(None, {"type": "return", "place": 0}, [])
    assert panel.state == shown(panel)["state"] == "several"
    assert shown(panel)["rows"] == [{**row, "asked": None} for row in rows]
    assert panel.prediction is None
    assert not shown(panel)["sendable"]  # the photos themselves are not kept
    say(panel, {"type": "send"})
    assert keeper.kept == []


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": "nonsense"},
        {"type": "start"},
        {"type": "start", "turn": "x", "names": 3},
        {"type": "chunk", "turn": 1, "index": 99, "last": True},
        {"type": "chunk", "turn": 1, "index": -5, "last": True},
        {"type": "too-large", "turn": 1, "index": 0, "size": "huge"},
        {"type": "cancel"},
        {"type": "say", "label": 3},
        {"type": "say", "label": "glass"},
        {"type": "say", "label": "glass", "place": 0},
        {"type": "say", "label": "glass", "place": "x"},
        {"type": "send"},
    ],
)
def test_a_crafted_message_changes_nothing_and_breaks_nothing(message):
    keeper = Keeps()
    panel = ClassifyPanel(Answers(a=prediction(0.9)), keeper)
    panel.uploader._on_browser_message(None, message, [])
    panel.answer._on_browser_message(None, message, [])
    assert keeper.kept == []
    panel.history._on_browser_message(None, {"type": "return", "place": -1}, [])
    panel.history._on_browser_message(None, {"type": "return", "place": "x"}, [])
    assert panel.state == "empty"
    send(panel, "a")
    assert panel.state == "sure"


class Keeps:
    """A keeper that remembers what it was given."""

    def __init__(self, error: Exception | None = None):
        self.kept, self.error = [], error

    def keep(self, photo, prediction, said=None):
        if self.error:
            raise self.error
        self.kept.append((photo.name, prediction.label, said))
        return "Kept."


def say(panel: ClassifyPanel, message: dict) -> None:
    async def deliver():
        panel.answer._on_browser_message(None, message, [])
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.01)

    asyncio.run(deliver())


@pytest.mark.parametrize(
    ("word", "said"), [("", "glass"), ("paper", "paper"), ("  a  new\nclass ", "a new class"), ("x" * 999, "x" * 80)]
)
def test_what_the_person_says_of_the_answer_is_kept_with_the_photo(word, said):
    keeper = Keeps()
    panel = ClassifyPanel(Answers(a=prediction(0.9)), keeper)
    send(panel, "a")
    assert shown(panel)["asked"] == {"answer": "glass", "choices": ["paper"]}
    say(panel, {"type": "say", "label": word})
    assert keeper.kept == [("a.jpg", "glass", said)]
    assert panel.answer.note == "Kept."


def test_what_is_unlike_anything_taught_is_not_filed_as_right_but_as_what_the_person_names():
    keeper = Keeps()
    panel = ClassifyPanel(Answers(a=prediction(0.9, "unfamiliar")), keeper)
    send(panel, "a")
    assert shown(panel)["asked"] == {"answer": "", "choices": ["glass", "paper"]}
    say(panel, {"type": "say", "label": ""})
    assert keeper.kept == []
    say(panel, {"type": "say", "label": "glass"})
    assert keeper.kept == [("a.jpg", "glass", "glass")]


def test_each_of_several_photos_is_corrected_by_itself_and_kept_once():
    keeper = Keeps()
    panel = ClassifyPanel(Answers(a=prediction(0.9), b=prediction(0.6, "unfamiliar"), c=BadImage("Broken.")), keeper)
    send(panel, "a", "c", "b")
    rows = {row["name"]: row for row in shown(panel)["rows"]}
    assert shown(panel)["detail"] == "1 sure, 0 not sure, 1 unfamiliar, 1 refused"
    assert rows["c.jpg"]["asked"] is None
    assert rows["b.jpg"]["asked"]["choices"] == ["glass", "paper"]
    place = rows["b.jpg"]["place"]
    for wrong in (-1, 2, 99, None, True):
        say(panel, {"type": "say", "label": "paper", "place": wrong})
    say(panel, {"type": "say", "label": "", "place": place})
    assert keeper.kept == []
    for said in ("paper", "glass"):  # the second comes from a page of before
        say(panel, {"type": "say", "label": said, "place": place})
    say(panel, {"type": "send"})
    assert keeper.kept == [("b.jpg", "glass", "paper"), ("a.jpg", "glass", None)]
    send(panel, "a", turn=2)
    panel.history._on_browser_message(None, {"type": "return", "place": 1}, [])
    assert {row["name"]: row["said"] for row in shown(panel)["rows"]} == {"a.jpg": "", "b.jpg": "paper", "c.jpg": ""}
    assert not any(row["asked"] for row in shown(panel)["rows"])


def test_nobody_is_asked_where_nothing_is_kept_nor_of_an_earlier_photo():
    panel = ClassifyPanel(Answers(a=prediction(0.9)))
    send(panel, "a")
    assert shown(panel)["asked"] is None
    keeper = Keeps()
    panel = ClassifyPanel(Answers(a=prediction(0.9), b=prediction(0.8)), keeper)
    send(panel, "a")
    send(panel, "b", turn=2)
    panel.history._on_browser_message(None, {"type": "return", "place": 1}, [])
    assert shown(panel)["asked"] is None
    say(panel, {"type": "say", "label": "paper"})
    assert keeper.kept == []


def test_several_photos_are_sent_to_the_cleaner_without_the_refused_ones():
    keeper, heard = Keeps(), []
    panel = ClassifyPanel(Answers(a=prediction(0.9), b=prediction(0.6), c=BadImage("Broken.")), keeper)
    panel.on_send(lambda: heard.append(1))
    send(panel, "a", "b", "c")
    assert shown(panel)["sendable"]
    say(panel, {"type": "send"})
    assert sorted(keeper.kept) == [("a.jpg", "glass", None), ("b.jpg", "glass", None)]
    assert heard == [1]


@pytest.mark.parametrize("error", [AppError("The inbox is full: open the cleaner."), RuntimeError("secret")])
def test_what_cannot_be_kept_is_told_in_a_sentence(error):
    panel = ClassifyPanel(Answers(a=prediction(0.9)), Keeps(error))
    send(panel, "a")
    say(panel, {"type": "say", "label": ""})
    assert "inbox is full" in panel.answer.note or "went wrong on our side" in panel.answer.note
    assert "secret" not in panel.answer.note


def test_photos_of_too_many_bytes_in_one_go_are_refused_one_by_one(monkeypatch):
    monkeypatch.setattr(asking, "MAX_HELD", 2)
    panel = ClassifyPanel(Answers(a=prediction(0.9), b=prediction(0.9)))
    send(panel, "a", "b", "a")
    assert [row["status"] for row in shown(panel)["rows"]] == ["refused", "sure", "sure"]


def test_an_upload_of_one_photo_takes_one_whatever_is_sent():
    uploader, heard = Uploader(multiple=False), []
    uploader.on_start(lambda turn, names: heard.append(names))
    uploader._on_browser_message(None, {"type": "start", "turn": 1, "names": ["a.jpg", "b.jpg"]}, [])
    assert heard == [["a.jpg"]]


def test_one_rival_is_named_only_when_it_comes_near():
    near = Prediction("glass", 0.48, {"glass": 0.48, "plastic": 0.41, "paper": 0.11}, "unsure", 0.0)
    far = Prediction("glass", 0.75, {"glass": 0.75, "plastic": 0.14, "paper": 0.11}, "unsure", 0.0)
    panel = ClassifyPanel(Answers(a=near, b=far))
    send(panel, "a")
    assert "".join(shown(panel)["headline"]) == spoken(panel) == "Not sure: perhaps glass (48 %) or plastic (41 %)"
    assert shown(panel)["headline"][1::2] == ["glass", "plastic"]
    send(panel, "b", turn=2)
    assert "".join(shown(panel)["headline"]) == spoken(panel) == "Not sure: perhaps glass (75 %)"


def test_classes_keep_the_order_of_the_vocabulary_even_where_they_are_numbers():
    shares = {"10": 0.25, "9": 0.25, "b": 0.25, "a": 0.25}
    panel = ClassifyPanel(Answers(a=Prediction("10", 0.25, shares, "unfamiliar", 0.0)), Keeps())
    send(panel, "a")
    assert [share["label"] for share in shown(panel)["shares"]] == list(shares)
    assert shown(panel)["asked"]["choices"] == list(shares)
    assert shown(panel)["detail"].startswith("I was taught 10, 9, b and a.")


def test_of_many_classes_only_what_is_shown_of_a_photo_is_sent_for_a_row_or_an_earlier_answer():
    shares = {f"class {number}": 1 / 1000 for number in range(1000)}
    panel = ClassifyPanel(Answers(a=Prediction("class 0", 1 / 1000, shares, "unsure", 0.0)))
    send(panel, "a")
    send(panel, "a", "a", turn=2)
    assert len(str(panel.answer.content)) + len(str(panel.history.entries)) + len(str(panel.uploader.answer)) < 2000


def test_the_card_and_the_examples_of_the_model_that_serves_are_shown_without_a_path(tmp_path):
    files = [tmp_path / "1-glass.jpg", tmp_path / "2-glass.jpg", tmp_path / "3-other.jpg"]
    for file in files:
        file.write_bytes(b"\xff\xd8")
    card = {
        "classes": ["glass", "paper"],
        "sha256": "ab" * 32,
        "made": "2026-01-01",
        "started_from": "/home/me/body.pkl",
        "data": {"name": "/home/me/bottles", "train": 3, "valid": 9},
        "measured": {"on": "9 pictures", "accuracy": 0.9, "history": [1, 2]},
        "recipe": {"seed": 1},
    }
    client = Answers()
    client.card = lambda: card
    panel = ClassifyPanel(client, find_examples=lambda: files)
    told = panel.about.told
    assert told["card"] == {
        "made": "2026-01-01",
        "data": {"name": "bottles", "train": 3},
        "measured": {"on": "9 pictures", "accuracy": 0.9},
    }
    assert [each["name"] for each in panel.examples.examples] == ["1-glass.jpg", "2-glass.jpg", "3-other.jpg"]
    assert [(each["name"], each["label"]) for each in told["examples"]] == [("1-glass.jpg", "glass")]
    assert "/home/me" not in str(told) + str(panel.examples.examples)


def see(panel: ClassifyPanel, *messages: tuple[dict, list[bytes]]) -> list[dict]:
    """What the camera is told when its browser side sends these at once."""
    told: list[dict] = []
    panel.camera.send = lambda message: told.append(message)

    async def deliver():
        for message, buffers in messages:
            panel.camera._on_browser_message(None, message, [memoryview(buffer) for buffer in buffers])
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.01)

    asyncio.run(deliver())
    return told


def test_a_picture_of_the_camera_is_answered_and_one_that_comes_meanwhile_is_dropped():
    panel = ClassifyPanel(Answers(a=prediction(0.9), b=BadImage("Broken."), c=RuntimeError("secret")))
    answers = see(panel, ({"type": "picture", "number": 1}, [b"a"]), ({"type": "picture", "number": 2}, [b"a"]))
    assert [(each["type"], each["number"], each["prediction"]["label"]) for each in answers] == [("seen", 1, "glass")]
    for wrong in (b"b", b"c"):
        assert see(panel, ({"type": "picture", "number": 3}, [wrong])) == [{"type": "unseen", "number": 3}]
    assert see(panel, ({"type": "picture", "number": "x"}, [b"a"]), ({"type": "picture", "number": 4}, []), ({}, [])) == []
    assert see(panel, ({"type": "picture", "number": 5}, [bytes(500_000)])) == []
    assert panel.prediction is None


def test_what_the_camera_sees_takes_the_place_of_a_photo():
    panel = ClassifyPanel(Answers(a=prediction(0.9)))
    send(panel, "a")
    see(panel, ({"type": "begin"}, []))
    assert (panel.state, shown(panel)["state"]) == ("empty", "")
    send(panel, "a", turn=2)
    assert panel.state == "sure"
