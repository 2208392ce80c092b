"""POST /explain: as /classify, and why; for strangers without the owner's pictures."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from samples import encoded, photo
from starlette.testclient import TestClient

from model.classifier import Classifier
from model.core import checksum
from model.core.limits import MAX_BYTES
from model.explanation import keep_neighbours
from model.images import open_picture
from model.serving.server import create_app
from model.types import Explanation, Item, Prediction

PICTURE = encoded(photo(90, 60, seed=2))


@contextmanager
def asked(export, public: bool = False) -> Iterator[TestClient]:
    with TestClient(create_app(lambda: Classifier.load(export, named=True), export=export, public=public)) as client:
        while client.get("/health").status_code == 503:
            time.sleep(0.01)
        yield client


@pytest.fixture(scope="module")
def export(explaining_export, pictures, tmp_path_factory):
    """An export with copies of its training pictures beside it."""
    place = shutil.copy(explaining_export, tmp_path_factory.mktemp("run") / "mine.pkl")
    keep(place, pictures)
    return place


def keep(export, pictures, for_visitors: bool = False) -> None:
    items = [Item(file, file.parent.name, "train") for file in sorted(pictures.glob("*/*.png"))]
    model = Classifier.load(export, named=True).model
    keep_neighbours(export, checksum(export), model, items, for_visitors)


def test_a_picture_gets_its_answer_and_why(export):
    with asked(export) as client:
        answer = client.post("/explain", content=PICTURE)
        plain = Prediction.from_json(client.post("/classify", content=PICTURE).json())
    assert answer.status_code == 200
    found, prediction = Explanation.from_json(answer.json()), Prediction.from_json(answer.json()["prediction"])
    assert prediction.probabilities == pytest.approx(plain.probabilities, abs=1e-5)
    assert found.label == prediction.label == plain.label
    assert open_picture(found.photo).size == (90, 60)
    assert open_picture(found.heat)
    assert len(found.similar) == 3


def test_training_pictures_are_not_for_visitors_unless_the_owner_says_so(export, pictures, tmp_path):
    mine = shutil.copy(export, tmp_path / "mine.pkl")
    keep(mine, pictures)
    with asked(mine) as client:
        assert client.post("/explain", content=PICTURE).json()["similar"]
        assert client.post("/explain?visitor", content=PICTURE).json()["similar"] == []
    with asked(mine, public=True) as client:  # whatever a stranger asks
        assert client.post("/explain", content=PICTURE).json()["similar"] == []
        keep(mine, pictures, for_visitors=True)
        assert len(client.post("/explain?visitor", content=PICTURE).json()["similar"]) == 3


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [(b"text", 422, "not a picture"), (PICTURE[:200], 422, "breaks off"), (b"0" * (MAX_BYTES + 1), 413, "more than the 30 MB")],
)
def test_what_is_refused_is_refused_as_for_an_answer(export, content, status, words):
    with asked(export) as client:
        answer, plain = (client.post(path, content=content) for path in ("/explain", "/classify"))
    assert answer.status_code == plain.status_code == status
    assert answer.json() == plain.json()
    assert words in answer.json()["error"]


def test_a_form_and_base64_are_taken_too(export):
    with asked(export) as client:
        assert client.post("/explain", files={"file": PICTURE}).status_code == 200


def test_a_model_that_fails_is_one_sentence(export, monkeypatch):
    from model.explanation import Explainer

    def fail(*_):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(Explainer, "explain", fail)
    with asked(export) as client:
        answer = client.post("/explain", content=PICTURE)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "try another" in answer.json()["error"]
