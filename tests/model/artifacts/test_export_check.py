"""What a model file is, said without opening it."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import exports
import fastai.vision.all as fv
import pytest
import torch
from pickled import renamed
from samples import class_folders
from torch import nn

from model.artifacts import build, fastai_reader
from model.artifacts.export_check import check_export, problem_of, refusal_of
from model.errors import BadModel


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    return class_folders(tmp_path_factory.mktemp("data") / "pictures", {"Bär": 4, "cat": 4, "two words": 4})


@pytest.fixture(scope="module")
def export(pictures) -> Path:
    return exports.export(pictures, pictures.parent / "e.pkl", item_tfms=fv.Resize(32))


def of_network(network: nn.Module, pictures: Path, out: Path, loss=None) -> Path:
    loaders = fv.ImageDataLoaders.from_folder(pictures, valid_pct=0.3, seed=1, bs=2, item_tfms=fv.Resize(32), num_workers=0)
    learner = fv.Learner(loaders, network, loss_func=loss or fv.CrossEntropyLossFlat())
    learner.path = out.parent
    learner.export(out.name)
    return out


def test_a_stock_export_is_safe_and_its_classes_are_read(export):
    found = check_export(export)
    assert found.problems == []
    assert found.safe
    assert found.classes == ["Bär", "cat", "two words"]
    assert "fastai.learner.Learner" in found.imports


NO_EXPORTS = {
    "Git LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 46957315\n", "git lfs pull"),
    "web page": (b"\n<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web page"),
    "error of a server": (b'{"message": "Not Found"}', "JSON"),
    "empty": (b"", "empty"),
    "packed": (b"\x1f\x8b\x08\0" + bytes(40), "unpack"),
    "text": (b"these are no weights", "not a fastai export"),
    "pickle of a list": (pickle.dumps([7]), "not a fastai learner"),
}


@pytest.mark.parametrize("what", NO_EXPORTS)
def test_what_is_no_export_is_named(what, tmp_path):
    content, word = NO_EXPORTS[what]
    (tmp_path / "e.pkl").write_bytes(content)
    found = check_export(tmp_path / "e.pkl")
    assert word in " ".join(found.problems)
    assert found.problems[0].endswith(".")


def test_half_a_download_is_named(export, tmp_path):
    (tmp_path / "e.pkl").write_bytes(export.read_bytes()[: export.stat().st_size // 2])
    assert "breaks off before its end" in problem_of(tmp_path / "e.pkl")
    assert check_export(tmp_path / "e.pkl").problems == [problem_of(tmp_path / "e.pkl")]
    assert problem_of(export) == ""


def test_what_nothing_here_could_open_is_refused_before_anything_of_fastai_is_asked(export, tmp_path, monkeypatch):
    monkeypatch.setattr(fastai_reader, "load_learner", None)
    (tmp_path / "page.pkl").write_bytes(b"<html>")
    old = renamed(export, tmp_path / "old.pkl", b"cfasttransform.transform\n", b"cfastcore.transform\n")
    for file, words in ((tmp_path / "page.pkl", "a web page"), (old, "before 2.8")):
        with pytest.raises(BadModel, match=words):
            build.main(file, tmp_path / "form")
    assert refusal_of(export) == ""


def test_weights_alone_are_named(tmp_path):
    torch.save(nn.Linear(2, 2).state_dict(), tmp_path / "e.pkl")
    (problem,) = check_export(tmp_path / "e.pkl").problems
    assert "weights alone" in problem


def pickled(*opcodes: bytes) -> bytes:
    return b"\x80\x02" + b"".join(opcodes) + b"."


def call(module: str, name: str, argument: str) -> bytes:
    return pickled(f"c{module}\n{name}\nX".encode() + len(argument).to_bytes(4, "little") + argument.encode() + b"\x85R")


EVIL = {
    "a shell": call("os", "system", "touch ran"),
    "a shell by way of fastai": call("fastai.metrics", "run", "touch ran"),
    "Python": call("builtins", "eval", "1 + 1"),
    "Python 2": call("__builtin__", "eval", "1 + 1"),
    "a download": call("fastai.data.external", "untar_data", "http://127.0.0.1/x"),
    "another pickle": call("fastai.learner", "load_learner", "other.pkl"),
    "an attribute": pickled(b"cbuiltins\ngetattr\ncpathlib\nPath\nX\x0a\0\0\0write_text\x86R"),
    "a module": pickled(b"ccloudpickle.cloudpickle\nsubimport\nX\x0a\0\0\0subprocess\x85R"),
    "a name with dots": call("fastai.imports", "os.system", "touch ran"),
}


@pytest.mark.parametrize("what", EVIL)
def test_a_file_that_would_run_something_is_not_safe_and_says_what(what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("e/data.pkl", EVIL[what])
    Path("e.pkl").write_bytes(buffer.getvalue())
    Path("plain.pkl").write_bytes(EVIL[what])
    for name in ("e.pkl", "plain.pkl"):
        found = check_export(Path(name))
        assert not found.safe
        assert any("open it only if you trust" in problem for problem in found.problems)
    assert not Path("ran").exists()


def test_code_that_travels_in_the_file_is_named(pictures, tmp_path):
    factor = 1
    learner = fv.load_learner(exports.export(pictures, tmp_path / "e.pkl", item_tfms=fv.Resize(32)))
    learner.splitter = lambda model: [model, factor]
    learner.path = tmp_path
    learner.export("own.pkl")
    found = check_export(tmp_path / "own.pkl")
    assert not found.safe
    assert "brings code of its own along (" in found.problems[0]


def test_an_export_of_fastai_before_2_8_says_so(export, tmp_path):
    old = renamed(export, tmp_path / "old.pkl", b"cfasttransform.transform\n", b"cfastcore.transform\n")
    assert "before 2.8" in check_export(old).problems[0]


def test_functions_of_a_notebook_and_packages_that_are_not_here_are_named(export, tmp_path):
    own = renamed(export, tmp_path / "own.pkl", b"cfastai.data.transforms\nparent_label\n", b"c__main__\nlabel_func\n")
    assert "It needs label_func, written in the notebook" in check_export(own).problems[0]
    far = renamed(export, tmp_path / "far.pkl", b"cfastai.data.transforms\nparent_label\n", b"csecret_sauce.a\nlabel_func\n")
    assert "It needs secret_sauce, which is not installed here" in check_export(far).problems[0]


def test_outputs_that_differ_from_the_classes_are_named(pictures, tmp_path):
    found = check_export(of_network(exports.tiny_network(3, 2), pictures, tmp_path / "e.pkl"))
    assert found.safe
    assert found.problems == [
        "This export has 3 classes, but its network gives 2 numbers: make the learner without n_out, so that they agree, and "
        "export it again."
    ]


def test_a_loss_that_is_not_single_label_is_named(pictures, tmp_path):
    found = check_export(of_network(exports.tiny_network(3, 3), pictures, tmp_path / "e.pkl", fv.BCEWithLogitsLossFlat()))
    assert found.problems == [
        "This export was trained with BCEWithLogitsLoss, a loss that does not choose one class: train it with "
        "CrossEntropyLossFlat()."
    ]


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadModel, match="no model file"):
        check_export(tmp_path / "e.pkl")
    with pytest.raises(BadModel, match="no model file"):
        check_export(tmp_path)


def test_an_ordered_dictionary_is_read_as_such(tmp_path):
    (tmp_path / "e.pkl").write_bytes(pickle.dumps(OrderedDict(a=1)))
    assert "weights alone" in check_export(tmp_path / "e.pkl").problems[0]
