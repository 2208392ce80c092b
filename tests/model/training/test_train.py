"""Real, tiny trainings: a small network at 32 pixels, one epoch, two dozen pictures."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from samples import class_folders, photo
from trainings import QUICK, never

from model.artifacts import fastai_reader, fastai_transforms, model_card
from model.classifier import Classifier
from model.core import files
from model.data import dataset
from model.errors import BadData, BadUsage
from model.images.decode import open_picture
from model.training.config import choose_config
from model.training.crops import valid_crop
from model.training.stages import train


def test_the_result_has_the_figures_of_the_contract(trained):
    result = trained["result"]
    expected = "accuracy error_rate valid_loss classes train_count valid_count seconds out history stopped preset best_epoch"
    assert set(expected.split()) <= set(json.loads(json.dumps(result)))
    assert result["classes"] == ["Bär", "cat", "two words"]
    assert result["how"] == trained["card"].measured["how"]
    assert "drawn by a hash" in result["how"]
    assert result["accuracy"] + result["error_rate"] == pytest.approx(1)
    assert result["accuracy"] * result["valid_count"] == pytest.approx(round(result["accuracy"] * result["valid_count"]))
    assert 0 < result["train_count"] + result["valid_count"] <= 24
    assert result["out"] == str(trained["out"])
    assert len(result["history"]) == 1
    assert result["history"][0]["valid_loss"] == result["valid_loss"] > 0
    assert (result["stopped"], result["preset"], result["best_epoch"]) == (False, "quick", 1)
    assert [answer["label"] in result["classes"] for answer in result["answers"]] == [True] * result["valid_count"]


def test_a_broken_picture_among_good_ones_is_left_out_and_listed(trained, spoiled):
    left_out = {Path(row["file"]).name: row["reason"] for row in trained["result"]["left_out"]}
    used = [item.path.name for item in dataset.read_dataset(spoiled).items if item.split != "test"]
    broken = {name for name in used if name.startswith("broken")}
    assert broken
    assert set(left_out) == {*broken, "notes.txt"}
    assert all("breaks off" in left_out[name] for name in broken)
    assert trained["card"].data["left_out"] == len(left_out)


def test_the_events_go_from_reading_to_the_end(trained):
    events = trained["events"]
    kinds = [event["event"] for event in events]
    assert kinds == sorted(kinds, key=["reading", "training", "epoch", "measuring"].index)
    assert set(kinds) == {"reading", "training", "epoch", "measuring"}
    done = [event["done"] for event in events if event["event"] == "training"]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(1)
    (epoch,) = [event for event in events if event["event"] == "epoch"]
    assert {"epoch", "epochs", "train_loss", "valid_loss", "accuracy", "seconds", "lr", "best"} < set(epoch)
    assert (epoch["epoch"], epoch["epochs"], epoch["best"]) == (1, 1, True)
    assert json.dumps(events)


def test_the_card_describes_the_export(trained):
    described = trained["card"]
    assert described.sha256 == files.checksum(trained["out"])
    assert described.classes == trained["result"]["classes"]
    assert (described.architecture, described.size) == (QUICK.arch, 32)
    assert described.measured["accuracy"] == trained["result"]["accuracy"]
    assert 0.5 <= described.thresholds["sure"] <= 1
    assert described.thresholds["familiar"] < 0
    assert model_card.admit(trained["out"], named=False)[1] == described


def test_whether_pictures_were_mirrored_is_in_the_result_and_on_the_card(trained):
    assert trained["result"]["mirrored"] is True
    assert trained["card"].recipe["mirror"] is True


def test_nothing_but_the_export_and_its_card_is_left_in_the_folder(trained):
    assert sorted(path.name for path in trained["out"].parent.iterdir()) == ["mine.pkl", "model-card.json"]


def test_the_export_names_no_picture_and_no_folder_of_the_training(trained, spoiled):
    content = trained["out"].read_bytes()
    assert str(spoiled).encode() not in content
    assert b"000.png" not in content


def test_training_pictures_are_familiar_to_an_export_made_here(trained, spoiled):
    classifier = Classifier.load(trained["out"])
    answers = classifier.classify(sorted((spoiled / "Bär").glob("*.png")))
    assert sum(answer.status != "unfamiliar" for answer in answers) >= 6


def test_the_same_seed_gives_the_same_network_and_another_seed_another(trained, spoiled, tmp_path):
    files = [trained["out"], tmp_path / "again" / "a.pkl", tmp_path / "other" / "a.pkl"]
    for file in files[1:]:
        file.parent.mkdir()
    again = train(str(spoiled), QUICK, files[1], never)
    other = train(str(spoiled), replace(QUICK, seed=7), files[2], never)
    first, second, third = (
        [{**epoch, "seconds": 0} for epoch in result["history"]] for result in (trained["result"], again, other)
    )
    assert first == second
    assert first != third
    first, second, third = (Classifier.load(file).classify([photo(50, 50)])[0].probabilities for file in files)
    assert first == second
    assert first != third


def test_a_class_of_broken_pictures_alone_is_refused_by_name(pictures, tmp_path):
    root = Path(shutil.copytree(pictures, tmp_path / "animals"))
    for file in (root / "cat").iterdir():
        file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(BadData, match="“cat”"):
        train(str(root), QUICK, tmp_path / "new.pkl", never)


def stop_after(kind: str, count: int):
    """A listener and its `stopping`: true once `count` events of this kind have come."""
    seen: list[dict] = []

    def report(event: dict) -> None:
        seen.extend([event] if event["event"] == kind else [])

    return report, lambda: len(seen) >= count


def test_a_stop_in_the_first_epoch_leaves_a_usable_export_with_measured_figures(pictures, tmp_path):
    out = tmp_path / "half.pkl"
    result = train(str(pictures), replace(QUICK, epochs=3), out, *stop_after("training", 1))
    assert result["stopped"]
    assert [epoch["epoch"] for epoch in result["history"]] == [1]
    assert result["history"][0]["train_loss"] > 0
    answers = Classifier.load(out).classify([Path(answer["file"]) for answer in result["answers"]])
    assert [answer.label for answer in answers] == [answer["predicted"] for answer in result["answers"]]
    assert model_card.read(out).measured["accuracy"] == result["accuracy"]


def test_a_stop_while_a_learning_rate_is_looked_for_leaves_a_usable_export_too(pictures, tmp_path):
    recipe = replace(QUICK, learning_rate="find")
    result = train(str(pictures), recipe, tmp_path / "new.pkl", *stop_after("searching", 2))
    assert result["stopped"]
    assert Classifier.load(tmp_path / "new.pkl").vocab == result["classes"]


def test_a_stop_later_leaves_the_best_so_far(pictures, tmp_path):
    result = train(str(pictures), replace(QUICK, epochs=5, learning_rate=1e-3), tmp_path / "a.pkl", *stop_after("epoch", 2))
    assert result["stopped"]
    assert len(result["history"]) == 2
    best = min(result["history"], key=lambda epoch: (-epoch["accuracy"], epoch["valid_loss"]))
    assert result["best_epoch"] == best["epoch"]
    assert result["valid_loss"] == best["valid_loss"]
    assert result["accuracy"] == pytest.approx(best["accuracy"])


def test_a_stop_while_the_pictures_are_read_leaves_everything_as_it_was(pictures, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        train(str(pictures), QUICK, tmp_path / "new.pkl", *stop_after("reading", 3))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_training_that_gets_no_better_ends_early_with_the_best_and_the_crop_is_the_export_s_own(pictures, tmp_path):
    still = replace(QUICK, epochs=9, learning_rate=1e-30, patience=2, crop="pad", augment=("rotate",))
    result = train(str(pictures), still, tmp_path / "new.pkl", never, rival=None)
    best = [epoch["best"] for epoch in result["history"]]
    assert best[-3:] == [True, False, False]
    assert result["best_epoch"] == len(best) - 2 < 7
    assert not result["stopped"]
    assert fastai_transforms.transforms_of(fastai_reader.load_learner(tmp_path / "new.pkl")).steps == (valid_crop("pad", 32),)


def test_a_learning_rate_far_too_high_is_refused_in_a_sentence(pictures, tmp_path):
    with pytest.raises(BadUsage, match=r"1e\+30 is too high a learning rate, choose a lower one"):
        train(str(pictures), replace(QUICK, learning_rate=1e30), tmp_path / "new.pkl", never)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_learning_rate_is_found_and_the_new_model_compared_with_an_earlier_one(trained, pictures, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    events: list[dict] = []
    recipe = replace(QUICK, learning_rate="find", crop="squish", augment=())
    result = train(str(pictures), recipe, tmp_path / "new.pkl", events.append, rival=trained["out"])
    searched = [event["done"] for event in events if event["event"] == "searching"]
    assert searched == sorted(searched)
    assert len(searched) > 5
    assert 0 < result["history"][0]["lr"] < 1
    compared = result["comparison"]
    assert compared["count"] == result["valid_count"]
    assert compared["second_accuracy"] == pytest.approx(result["accuracy"])
    assert compared["verdict"] in ("better", "same", "worse", "cannot tell")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model-card.json", "new.pkl"]


def test_a_model_of_other_classes_cannot_be_compared_which_is_said(tiny_export, tmp_path):
    others = class_folders(tmp_path / "others", {"a": 6, "b": 6})
    result = train(str(others), QUICK, tmp_path / "new.pkl", never, rival=tiny_export)
    assert result["comparison"] is None
    assert any("does not know a or b" in note for note in result["notes"])


@pytest.mark.slow
def test_a_few_epochs_from_random_weights_tell_colours_that_chance_does_not(tmp_path):
    colours = class_folders(tmp_path / "colours", dict.fromkeys("abcd", 20), size=(64, 48))
    recipe = replace(QUICK, epochs=4, batch_size=8)
    result = train(str(colours), recipe, tmp_path / "colours.pkl", never)
    assert result["error_rate"] <= 0.2 * 0.75  # a fifth of the mistakes of whoever says one class for all


@pytest.mark.slow
def test_half_the_quick_preset_on_digits_makes_a_fifth_of_the_mistakes_of_the_mean_picture(tmp_path):
    """Five epochs of ten; `make bench` measures them all."""
    digits = dataset.read_dataset("digits")
    pixels, labels = {}, {}
    for split in ("train", "valid"):
        items = digits.of(split)
        pixels[split] = np.stack([np.asarray(open_picture(item.path).convert("L"), dtype=float).ravel() for item in items])
        labels[split] = np.array([digits.classes.index(item.label) for item in items])
    means = np.stack([pixels["train"][labels["train"] == label].mean(axis=0) for label in range(10)])
    nearest = ((pixels["valid"][:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    result = train("digits", choose_config("quick", init="scratch", epochs=5), tmp_path / "digits.pkl", never)
    assert result["error_rate"] <= 0.2 * (nearest != labels["valid"]).mean()


def test_a_training_that_fails_leaves_the_old_export_and_nothing_half_written(pictures, tmp_path):
    out = tmp_path / "export.pkl"
    out.write_bytes(b"the old one")
    model_card.write(out, model_card.ModelCard(sha256=files.checksum(out)))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def stumble(event: dict) -> None:
        if event["event"] == "epoch":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(str(pictures), QUICK, out, stumble)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert model_card.admit(out, named=False)


def test_training_leaves_the_pictures_as_they_were(trained, spoiled):
    assert sorted(path.name for path in spoiled.iterdir()) == [".voilens", "Bär", "cat", "two words"]
    assert sum(len(files) for folder, _, files in os.walk(spoiled) if not folder.endswith(".voilens")) == 29
