"""Model files that cannot be served: each is refused with a sentence of its own, and nothing half-made is kept."""

from __future__ import annotations

import pickle
import shutil
import sys
from pathlib import Path

import exports
import fastai.vision.all as fv
import pytest
import torch
from pickled import renamed
from torch import nn

from model.artifacts import build, fastai_reader
from model.classifier import Classifier
from model.core import paths
from model.errors import BadModel


def exported(block: fv.DataBlock, pictures: Path, outputs: int, out: Path) -> Path:
    loaders = block.dataloaders(pictures, bs=2, num_workers=0)
    learner = fv.Learner(loaders, exports.tiny_network(3, outputs), loss_func=nn.MSELoss())
    learner.path = out.parent
    learner.export(out.name)
    return out


def refusal(export: Path) -> str:
    with pytest.raises(BadModel) as caught:
        build.main(export, export.parent / "form")
    return str(caught.value)


def block_of(*blocks, get_y, **transforms) -> fv.DataBlock:
    return fv.DataBlock(blocks, get_items=fv.get_image_files, get_y=get_y, **{"item_tfms": fv.Resize(32), **transforms})


def two_numbers(file):  # no annotations: fastai reads them
    return [float(len(file.stem)), 1.0]


def test_a_multi_label_export_is_refused_and_nothing_is_cached(pictures, tmp_path, monkeypatch):
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(build, "_in_own_process", lambda checked, made, export: build.main(checked, made))  # which takes longer
    block = block_of(fv.ImageBlock, fv.MultiCategoryBlock, get_y=[fv.Pipeline([fv.parent_label, fv.L])])
    export = exported(block, pictures, 3, tmp_path / "multi.pkl")
    before = set(paths.cache_folder("forms").parent.rglob("*"))
    with pytest.raises(BadModel, match="not a single-label image classifier"):
        Classifier.load(export)
    left = set(paths.cache_folder("forms").parent.rglob("*")) - before
    assert {path.name for path in left} <= {"forms"}


def test_a_regression_export_is_refused(pictures, tmp_path):
    export = exported(block_of(fv.ImageBlock, fv.RegressionBlock, get_y=two_numbers), pictures, 2, tmp_path / "r.pkl")
    assert "not a single-label image classifier" in refusal(export)


def test_a_segmentation_export_is_refused(pictures, tmp_path):
    block = block_of(fv.ImageBlock, fv.MaskBlock(["a", "b"]), get_y=fv.noop)
    assert "not a single-label image classifier" in refusal(exported(block, pictures, 2, tmp_path / "s.pkl"))


def test_an_export_whose_transforms_are_not_known_is_refused_by_their_name(pictures, tmp_path):
    export = exports.export(pictures, tmp_path / "e.pkl", item_tfms=fv.OldRandomCrop(32))
    assert "OldRandomCrop" in refusal(export)


def test_an_export_whose_outputs_differ_in_number_from_its_classes_is_refused(pictures, tmp_path):
    export = exports.export_of(exports.tiny_network(3, 2), pictures, tmp_path / "e.pkl")
    assert "3 classes, but its network gives 2 numbers" in refusal(export)


def test_an_export_with_a_loss_that_chooses_no_class_is_refused_by_its_name(pictures, tmp_path):
    block = block_of(fv.ImageBlock, fv.CategoryBlock, get_y=fv.parent_label)
    assert "trained with MSELoss" in refusal(exported(block, pictures, 3, tmp_path / "e.pkl"))


def test_a_function_as_a_transform_is_refused_by_its_name(pictures, tmp_path, monkeypatch):
    (tmp_path / "cuts_of_mine.py").write_text("def upper_half(picture): return picture")
    monkeypatch.syspath_prepend(tmp_path)
    import cuts_of_mine

    export = exports.export(pictures, tmp_path / "e.pkl", item_tfms=[cuts_of_mine.upper_half, fv.Resize(32)])
    assert "the function upper_half" in refusal(export)
    del sys.modules["cuts_of_mine"]


def test_an_export_of_fastai_before_2_8_is_refused_in_whole_sentences_on_one_line(pictures, tmp_path, monkeypatch):
    export = exports.export(pictures, tmp_path / "e.pkl", item_tfms=fv.Resize(32))
    old = renamed(export, tmp_path / "old.pkl", b"cfasttransform.transform\n", b"cfastcore.transform\n")
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "cache"))
    with pytest.raises(BadModel) as caught:  # in a process of its own, whose last line is the sentence
        Classifier.load(old)
    sentence = str(caught.value)
    assert sentence.startswith("old.pkl cannot be opened. It was exported by fastai before 2.8")
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_whatever_a_library_says_is_told_on_one_line_that_ends(pictures, tmp_path, monkeypatch):
    export = exports.export(pictures, tmp_path / "e.pkl", item_tfms=fv.Resize(32))

    def broken(*_, **__):
        raise NotImplementedError("first line (of two)\n  and the second")

    monkeypatch.setattr(fastai_reader.torch, "load", broken)
    assert refusal(export) == (
        "e.pkl cannot be opened (NotImplementedError: first line (of two) and the second): export it again with the fastai "
        "that is installed here."
    )


NO_PICKLES = [b"", b"not a pickle", b"PK\x03\x04" + bytes(100), pickle.dumps({"a": 1}), pickle.dumps(print)]


@pytest.mark.parametrize("content", NO_PICKLES)
def test_a_file_that_is_no_export_is_refused(content, tmp_path):
    (tmp_path / "e.pkl").write_bytes(content)
    assert "e.pkl is not a fastai export" in refusal(tmp_path / "e.pkl")


@pytest.mark.parametrize("thing", [{"a": 1}, [1, 2], nn.Linear(2, 2), nn.Linear(2, 2).state_dict()])
def test_what_torch_saved_but_fastai_did_not_export_is_refused_without_talk_of_missing_code(thing, tmp_path):
    torch.save(thing, tmp_path / "e.pkl")
    sentence = refusal(tmp_path / "e.pkl")
    assert "learn.export('export.pkl')" in sentence
    assert "not installed" not in sentence


def test_an_export_that_needs_code_which_is_not_here_says_which(pictures, tmp_path, monkeypatch):
    (tmp_path / "secret_sauce.py").write_text("def label(file): return file.parent.name")
    monkeypatch.syspath_prepend(tmp_path)
    import secret_sauce

    block = block_of(fv.ImageBlock, fv.CategoryBlock, get_y=secret_sauce.label)
    export = exported(block, pictures, 3, tmp_path / "e.pkl")
    monkeypatch.undo()
    del sys.modules["secret_sauce"]
    sentence = refusal(export)
    assert "secret_sauce" in sentence
    assert "not installed" in sentence


def test_a_failure_that_nobody_foresaw_is_a_sentence_and_its_reason_is_for_the_log(pictures, tmp_path, monkeypatch, caplog):
    export = exports.export(pictures, tmp_path / "e.pkl", item_tfms=fv.Resize(32))
    monkeypatch.setattr(build.sys, "executable", shutil.which("false"))
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "cache"))
    with pytest.raises(BadModel, match=r"^e\.pkl cannot be made ready to serve") as told:
        Classifier.load(export)
    assert str(tmp_path) not in str(told.value)
    assert str(export) in caplog.text
