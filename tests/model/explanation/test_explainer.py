"""From a picture and its answer to what is shown: the crop, the heat, the most similar training pictures."""

from __future__ import annotations

import json
import shutil

import pytest
from samples import encoded, photo

from model.classifier import Classifier
from model.core import checksum
from model.explanation import SHOWN, Explainer, keep_neighbours, neighbours_beside, write_explanation
from model.explanation.explainer import _in_words
from model.images import frame_here, open_picture
from model.types import Explanation, Item


@pytest.fixture
def export(explaining_export, tmp_path):
    return shutil.copy(explaining_export, tmp_path / "mine.pkl")


@pytest.fixture
def classifier(export):
    return Classifier.load(export)


def explained(classifier, export, picture: bytes, **options) -> Explanation:
    (prediction,) = classifier.classify([picture])
    framed = frame_here(classifier.model.framing, picture, SHOWN)
    return Explainer(classifier.model, export).explain(framed, prediction, **options)


def keep(classifier, export, pictures, for_visitors=False):
    items = [Item(file, file.parent.name, "train") for file in sorted(pictures.glob("*/*.png"))]
    keep_neighbours(export, checksum(export), classifier.model, items, for_visitors)


def test_an_answer_is_explained_by_the_crop_and_the_heat_over_it(classifier, export):
    picture = encoded(photo(900, 600, seed=4))
    found = explained(classifier, export, picture)
    assert found.label == classifier.classify([picture])[0].label
    assert open_picture(found.photo).size == (640, 427)
    assert found.part == pytest.approx((1 / 6, 0, 5 / 6, 1))
    assert open_picture(found.seen).size == (64, 64)
    assert open_picture(found.heat).size == (224, 224)
    assert found.similar == ()


@pytest.mark.parametrize(
    ("place", "part", "words"),
    [
        ((0.5, 0.5), (0, 0, 1, 1), "in the middle"),
        ((0.1, 0.1), (0, 0, 1, 1), "at the top left"),
        ((0.1, 0.1), (0.34, 0, 0.66, 1), "at the top"),
        ((0.9, 0.5), (0, 0, 1, 1), "at the right"),
        ((0.99, 0.99), (-0.5, 0, 1.5, 1), "at the bottom right"),
    ],
)
def test_where_the_brightest_place_lies_is_said_by_the_photo_not_by_the_crop(place, part, words):
    assert _in_words(place, part) == words


def test_it_takes_three_passes_of_the_network(classifier, export, pictures, monkeypatch):
    keep(classifier, export, pictures)
    picture = encoded(photo(90, 60, seed=4))
    (prediction,) = classifier.classify([picture])
    passes = []
    network = type(classifier.model.network)
    run = network.__call__
    monkeypatch.setattr(
        network, "__call__", lambda self, pixels, names=None: passes.append(len(pixels)) or run(self, pixels, names)
    )
    found = Explainer(classifier.model, export).explain(frame_here(classifier.model.framing, picture, SHOWN), prediction)
    assert found.heat
    assert found.similar
    assert sum(passes) == 3


def test_a_model_that_gives_no_heat_says_so_and_shows_the_crop(tiny_export):
    found = explained(Classifier.load(tiny_export), tiny_export, encoded(photo(90, 60)))
    assert found.heat == b""
    assert open_picture(found.seen).size == (32, 32)
    (note,) = found.notes
    assert "does not say which places" in note


def test_the_most_similar_training_pictures_are_shown_where_they_are_kept(classifier, export, pictures):
    twin = sorted(pictures.glob("cat/*.png"))[3]
    assert explained(classifier, export, twin.read_bytes()).similar == ()
    keep(classifier, export, pictures)
    found = explained(classifier, export, twin.read_bytes())
    assert len(found.similar) == 3
    assert found.similar[0].label == "cat"
    assert found.similar[0].similarity > 0.99


def test_visitors_see_them_only_where_the_owner_lets_them(classifier, export, pictures):
    picture = encoded(photo(90, 60))
    keep(classifier, export, pictures)
    assert explained(classifier, export, picture).similar
    assert not explained(classifier, export, picture, for_visitors=True).similar
    keep(classifier, export, pictures, for_visitors=True)
    assert explained(classifier, export, picture, for_visitors=True).similar


def test_what_is_kept_while_a_model_serves_is_seen_and_what_is_taken_away_is_gone(classifier, export, pictures):
    picture = encoded(photo(90, 60))
    (prediction,) = classifier.classify([picture])
    framed = frame_here(classifier.model.framing, picture, SHOWN)
    explainer = Explainer(classifier.model, export)
    assert not explainer.explain(framed, prediction).similar
    keep(classifier, export, pictures)
    assert explainer.explain(framed, prediction).similar
    neighbours_beside(export).unlink()
    assert not explainer.explain(framed, prediction).similar


def test_damaged_copies_are_said_and_the_rest_is_shown(classifier, export):
    neighbours_beside(export).write_bytes(b"no such file")
    found = explained(classifier, export, encoded(photo(90, 60)))
    assert found.heat
    assert any("cannot be read" in note for note in found.notes)


def test_an_explanation_travels_as_json(classifier, export, pictures):
    keep(classifier, export, pictures)
    found = explained(classifier, export, encoded(photo(90, 60)))
    assert Explanation.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_an_explanation_is_written_under_names_that_nothing_had(classifier, export, pictures, tmp_path):
    keep(classifier, export, pictures)
    found = explained(classifier, export, encoded(photo(90, 60)))
    first = write_explanation(found, tmp_path / "why", "bottle")
    second = write_explanation(found, tmp_path / "why", "bottle")
    assert first["seen"].endswith("bottle-seen.jpg")
    assert second["seen"].endswith("bottle-seen-2.jpg")
    assert [like["file"].rpartition("/")[2] for like in first["similar"]] == [f"bottle-similar-{n}.jpg" for n in (1, 2, 3)]
    for name in (first["heat"], first["seen"], second["heat"], second["similar"][2]["file"]):
        assert open_picture(name)
