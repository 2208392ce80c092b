"""This repository on Binder: the pins of serving alone, and the shipped model in a form that needs no torch."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from model.artifacts import example_pictures, model_card, read_form
from model.classifier import Classifier
from model.core import PROJECT, checksum
from model.publishing.privacy import find_private

SHIPPED, FORM = PROJECT / "export.pkl", PROJECT / "binder/form"


def test_it_installs_what_serving_needs_and_nothing_else():
    assert (PROJECT / "binder/requirements.txt").read_text() == "-r ../requirements-serve.txt\n"
    assert {file.name for file in (PROJECT / "binder").iterdir()} == {
        *("requirements.txt", "runtime.txt", "postBuild", "start", "jupyter_server_config.json", "form", "form-examples")
    }


def test_its_model_is_the_shipped_one_and_answers_as_it_does():
    form, _ = read_form(FORM)
    assert form["export"] == checksum(SHIPPED), "make binder/form anew, as CONTRIBUTING.md says"
    card, shipped = model_card.read(FORM), model_card.read(SHIPPED)
    assert (card.classes, card.thresholds, card.measured["accuracy"]) == (
        shipped.classes,
        shipped.thresholds,
        shipped.measured["accuracy"],
    )
    pictures = example_pictures.of(SHIPPED)
    assert [file.read_bytes() for file in example_pictures.of(FORM)] == [file.read_bytes() for file in pictures]
    ours, theirs = (Classifier.load(model).classify(pictures) for model in (FORM, SHIPPED))
    for found, expected in zip(ours, theirs, strict=True):
        assert found.status == expected.status
        assert found.probabilities == pytest.approx(expected.probabilities, abs=1e-5)
    assert find_private(FORM) == []


@pytest.mark.parametrize("form", ["form", "binder/form"])
def test_it_serves_the_form_that_is_there_to_strangers(tmp_path, form):
    (tmp_path / form).mkdir(parents=True)
    (tmp_path / "binder").mkdir(exist_ok=True)
    shutil.copy(PROJECT / "binder/start", tmp_path / "binder/start")
    given = subprocess.run(["binder/start", "env"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split("\n")
    assert {f"VOILENS_MODEL={tmp_path / form}", "VOILENS_PUBLIC=1", "OMP_NUM_THREADS=1"} <= set(given)
