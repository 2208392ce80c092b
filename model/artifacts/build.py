"""An export.pkl -> the safe form that serves: framing and vocabulary as JSON, the network as ONNX.

Whoever serves never unpickles: this runs in a process of its own (`python -m model.artifacts.build EXPORT FOLDER`), so
that neither fastai nor the pickle ever enters the process that answers. What the learner does in validation is read
from its transforms, written down, and compared with the learner's own `predict` before it counts.
"""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.core import cache_folder, checksum, put_in_place, run_alone, tell_refusal
from model.errors import BadModel

if TYPE_CHECKING:
    import numpy as np

    from model.artifacts.safe_model import SafeModel

VERSION = 4  # of the safe form: a change here makes every cached form again
TOLERANCE = 1e-5  # of a probability
OF_OUR_OWN = 1e-4  # the same, where the transforms are known to be ours: rounding makes some 1e-5 where a head is very sure
_log = logging.getLogger("voilens")


def load_safe_model(export: Path, sha256: str) -> SafeModel:
    """The safe form of `export`, ready to answer; one that the cache holds damaged is made once more. Raises BadModel."""
    from model.artifacts.safe_model import SafeModel

    if export.is_dir():
        try:
            return SafeModel.load(export, sha256)
        except Exception as error:
            raise BadModel(f"The safe form in {export} is damaged: copy it there again.") from error
    folder = make_safe_model(export, sha256)
    try:
        return SafeModel.load(folder, sha256)
    except Exception:
        _log.warning("%s is damaged and is made once more", folder, exc_info=True)
        shutil.rmtree(folder, ignore_errors=True)
        return SafeModel.load(make_safe_model(export, sha256), sha256)


def make_safe_model(export: Path, sha256: str, here: bool = False) -> Path:
    """The folder with the safe form of `export`, made on first use, cached by checksum and by what made it. Raises BadModel.

    The caller has decided that the export may be opened (`model_card.admit`); a safe form in its place is its own. `here` makes
    it in this process, for one that has fastai loaded already and wrote the export itself.
    """

    if export.is_dir():
        return export

    def make(made: Path) -> None:
        checked = made.with_name(export.name)
        shutil.copyfile(export, checked)  # what is opened is what was checked, whatever happens to the original
        if checksum(checked) != sha256:
            raise BadModel(f"{export.name} was changed while it was being opened: try again.")
        if here:
            main(checked, made)
        else:
            _in_own_process(checked, made, export)

    return _placed(sha256, make)


def graft_safe_model(learner: Any, sha256: str, body: Path) -> Path:
    """The folder with the safe form of an export with a linear head, in the place of `make_safe_model`, without an exporter.

    `learner` is the fastai learner that was exported, by `to_stock_export`; `body` is its body as ONNX, which the head is
    written into. Raises BadModel where the form answers otherwise than the learner.
    """
    from model.artifacts import fastai_reader, onnx_head, onnx_writer
    from model.artifacts.fastai_transforms import transforms_of
    from model.artifacts.onnx_network import FILE
    from model.artifacts.safe_model import SafeModel

    def make(made: Path) -> None:
        made.mkdir()
        weight, bias, familiarity = fastai_reader.linear_head_of(learner)
        onnx_head.write(body, made / FILE, weight, bias, familiarity)
        SafeModel(fastai_reader.classes_of(learner), transforms_of(learner)).save(made, sha256)
        _check_same(onnx_writer.difference(learner, SafeModel.load(made)), "This model", OF_OUR_OWN)

    return _placed(sha256, make)


def grafted_head(sha256: str) -> tuple[list[str], np.ndarray, np.ndarray] | None:
    """The classes, the weight (classes × width) and the bias of the head that `graft_safe_model` wrote for the export with this
    checksum; None where its safe form was not made so, not made, or is damaged.
    """
    from model.artifacts import onnx_head
    from model.artifacts.safe_model import read_form

    try:
        form, network = read_form(_place_of(sha256))
    except (OSError, ValueError):
        return None
    head = onnx_head.read(network)
    return head and (form["labels"], *head)


def _placed(sha256: str, make: Callable[[Path], None]) -> Path:
    """The folder of the safe form of the export with this checksum; `make` makes it where there is none yet."""
    folder = _place_of(sha256)
    if (folder / "form.json").is_file():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        made = Path(scratch, "form")
        make(made)
        try:
            put_in_place(made, folder)
        except OSError:  # another process was quicker
            if not (folder / "form.json").is_file():
                shutil.rmtree(folder, ignore_errors=True)
                shutil.copytree(made, folder)
    return folder


def _place_of(sha256: str) -> Path:
    """It follows from the export and the contract alone, so that a machine without torch serves a form made elsewhere."""
    return cache_folder("forms", f"{sha256}-{VERSION}")


def _in_own_process(checked: Path, made: Path, export: Path) -> None:
    unforeseen = BadModel(f"{export.name} cannot be made ready to serve: the log says why. Export it again, or take another.")
    run_alone("model.artifacts.build", [str(checked), str(made)], export, BadModel, unforeseen)


def main(export: Path, folder: Path) -> None:
    """Make the safe form of `export` in `folder`. Raises BadModel."""
    from model.artifacts import export_check

    if reason := export_check.refusal_of(export):
        raise BadModel(reason)
    from model.artifacts import fastai_reader, onnx_writer
    from model.artifacts.safe_model import SafeModel

    loaded = fastai_reader.load_learner(export)
    folder.mkdir(parents=True)
    onnx_writer.write(loaded, folder, checksum(export))
    _check_same(onnx_writer.difference(loaded, SafeModel.load(folder)), export.name)


def _check_same(difference: float, name: str, tolerance: float = TOLERANCE) -> None:
    if difference > tolerance:
        raise BadModel(
            f"{name} answers differently once it is made safe to serve (by {difference:.1e}): its transforms are "
            "not ones that this program knows in full."
        )


if __name__ == "__main__":
    tell_refusal(lambda: main(Path(sys.argv[1]), Path(sys.argv[2])), BadModel)
