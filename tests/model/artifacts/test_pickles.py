"""Exports of other systems open here; any pickle is read without running it."""

from __future__ import annotations

import io
import os
import pickle
import types
from pathlib import Path

import exports
import fastai.vision.all as fv
import pytest
from cloudpickle import cloudpickle
from fastai.vision.core import PILBase
from pickled import renamed

from model.artifacts import build, pickles
from model.artifacts.safe_model import SafeModel
from model.classifier import Classifier


@pytest.fixture(scope="module")
def export(tmp_path_factory) -> Path:
    from samples import class_folders

    root = class_folders(tmp_path_factory.mktemp("data") / "pictures", {"a": 4, "b": 4, "c": 4})
    return exports.export(root, root.parent / "e.pkl", item_tfms=fv.Resize(32))


@pytest.mark.parametrize(
    "class_of_paths",
    [b"cpathlib\nWindowsPath\n", b"cpathlib._local\nPosixPath\n", b"cpathlib._local\nWindowsPath\n"],
    ids=["Windows", "Python 3.13", "Python 3.13 on Windows"],
)
def test_an_export_with_the_paths_of_another_system_answers_as_it_does_there(export, class_of_paths, tmp_path):
    other = renamed(export, tmp_path / "other.pkl", b"cpathlib\nPosixPath\n", class_of_paths)
    build.main(other, tmp_path / "form")
    files = exports.odd_pictures(tmp_path, [(40, 32), (97, 61)])
    answers = Classifier(SafeModel.load(tmp_path / "form"), {}).classify(files)
    for answer, stock in zip(answers, exports.stock_answers(export, files), strict=True):
        assert answer.probabilities == pytest.approx(stock, abs=1e-4)


class Function:
    """A function as cloudpickle writes it, with the bytecode of a Python that there is not."""

    def __init__(self, module: str, qualified: str):
        self.module, self.qualified = module, qualified

    def __reduce__(self):
        code = Code(f"/there/{self.module.replace('.', '/')}.py", self.qualified.split(".")[-1], self.qualified)
        return cloudpickle._make_function, (code, {"__name__": self.module}, None, None, None)


class Code:
    def __init__(self, *names: str):
        self.names = names

    def __reduce__(self):
        return types.CodeType, (1, 2, 3, b"bytecode of the future", *self.names)


def opened(thing: object):
    return pickles.Unpickler(io.BytesIO(cloudpickle.dumps(thing))).load()


def test_a_function_of_an_installed_library_is_that_librarys_own_whatever_python_wrote_it():
    assert opened(Function("fastai.vision.core", "PILBase.create")) is PILBase.create.__func__
    with pytest.raises(TypeError):  # it would have to be made of the bytecode
        opened(Function("fastai.vision.core", "PILBase.nothing_of_the_kind"))
    with pytest.raises(TypeError):
        opened(Function("os", "system"))


def test_a_function_of_ones_own_keeps_its_code():
    factor = 3
    assert opened(lambda number: factor * number)(2) == 6


class Marks:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, file: Path):
        self.file = file

    def __reduce__(self):
        return os.system, (f"touch {self.file}",)


def test_reading_runs_nothing_and_tells_every_name(tmp_path):
    file = tmp_path / "evil.pkl"
    file.write_bytes(pickle.dumps([Marks(tmp_path / "ran"), {"a": Marks(tmp_path / "ran")}]))
    root, names = pickles.outline(file)
    assert not (tmp_path / "ran").exists()
    assert names == {("posix", "system")}
    assert [thing.arguments for thing in pickles.walk(root)] == [(f"touch {tmp_path / 'ran'}",)] * 2


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04", b"\x80\x04.", b"(" * 1000, pickle.dumps(1)[:3]])
def test_what_is_no_pickle_is_a_value_error_and_nothing_else(content, tmp_path):
    (tmp_path / "e.pkl").write_bytes(content)
    with pytest.raises(ValueError):
        pickles.outline(tmp_path / "e.pkl")
