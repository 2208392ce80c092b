"""A head on the body that rests: a real training on two dozen pictures, and the same again after some labels were changed."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from samples import photo
from trainings import never

from model import artifacts, evaluation
from model.artifacts import build, make_safe_model, model_card
from model.classifier import Classifier
from model.core import checksum
from model.data import read_dataset
from model.errors import BadUsage
from model.evaluation import LinearHead, degrade
from model.features import frozen_body
from model.images import open_picture
from model.training import instant
from model.training.config import choose_config
from model.training.head_learner import PIXELS, learner_with
from model.training.stages import train

INSTANT = choose_config("instant", note="drawn")


@pytest.fixture(scope="module")
def folder(spoiled, tmp_path_factory) -> Path:
    return Path(shutil.copytree(spoiled, tmp_path_factory.mktemp("instant") / "animals"))


@pytest.fixture(scope="module")
def made(folder) -> dict:
    """A first training, with what it told, and a second one of the same folder."""
    run = folder.parent / "run"
    run.mkdir()
    events: list[dict] = []
    result = train(str(folder), INSTANT, run / "export.pkl", events.append, folder=run)
    again: list[dict] = []
    second = train(str(folder), INSTANT, folder.parent / "again.pkl", again.append, rival=run / "export.pkl")
    return {"run": run, "events": events, "result": result, "again": again, "second": second}


def test_it_looks_and_fits_and_looks_at_copies_and_fits_and_leaves_what_every_training_leaves(
    made,
):
    kinds = [kind for kind, _ in itertools.groupby(event["event"] for event in made["events"])]
    assert kinds == ["looking", "epoch", "looking", "epoch", "measuring"]
    assert {"report.json", "history.csv", "export.pkl", "model-card.json"} == {file.name for file in made["run"].iterdir()}
    result, card = made["result"], model_card.read(made["run"] / "export.pkl")
    assert (result["preset"], result["size"], result["best_epoch"], result["mirrored"]) == ("instant", 224, 2, None)
    assert result["accuracy"] == result["history"][1]["accuracy"] > 0.6
    assert (card.architecture, card.started_from, card.data["note"]) == ("efficientnet_lite0", "ImageNet", "drawn")
    assert card.recipe["preset"] == "instant"
    cross = result["cross_validated"]
    assert cross["count"] == result["train_count"] + result["valid_count"]
    assert cross["interval"][0] < cross["accuracy"] <= cross["interval"][1]
    assert json.dumps(result)


def test_broken_pictures_are_left_out_and_told(made, folder):
    used = {item.path.name for item in read_dataset(folder).items if item.split != "test"}
    broken = {name for name in used if name.startswith("broken")}
    assert {Path(row["file"]).name for row in made["result"]["left_out"]} == {*broken, "notes.txt"}


def test_a_second_training_looks_at_nothing_again_and_says_the_same(made):
    assert made["result"]["looked"]["pictures"] > 20
    assert made["second"]["looked"]["pictures"] <= 4  # the broken ones
    assert made["second"]["accuracy"] == made["result"]["accuracy"]
    assert made["second"]["comparison"]["verdict"] not in ("better", "worse")


def test_the_export_answers_as_was_measured_and_its_form_was_ready_before_anybody_asked(made, monkeypatch):
    def never_made(*_args):
        raise AssertionError("the form had to be made")

    monkeypatch.setattr(build, "main", never_made)
    monkeypatch.setattr(build, "_in_own_process", never_made)
    classifier = Classifier.load(made["run"] / "export.pkl")
    rows = made["result"]["answers"]
    for answer, row in zip(classifier.classify([Path(row["file"]) for row in rows]), rows, strict=True):
        assert answer.label == row["predicted"]
        assert answer.probability == pytest.approx(row["probability"], abs=0.01)


def test_a_head_is_not_judged_by_views_of_what_it_learned_from():
    noise = np.random.default_rng(0)
    labels = np.arange(60) % 2
    rows = instant.Rows(noise.random((60, 1280)), noise.random((60, 320)), labels, np.arange(60))  # labels without any sense
    copies = instant.Copies(instant.Rows(rows.features + 1e-6, rows.middle, rows.labels, rows.groups), np.full(60, "grey"))
    assert instant.judge(rows, copies, 2).temperature > 1


def test_what_is_asked_of_grey_copies_is_asked_of_grey_pictures_alone():
    noise = np.random.default_rng(0)
    labels = np.arange(120) % 2
    features = noise.normal(size=(120, 1280)) + 0.2 * labels[:, None]
    rows = instant.Rows(features, noise.random((120, 320)), labels, np.arange(120))
    copies = instant.Copies(
        instant.Rows(noise.normal(size=(120, 1280)), rows.middle, labels, rows.groups), np.full(120, "grey")
    )
    found = instant.judge(rows, copies, 2).thresholds
    assert found["sure_grey"] > found["sure"], "nothing can be told from these copies"
    assert "sure_dark" not in found


def test_what_it_bears_is_measured_and_written_into_the_card_and_looked_at_once(made):
    rows = made["result"]["degraded"]
    assert [row["name"] for row in rows][:6] == ["grey", "dark", "blurred", "turned_15", "turned_90", "tinted"]
    card = json.loads((made["run"] / "model-card.json").read_text())
    assert json.loads(json.dumps(rows)) == card["measured"]["degraded"]
    assert {"sure", "familiar"} <= card["thresholds"].keys()
    assert made["second"]["degraded"] == rows
    grey = next(row for row in rows if row["name"] == "grey")
    items = [Path(row["file"]) for row in made["result"]["answers"]]
    copies = [degrade(open_picture(file), "grey", int(checksum(file)[:8], 16)) for file in items]
    answers = Classifier.load(made["run"] / "export.pkl").classify(copies)
    right = [answer.label == file.parent.name for answer, file in zip(answers, items, strict=True)]
    assert (grey["count"], grey["accuracy"]) == (len(items), np.mean(right))


def test_a_stop_while_it_looks_at_degraded_copies_keeps_the_first_head(folder, tmp_path):
    figures: list[dict] = []

    def hear(event: dict) -> None:
        figures.extend([event] if event["event"] == "epoch" else [])

    copy = Path(shutil.copytree(folder, tmp_path / "animals"))
    result = train(str(copy), INSTANT, tmp_path / "export.pkl", hear, lambda: bool(figures))
    assert result["stopped"] and "degraded" not in result
    assert model_card.read(tmp_path / "export.pkl").measured["accuracy"] == result["accuracy"]


def test_of_one_picture_a_class_nothing_is_sure_and_all_can_be_compared():
    noise = np.random.default_rng(0)
    rows = instant.Rows(noise.random((2, 1280)), noise.random((2, 320)), np.arange(2), np.arange(2))
    assert instant.judge(rows, instant.Copies(rows.none(), np.array([], dtype=str)), 2).thresholds == {"sure": 1.0}
    assert np.isfinite(evaluation.fit_familiarity(rows.middle, rows.labels).scores(noise.random((5, 320)))).all()


def test_a_stop_while_it_looks_keeps_what_was_seen_and_leaves_no_model(pictures, tmp_path):
    folder = Path(shutil.copytree(pictures, tmp_path / "animals"))
    with pytest.raises(KeyboardInterrupt):
        train(str(folder), INSTANT, tmp_path / "a.pkl", never, stopping=lambda: True)
    assert not (tmp_path / "a.pkl").exists()


def test_a_note_that_is_no_text_is_told_before_anything(pictures, tmp_path):
    with pytest.raises(BadUsage, match="UTF-8"):
        train(str(pictures), choose_config("instant", note="caf\udce9"), tmp_path / "a.pkl", never)


@pytest.mark.slow
def test_a_head_written_into_the_body_gives_what_the_exporter_gives(pictures, tmp_path, monkeypatch):
    noise = np.random.default_rng(0)
    head = LinearHead(*(noise.normal(0, 0.05, shape).astype(np.float32) for shape in ((3, 1280), 3)))
    learner = learner_with(head)
    body = frozen_body()
    file = artifacts.to_stock_export(
        *(learner, tmp_path / "export.pkl", ["a", "b", "c"], next(pictures.rglob("*.png")), body.cut, PIXELS),
        {"whitening": noise.normal(0, 1, (320, 320)), "centres": noise.normal(0, 1, (3, 320))},
    )
    sha256 = checksum(file)
    exported = artifacts.OnnxNetwork(make_safe_model(file, sha256, here=True) / "network.onnx")
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "cache"))
    grafted = artifacts.OnnxNetwork(build.graft_safe_model(learner, sha256, body.file) / "network.onnx")
    assert grafted.outputs == exported.outputs
    framed = [body.framing(photo(300, 240, seed=seed)) for seed in range(5)]
    pixels = np.stack([np.asarray(picture.convert("RGB"), dtype=np.uint8).transpose(2, 0, 1) for picture in framed])
    for name, ours, theirs in zip(grafted.outputs, grafted(pixels), exported(pixels), strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5, err_msg=name)
