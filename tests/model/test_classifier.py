"""The Python contract, on a real export through the real cache."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import exports
import numpy as np
import pytest
from PIL import Image
from samples import encoded, flipped, photo

from model.artifacts import build, model_card, serving_state
from model.classifier import BATCH, Classifier
from model.core import PROJECT, files, paths
from model.errors import BadImage, BadModel
from model.types import Prediction


@pytest.fixture(scope="module")
def classifier(tiny_export) -> Classifier:
    return Classifier.load(tiny_export)


def test_a_loaded_export_answers_as_fastai_does(classifier, tiny_export, tmp_path):
    files = exports.odd_pictures(tmp_path, [(40, 32), (97, 61), (61, 130), (300, 7)])
    expected = exports.stock_answers(tiny_export, files)
    for answer, stock in zip(classifier.classify(files), expected, strict=True):
        assert answer.probabilities == pytest.approx(stock, abs=1e-4)
    assert classifier.vocab == ["Bär", "cat", "two words"]


def test_bytes_a_path_and_a_picture_of_the_same_pixels_get_the_same_answer(classifier, tmp_path):
    (tmp_path / "a.png").write_bytes(encoded(photo()))
    answers = classifier.classify([encoded(photo()), tmp_path / "a.png", photo()])
    assert answers[0].probabilities == answers[1].probabilities == answers[2].probabilities


def test_a_photo_is_turned_upright_before_it_is_classified(classifier, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encoded(photo(60, 40).transpose(Image.Transpose.ROTATE_90), exif=exif)
    upright, sideways = classifier.classify([photo(60, 40), turned])
    assert upright.probabilities == pytest.approx(sideways.probabilities, abs=1e-6)


def test_the_same_light_in_eight_and_in_sixteen_bits_gets_the_same_answer(classifier):
    grey = np.clip(np.asarray(photo(60, 40).convert("L")), 60, 180)  # neither black nor white in it
    eight, sixteen = Image.fromarray(grey), Image.fromarray(grey.astype(np.uint16) * 257)
    answers = classifier.classify([encoded(eight), encoded(sixteen), encoded(sixteen, "TIFF")])
    for answer in answers[1:]:
        assert answer.probabilities == pytest.approx(answers[0].probabilities, abs=0.02)
        assert answer.note == ""


def test_what_was_made_of_a_file_is_noted_with_its_answer_and_with_no_other(classifier):
    cut_off = encoded(photo(320, 240), "JPEG", quality=85)[:-2500]
    whole, half, odd = classifier.classify([photo(), cut_off, Image.new("F", (40, 40), 7.0)])
    assert whole.note == ""
    assert "lower part is missing" in half.note
    assert "no known range" in odd.note


def test_a_refused_picture_keeps_the_others_in_order(classifier):
    pictures = [photo(40, 40, seed=seed) for seed in range(2 * BATCH + 3)]
    alone = [classifier.classify([picture])[0] for picture in pictures[:: BATCH - 1]]
    broken = {1, BATCH - 1, BATCH, 2 * BATCH + 1}
    mixed = [b"broken" if place in broken else picture for place, picture in enumerate(pictures)]
    answers = classifier.classify(mixed)
    assert {place for place, answer in enumerate(answers) if isinstance(answer, BadImage)} == broken
    for place, answer in zip(range(0, len(pictures), BATCH - 1), alone, strict=True):
        if place not in broken:
            assert answers[place].probabilities == pytest.approx(answer.probabilities, abs=1e-5)


def test_no_pictures_and_only_broken_pictures_are_answered_too(classifier):
    assert classifier.classify([]) == []
    assert all(isinstance(answer, BadImage) for answer in classifier.classify([b"", b"x"]))


def test_an_answer_is_sure_from_the_threshold_on_its_card(classifier):
    share = classifier.classify([photo()])[0].probability
    for sure, status in ((share - 1e-6, "sure"), (share + 1e-6, "unsure")):
        answer = Classifier(classifier.model, {"thresholds": {"sure": sure}}).classify([photo()])[0]
        assert isinstance(answer, Prediction)
        assert answer.status == status


def test_a_card_beside_the_export_is_used_when_it_describes_it(tiny_export, tmp_path):
    export = Path(shutil.copy(tiny_export, tmp_path / "export.pkl"))
    document = {"sha256": files.checksum(export), "name": "mine", "thresholds": {"sure": 1.1}}
    model_card.write(export, model_card.ModelCard.from_json(document))
    loaded = Classifier.load(export)
    assert loaded.card["name"] == "mine"
    assert loaded.classify([photo()])[0].status == "unsure"


def test_an_export_that_its_card_contradicts_is_refused_unless_the_owner_insists(tiny_export, tmp_path):
    export = Path(shutil.copy(tiny_export, tmp_path / "export.pkl"))
    model_card.write(export, model_card.ModelCard(sha256="0" * 64))
    with pytest.raises(BadModel, match="is not the file"):
        Classifier.load(export)
    assert Classifier.load(export, named=True).card == {}


def test_without_a_path_it_is_the_one_that_serves_which_needs_its_card(tiny_export, shipped_place, own_runs, tmp_path):
    shutil.copy(tiny_export, shipped_place)
    with pytest.raises(BadModel, match=r"no model-card\.json"):
        Classifier.load()
    with pytest.raises(BadModel, match="train one"):
        Classifier.load("nowhere.pkl")
    own_runs.mkdir()
    serves = Path(shutil.copy(tiny_export, own_runs / "mine.pkl"))
    model_card.write(serves, model_card.ModelCard(sha256=files.checksum(serves), note="mine"))
    serving_state.serve(serves)
    assert Classifier.load().card["note"] == "mine"


def test_the_safe_form_is_made_once_per_content_and_holds_no_pickle(tiny_export, own_form, tmp_path):
    folder = paths.cache_folder("forms")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert {path.suffix for path in before if path.is_file()} <= {".json", ".onnx", ".npy"}
    Classifier.load(Path(shutil.copy(tiny_export, tmp_path / "another name.pkl")))
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_serving_needs_neither_torch_fastai_nor_the_pickle(classifier, tiny_export, tmp_path):
    """In a fresh interpreter that raises for whoever imports torch or fastai, or unpickles anything."""
    script = f"""
