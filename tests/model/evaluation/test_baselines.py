"""The ladder on generated pictures, where each rung's accuracy can be worked out, on digits, and from the command line."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from samples import class_folders, encoded, photo

from model.__main__ import main
from model.classifier import Classifier
from model.data import dataset
from model.errors import BadData
from model.evaluation import baselines, evaluate, metrics
from model.evaluation.baselines import BaselineReport

KEYS = ["majority", "mean_l1", "mean_l2", "linear", "relu"]


def split_folders(root: Path, counts: dict[str, int], valid: int = 6) -> Path:
    class_folders(root / "train", counts)
    class_folders(root / "valid", dict.fromkeys(counts, valid), seed=7)
    return root


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    """Three classes told by their colour, one of them the most frequent."""
    return split_folders(tmp_path_factory.mktemp("photos"), {"Bär": 20, "cat": 12, "two words": 12})


@pytest.fixture(scope="module")
def ladder(photos) -> BaselineReport:
    return baselines.run_baselines(str(photos))


@pytest.fixture(scope="module")
def digits() -> BaselineReport:
    return baselines.run_baselines("digits")


def test_the_rungs_stand_in_order_with_counts_intervals_and_seconds(ladder):
    assert [rung.key for rung in ladder.baselines] == KEYS
    for rung in ladder.baselines:
        assert rung.count == 18
        assert rung.interval == metrics.wilson(round(rung.accuracy * 18), 18)
        assert 0 <= rung.seconds < 60
    assert (ladder.classes, ladder.train_count) == (["Bär", "cat", "two words"], 44)
    assert (ladder.left_out, ladder.beaten, ladder.stopped) == ([], None, False)
    assert json.loads(json.dumps(ladder.to_json()))["ladder"][0]["name"] == "most frequent class"


def test_the_most_frequent_class_is_right_as_often_as_it_occurs(ladder):
    assert ladder.baselines[0].accuracy == pytest.approx(1 / 3)


def test_colours_are_told_by_every_rung_that_looks_at_the_pictures(ladder):
    assert all(rung.accuracy > 0.9 for rung in ladder.baselines[1:])


def test_the_mean_pictures_of_digits_are_as_near_as_by_hand(digits):
    pictures = dataset.read_dataset("digits")

    def grey(split: str) -> tuple[np.ndarray, np.ndarray]:
        items = pictures.of(split)
        return np.stack([np.asarray(Image.open(i.path), float) for i in items]), np.array([int(i.label) for i in items])

    (train, labels), (valid, actual) = grey("train"), grey("valid")
    means = np.stack([train[labels == number].mean(0) for number in range(10)])
    differences = valid[:, None] - means[None]
    by_l1 = abs(differences).mean((2, 3)).argmin(1)
    by_l2 = np.sqrt((differences**2).mean((2, 3))).argmin(1)
    found = {rung.key: rung.accuracy for rung in digits.baselines}
    assert found["majority"] == pytest.approx((actual == Counter(labels.tolist()).most_common(1)[0][0]).mean())
    assert found["mean_l1"] == pytest.approx((by_l1 == actual).mean(), abs=0.004)
    assert found["mean_l2"] == pytest.approx((by_l2 == actual).mean(), abs=0.004)


def test_on_digits_each_kind_of_rung_is_higher_than_the_last(digits):
    found = {rung.key: rung.accuracy for rung in digits.baselines}
    assert found["majority"] < 0.2 < 0.85 < found["mean_l2"] < found["linear"]
    assert found["relu"] > 0.96
    assert digits.size == 8


def test_the_same_pictures_give_the_same_ladder(photos, ladder):
    again = baselines.run_baselines(str(photos))
    assert [rung.accuracy for rung in again.baselines] == [rung.accuracy for rung in ladder.baselines]


@pytest.mark.parametrize(("side", "expected"), [(200, 32), (32, 32), (20, 20)])
def test_small_pictures_keep_their_size_and_photos_become_small(tmp_path, side, expected):
    for label in ("a", "b"):
        (tmp_path / label).mkdir()
        for number in range(3):
            photo(side + 7, side, seed=number).save(tmp_path / label / f"{label}{number}.png")
    assert baselines.natural_side(dataset.read_dataset(tmp_path).of("all")) == expected


def test_broken_pictures_are_left_out_and_counted(tmp_path):
    root = split_folders(tmp_path / "data", {"a": 6, "b": 6}, valid=3)
    (root / "train" / "a" / "broken.png").write_bytes(encoded(photo())[:200])
    (root / "valid" / "b" / "broken.png").write_bytes(encoded(photo())[:200])
    ladder = baselines.run_baselines(str(root))
    assert [Path(file["file"]).name for file in ladder.left_out] == ["broken.png"] * 2
    assert all("copy or download it again" in file["reason"] or "damaged" in file["reason"] for file in ladder.left_out)
    assert (ladder.train_count, ladder.baselines[0].count) == (12, 6)


def test_validation_pictures_that_are_all_broken_are_a_sentence(tmp_path):
    root = split_folders(tmp_path / "data", {"a": 4, "b": 4}, valid=1)
    for file in root.glob("valid/*/*"):
        file.write_bytes(encoded(photo())[:200])
    with pytest.raises(BadData, match="None of the valid pictures can be opened"):
        baselines.run_baselines(str(root))


def test_of_very_many_pictures_an_even_part_is_learned_from(photos, monkeypatch):
    monkeypatch.setattr(baselines, "MOST", 20)
    ladder = baselines.run_baselines(str(photos))
    assert ladder.train_count == 15  # every third of 44
    assert any("15 of the 44" in note for note in ladder.notes)
    assert ladder.baselines[2].accuracy > 0.9, "every class is among them"


def test_a_model_that_knows_the_classes_is_the_last_rung_and_compared_with_the_best_before(photos, tiny_export):
    classifier = Classifier.load(tiny_export)
    ladder = baselines.run_baselines(str(photos), classifier=classifier)
    assert [rung.key for rung in ladder.baselines] == [*KEYS, "model"]
    assert (
        ladder.baselines[-1].accuracy == evaluate(classifier, dataset.read_dataset(photos).of("valid")).report("valid").accuracy
    )
    assert ladder.beaten in ("worse", "cannot tell"), "it has never learned anything"
    assert "of the same 18 pictures are right" in ladder.notes[-1]


def test_a_model_of_other_classes_is_left_out_with_a_note(tmp_path, tiny_export):
    root = split_folders(tmp_path, {"cat": 4, "dog": 4}, valid=2)
    ladder = baselines.run_baselines(str(root), classifier=Classifier.load(tiny_export))
    assert [rung.key for rung in ladder.baselines] == KEYS
    assert "does not know dog" in ladder.notes[0]


def test_progress_names_its_phases_in_order_and_counts_pictures(photos):
    events = []
    baselines.run_baselines(str(photos), report=events.append)
    assert {event["event"] for event in events} == {"baseline"}
    phases = list(dict.fromkeys(event["phase"] for event in events))
    assert phases == ["opening the pictures", *(rung.name for rung in baselines.run_baselines(str(photos)).baselines)]
    opening = [event for event in events if event["phase"] == phases[0]]
    assert [(event["done"], event["total"]) for event in opening] == [(n + 1, 62) for n in range(62)]
    for phase in phases[1:]:
        shares = [event["done"] for event in events if event["phase"] == phase]
        assert shares == sorted(shares) and shares[-1] == 1


@pytest.mark.parametrize(("phase", "rungs"), [("opening the pictures", 0), (baselines.LINEAR, 3), (baselines.RELU, 4)])
def test_a_stop_at_any_time_keeps_the_rungs_that_are_done(photos, phase, rungs):
    seen = []
    ladder = baselines.run_baselines(
        str(photos), report=seen.append, stopping=lambda: bool(seen) and seen[-1]["phase"] == phase
    )
    assert ladder.stopped
    assert len(ladder.baselines) == rungs


def test_a_folder_that_nothing_can_be_learned_from_is_a_sentence(tmp_path):
    class_folders(tmp_path / "data", {"alone": 5})
    with pytest.raises(BadData, match="one class only"):
        baselines.run_baselines(str(tmp_path / "data"))


def test_the_command_gives_the_contract_as_json_and_leaves_a_run(photos, tiny_export, tmp_path, capsys):
    status = main(["baselines", str(photos), "--json", "--model", str(tiny_export), "--size", "16", "--run", str(tmp_path)])
    document = json.loads(capsys.readouterr().out)
    assert status == 0
    assert [set(rung) >= {"name", "accuracy", "interval", "seconds", "count"} for rung in document["ladder"]] == [True] * 6
    assert document["size"] == 16
    last = json.loads((tmp_path / "events.jsonl").read_text().splitlines()[-1])
    assert last == {"event": "done", "result": document}


@pytest.mark.usefixtures("shipped_place")  # where no model is
def test_the_command_without_json_is_a_line_a_rung(photos, capsys):
    assert main(["baselines", str(photos)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[:5]] == [rung.name for rung in baselines.run_baselines(str(photos)).baselines]
    assert "33.3 %" in lines[0]
    assert lines[5].startswith("The fine-tuned model is left out. There is no model file")


@pytest.mark.usefixtures("shipped_place")  # where no model is
def test_the_command_is_status_1_where_pictures_are_left_out_and_for_a_model_that_is_not_there(tmp_path, capsys):
    root = split_folders(tmp_path / "data", {"a": 4, "b": 4}, valid=2)
    (root / "train" / "a" / "broken.png").write_bytes(encoded(photo())[:200])
    assert main(["baselines", str(root)]) == 1
    assert "Left out:" in capsys.readouterr().err
    assert main(["baselines", str(root), "--model", str(tmp_path / "nowhere.pkl")]) == 1
    assert "There is no model file" in capsys.readouterr().err
