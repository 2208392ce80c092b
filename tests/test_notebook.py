"""The cells of app.ipynb that wire the controls by hand, run without a browser around a stand-in for the client."""

from __future__ import annotations

import ast
import asyncio
import json
import time
from threading import Event

import widgets
from model.core import PROJECT
from model.errors import Unreachable
from model.types import Prediction


class Client:
    """Answers once it is let; whatever is asked ahead is forgotten."""

    def __init__(self, error: Exception | None = None):
        self.let = Event()
        self.error = error

    def ask_ahead(self, picture: bytes) -> None:
        pass

    def classify(self, picture: bytes) -> Prediction:
        self.let.wait(10)
        if self.error:
            raise self.error
        return Prediction(picture.decode(), 0.75, {picture.decode(): 0.75, "other": 0.25}, "sure", 0.0)


CELLS = json.loads((PROJECT / "app.ipynb").read_text(encoding="utf-8"))["cells"]


def wired(client: Client) -> dict:
    """What the cells define, all but the whole page."""
    cells = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]
    names = {"display": lambda shown: None}
    for cell in [cells[0], *cells[2:]]:
        exec(cell, names)
        names["client"] = client
    return names


def send(upload, name: str, turn: int) -> None:
    upload._on_browser_message(None, {"type": "start", "turn": turn, "names": [name]}, [])
    upload._on_browser_message(None, {"type": "chunk", "turn": turn, "index": 0, "last": True}, [memoryview(name.encode())])


async def end_of_work() -> None:
    while len(asyncio.all_tasks()) > 1:
        await asyncio.sleep(0.01)


def test_a_click_shows_the_answer():
    async def use():
        page = wired(client := Client())
        client.let.set()
        page["button"].click()
        assert page["label"].value == "Choose a photo first."
        send(page["upload"], "glass", 1)
        assert page["label"].value == ""
        page["button"].click()
        await end_of_work()
        return page["label"].value

    assert asyncio.run(use()) == "Prediction: glass; Probability: 0.7500"


def test_a_click_does_not_stop_the_page_and_the_old_answer_goes_first():
    async def use():
        page = wired(client := Client())
        send(page["upload"], "glass", 1)
        page["label"].value = "the old answer"
        started = time.monotonic()
        page["button"].click()
        assert time.monotonic() - started < 5
        assert page["label"].value == ""
        client.let.set()
        await end_of_work()
        return page["label"].value

    assert asyncio.run(use()).startswith("Prediction: glass")


def test_the_answer_to_a_photo_that_was_replaced_is_not_shown():
    async def use():
        page = wired(client := Client())
        send(page["upload"], "glass", 1)
        page["button"].click()
        send(page["upload"], "paper", 2)
        client.let.set()
        await end_of_work()
        return page["label"].value

    assert asyncio.run(use()) == ""


def test_what_went_wrong_is_said_where_the_answer_would_be():
    async def use():
        page = wired(client := Client(Unreachable("The model does not answer.")))
        client.let.set()
        send(page["upload"], "glass", 1)
        page["button"].click()
        await end_of_work()
        return page["label"].value

    assert asyncio.run(use()) == "The model does not answer."


def test_each_cell_is_preceded_by_a_note_that_only_the_notebook_shows():
    kinds = [cell["cell_type"] for cell in CELLS]
    assert kinds == ["markdown", "code"] * (len(kinds) // 2)
    notes = [cell for cell in CELLS if cell["cell_type"] == "markdown"]
    assert all(cell["metadata"] == {"transient": {"remove_source": True}} for cell in notes)  # nbconvert's, and so Voilà's
    assert all("".join(cell["source"]).strip() for cell in notes)


def test_the_cells_use_public_names_alone():
    source = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code")
    used = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)]
    assert not [node.attr for node in used if node.attr.startswith("_")]
    of_widgets = {node.attr for node in used if isinstance(node.value, ast.Name) and node.value.id == "widgets"}
    assert of_widgets and of_widgets <= set(widgets.__all__)
