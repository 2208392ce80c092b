"""What a figure says that it was measured on: another model, other pictures, labels or contents are told apart."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from samples import class_folders

from model.classifier import Classifier
from model.data import read_dataset
from model.evaluation import LoadedExport, evaluate_folder, provenance, run_baselines
from model.types import Item


@pytest.fixture
def folder(tmp_path) -> Path:
    return class_folders(tmp_path / "pets", {"cat": 6, "dog": 6})


def described(folder: Path, **changes: str) -> dict:
    items = [Item(item.path, changes.get(item.path.name, item.label), "valid") for item in read_dataset(folder).items]
    return {"measured_on": provenance.measured_on(folder, items, "valid", "a model")}


def test_the_same_pictures_are_the_same_wherever_the_folder_is_and_in_whatever_order(folder, tmp_path):
    moved = Path(shutil.copytree(folder, tmp_path / "moved"))
    assert provenance.of_same_pictures(described(folder), described(moved))


def test_another_label_another_file_or_another_content_is_another_measurement(folder):
    before = described(folder)
    assert not provenance.of_same_pictures(before, described(folder, **{"000.png": "dog"}))
    first = next((folder / "cat").iterdir())
    content = first.read_bytes()
    first.write_bytes(content + b"\0")
    assert not provenance.of_same_pictures(before, described(folder))
    first.write_bytes(content)
    assert provenance.of_same_pictures(before, described(folder))
    first.unlink()
    assert not provenance.of_same_pictures(before, described(folder))


@pytest.mark.parametrize("silent", [None, {}, {"measured_on": None}, {"accuracy": 1.0}])
def test_what_says_nothing_of_itself_is_of_nothing(folder, silent):
    assert not provenance.of_same_pictures(silent, described(folder))
    assert not provenance.of_same_pictures(silent, silent)
    assert not provenance.is_of(silent, "a model", "valid")


def test_a_result_is_of_one_model_and_one_split(folder):
    assert provenance.is_of(described(folder), "a model", "valid")
    assert not provenance.is_of(described(folder), "another", "valid")
    assert not provenance.is_of(described(folder), "a model", "test")
    assert not provenance.is_of(described(folder), "", "valid")


def test_a_report_and_the_baselines_of_one_folder_are_of_the_same_pictures(pictures, tiny_export):
    classifier = Classifier.load(tiny_export)
    report = evaluate_folder(read_dataset(pictures), LoadedExport(tiny_export, classifier), split="valid")
    ladder = run_baselines(str(pictures), classifier=classifier).to_json()
    assert provenance.of_same_pictures(report, ladder)
    json.dumps(ladder["measured_on"])
