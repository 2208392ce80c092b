"""Why of the pictures that a report names: those that are shown, and no others."""

from __future__ import annotations

import pytest
from samples import encoded, photo

from model.types import Explanation
from widgets.measure.confusion_matrix import ConfusionMatrix
from widgets.measure.top_losses import TopLosses

CLASSES = ["cat", "dog"]


@pytest.fixture
def rows(tmp_path) -> list[dict]:
    """Two cats called dogs, and a dog called a dog."""
    found = []
    for number, (label, predicted) in enumerate((("cat", "dog"), ("cat", "dog"), ("dog", "dog"))):
        file = tmp_path / f"{number}.jpg"
        file.write_bytes(encoded(photo(seed=number), "JPEG"))
        found.append({"file": str(file), "label": label, "predicted": predicted, "probability": 0.9, "loss": 2.0 - number})
    return found


@pytest.fixture
def asked() -> list[bytes]:
    return []


@pytest.fixture
def explain(asked):
    def explain(picture: bytes) -> Explanation:
        asked.append(picture)
        return Explanation("dog", 0.9, picture, (0, 0, 1, 1), picture)

    return explain


def content(row: dict) -> bytes:
    with open(row["file"], "rb") as file:
        return file.read()


def ask(widget, of: object) -> dict:
    widget._handle_custom_msg({"type": "why", "of": of}, [])
    return widget.why


def test_a_top_loss_is_explained_by_its_own_picture(rows, explain, asked):
    losses = TopLosses()
    losses.show({"top_losses": rows}, explain)
    assert ask(losses, 1)["kind"] == "explained"
    assert asked == [content(rows[1])]
    assert ask(losses, 2)["kind"] == "refused"  # it is right, so it is not shown


def test_a_picture_of_a_cell_is_explained_until_another_cell_is_chosen(rows, explain, asked):
    matrix = ConfusionMatrix()
    matrix.show({"classes": CLASSES, "confusion": [[0, 2], [0, 1]], "answers": rows}, explain)
    matrix.choose(0, 1)
    assert ask(matrix, 0)["label"] == "dog"
    matrix.choose(1, 1)
    assert matrix.why == {}
    ask(matrix, 0)
    assert asked == [content(rows[0]), content(rows[2])]
    assert ask(matrix, 1)["kind"] == "refused"


@pytest.mark.parametrize("of", ["0", "../../etc/passwd", -1, 10**9])
def test_what_names_no_shown_picture_is_refused(rows, explain, asked, of):
    losses = TopLosses()
    losses.show({"top_losses": rows}, explain)
    assert ask(losses, of)["kind"] == "refused"
    assert asked == []


def test_a_report_without_a_model_to_ask_offers_nothing(rows):
    losses = TopLosses()
    losses.show({"top_losses": rows})
    assert not losses.explainable
    assert ask(losses, 0) == {}