import sys
for name in ("torch", "torchvision", "fastai", "fastcore"):
    sys.modules[name] = None
from pathlib import Path
from model.classifier import Classifier
import pickle
def refuse(*arguments, **options):
    raise AssertionError("unpickled")
pickle.load = pickle.loads = pickle.Unpickler = refuse
classifier = Classifier.load({str(tiny_export)!r})
import json
print(json.dumps(classifier.classify([Path({str(tmp_path / "a.png")!r})])[0].to_json()))
"""
    photo().save(tmp_path / "a.png")
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == ""
    expected = classifier.classify([photo()])[0].probabilities
    assert json.loads(done.stdout)["probabilities"] == pytest.approx(expected, abs=1e-6)


@pytest.fixture
def own_form(classifier, tiny_export, tmp_path, monkeypatch) -> Path:
    """The folder of the safe form of `tiny_export` in a cache of this test alone."""
    made = build.make_safe_model(tiny_export, files.checksum(tiny_export))
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "cache"))
    return Path(shutil.copytree(made, paths.cache_folder("forms", made.name)))


@pytest.mark.slow
def test_an_export_is_made_ready_by_a_process_of_its_own_when_it_is_first_loaded(
    classifier, tiny_export, tmp_path, monkeypatch
):
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "cache"))
    answer = Classifier.load(tiny_export).classify([photo()])[0]
    assert answer.probabilities == pytest.approx(classifier.classify([photo()])[0].probabilities, abs=1e-6)
    assert len(list(paths.cache_folder("forms").iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("form.json", lambda content: content.replace(b'"cat"', b'"cut"')),
        ("network.onnx", lambda content: flipped(content, 4 * len(content))),
        ("network.onnx", lambda content: content[:20]),
    ],
    ids=["another word in the form", "a bit of the network", "most of the network gone"],
)
def test_a_damaged_form_in_the_cache_is_made_once_more(classifier, tiny_export, own_form, monkeypatch, name, damage):
    made = []
    monkeypatch.setattr(build, "_in_own_process", lambda checked, folder, export: made.append(build.main(checked, folder)))
    (own_form / name).write_bytes(damage((own_form / name).read_bytes()))
    again = Classifier.load(tiny_export).classify([photo()])[0]
    assert again.probabilities == pytest.approx(classifier.classify([photo()])[0].probabilities, abs=1e-6)
    Classifier.load(tiny_export)
    assert len(made) == 1


def test_a_card_that_names_other_classes_than_its_export_is_refused(tiny_export, tmp_path):
    export = Path(shutil.copy(tiny_export, tmp_path / "export.pkl"))
    for classes, fits in ((["Bär", "cat", "two words"], True), (["cat", "Bär", "two words"], False)):
        model_card.write(export, model_card.ModelCard(sha256=files.checksum(export), classes=classes))
        if fits:
            assert Classifier.load(export).vocab == classes
        else:
            with pytest.raises(BadModel, match="names other classes"):
                Classifier.load(export)


def test_a_form_made_by_other_versions_is_served_as_it_is(tiny_export, own_form, monkeypatch):
    monkeypatch.setattr("importlib.metadata.version", lambda name: "99.0")
    assert build.make_safe_model(tiny_export, files.checksum(tiny_export)) == own_form
