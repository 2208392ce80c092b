"""Networks taught without a part of the pictures, on pictures that a colour tells apart."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from samples import COLOURS, class_folders, photo
from torchvision import models

from model.errors import BadModel, BadUsage
from model.scoring import cross_validation
from model.scoring.cross_validation import Stopped, Task, cross_validate
from model.scoring.pipeline import ScoreOptions, score
from model.scoring.results import ResultStore

WRONG = [3, 20]  # places of the labels that are wrong


@pytest.fixture(scope="module")
def start(tmp_path_factory) -> Path:
    """A weights file of a network that has learned nothing."""
    torch.manual_seed(0)
    file = tmp_path_factory.mktemp("weights") / "start.pth"
    torch.save(models.resnet18(weights=None).state_dict(), file)
    return file


@pytest.fixture
def task(start, monkeypatch) -> Task:
    """Pictures of two colours, sixteen each; two labels are wrong, two pictures are copies."""
    monkeypatch.setattr(cross_validation, "BATCH", 8)
    pictures = [photo(40, 40, seed=n, tint=COLOURS[n // 16]) for n in range(32)]
    labels = np.repeat([0, 1], 16)
    labels[WRONG] = 1 - labels[WRONG]
    groups = np.arange(32)
    groups[31] = groups[30]
    return Task(pictures, labels, groups, 2, 32, True, start, folds=2, epochs=6)


class Kept(dict):
    """Judgements of networks, in memory."""

    def put(self, fold: int, log_probabilities: np.ndarray) -> None:
        self[fold] = log_probabilities


def test_wrong_labels_are_the_least_likely_and_the_hardest_to_learn(task):
    seen: list[tuple[float, float]] = []
    probabilities, learned = cross_validate(task, Kept(), lambda *progress: seen.append(progress), lambda: False)
    assert probabilities.sum(axis=1) == pytest.approx(1)
    given = probabilities[np.arange(32), task.labels]
    assert set(WRONG) <= set(np.argsort(given)[:6])  # of 32; a network from random weights errs elsewhere too
    assert learned[WRONG].mean() < learned.mean()
    shares = [done for done, _ in seen]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert seen[-1][1] == pytest.approx(0, abs=1e-6)


def test_no_network_has_seen_the_label_or_a_copy_of_what_it_judges(task, monkeypatch):
    taught: list[set[int]] = []

    def fake(task, body, rows, fold, *rest):
        taught.append({int(task.groups[row]) for row in rows})
        return np.log(np.full((32, 2), 0.25) + 0.5 * np.eye(2)[[fold] * 32])  # tells who judged

    monkeypatch.setattr(cross_validation, "run_fold", fake)
    probabilities, _ = cross_validate(task, Kept(), lambda *_: None, lambda: False)
    for row, part in enumerate(probabilities.argmax(axis=1)):
        assert int(task.groups[row]) not in taught[part]


def test_a_stop_between_two_batches_keeps_the_networks_that_are_finished(task):
    kept, reached = Kept(), []
    with pytest.raises(Stopped):
        cross_validate(task, kept, lambda done, _: reached.append(done), lambda: bool(reached) and reached[-1] > 0.6)
    assert list(kept) == [0]
    first = kept[0].copy()
    reached.clear()
    cross_validate(task, kept, lambda done, _: reached.append(done), lambda: False)
    assert reached[0] > 0.5  # it goes on, from there
    assert (kept[0] == first).all()


def test_the_same_pictures_are_judged_the_same_way_again(task):
    first, _ = cross_validate(task, Kept(), lambda *_: None, lambda: False)
    again, _ = cross_validate(task, Kept(), lambda *_: None, lambda: False)
    assert first == pytest.approx(again, abs=1e-3)


def test_a_start_without_a_body_is_refused_in_a_sentence(tiny_export, tmp_path):
    with pytest.raises(BadModel, match="no body"):
        cross_validation.starting_body(tiny_export)
    with pytest.raises(BadUsage, match="no file"):
        cross_validation.starting_body(tmp_path / "nothing.pth")


def test_a_thorough_score_stays_until_something_changes(tmp_path, start, tiny_export, monkeypatch):
    monkeypatch.setattr(cross_validation, "Task", partial(Task, folds=2, epochs=1))
    root = class_folders(tmp_path / "colours", {"red": 12, "green": 12}, size=(64, 64))
    events: list[dict] = []

    def run(**options) -> dict:
        return score(root, ScoreOptions(tiny_export, True, **options), report=events.append)

    found = run(thorough=True, start=start)
    assert any(event.get("phase", "").startswith("teaching") for event in events)
    assert len(found["items"]) == 24
    assert {"doubt", "loss", "suggested"} <= set(found["items"][0])
    findings = ResultStore(root)
    kept = {row[0] for row in findings._database.execute("SELECT DISTINCT model FROM features")}
    findings.close()
    assert not any(name.startswith("part") for name in kept)  # what was kept for a stop is gone
    events.clear()
    assert run(thorough=True, start=start) == found
    assert run(start=start) == found  # a quick one adds nothing
    (root / "red" / "000.png").unlink()
    events.clear()
    assert len(run()["items"]) == 23
    assert not any(event.get("phase", "").startswith("teaching") for event in events)
