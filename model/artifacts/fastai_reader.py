"""A fastai learner, opened, read (its vocabulary, its network as one module) and exported.

Imports fastai, so only what trains and what makes the safe form of an export may import it.
"""

from __future__ import annotations

import itertools
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import fastai.vision.all as fv
import numpy as np
import torch
from PIL import Image
from torch import nn

from model.artifacts import export_check, pickles
from model.artifacts.explained_network import FEATURES, Average, Explained, Neighbours, fused, is_linear, parts_of
from model.artifacts.fastai_transforms import Normalise, Scale, batch_stages
from model.artifacts.safe_model import OUTPUTS, batches
from model.errors import BadModel
from model.images import Resize

LOW_PRECISION = (fv.ChannelsLast, fv.MixedPrecision, fv.NonNativeMixedPrecision, fv.ModelToHalf)  # callbacks of the training
FAMILIARITY = ("whitening", "centres")  # width × width, classes × width: what an export needs to tell what is familiar
LONGEST_CAUSE = 300  # letters of what a library says

Normal = tuple[Sequence[float], Sequence[float]]  # mean and deviation of pixels from 0 to 1, by channel


def load_learner(export: Path) -> fv.Learner:
    """Unpickle a fastai export on the CPU. Runs what the file says: decide before whether to trust it. Raises BadModel."""
    if problem := export_check.problem_of(export):
        raise BadModel(problem)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loaded = torch.load(export, map_location="cpu", weights_only=False, pickle_module=pickles)
        if isinstance(loaded, fv.Learner):  # what load_learner does then; it would hide an ImportError
            loaded.dls.cpu()
            loaded.remove_cbs(LOW_PRECISION)
            loaded.model.to(memory_format=torch.contiguous_format)
    except Exception as error:
        raise BadModel(_cause(export, error)) from error
    if not isinstance(loaded, fv.Learner):
        raise BadModel(f"{export.name} holds a {type(loaded).__name__}, not a fastai learner: use learn.export('export.pkl').")
    loaded.model.eval()
    return loaded


def _cause(export: Path, error: Exception) -> str:
    """Why an export could not be opened, in sentences on one line."""
    if reasons := export_check.missing(export):
        return f"{export.name} cannot be opened. {reasons[0]}"
    said = " ".join(str(error).split())[:LONGEST_CAUSE] or type(error).__name__
    if isinstance(error, (ImportError, AttributeError)):
        return (
            f"{export.name} needs code that is not installed here ({said}): install it, or export the learner without "
            "functions of your own."
        )
    if not export_check.is_learner(export):
        return f"{export.name} is not a fastai export: make one with learn.export('export.pkl')."
    kind = type(error).__name__
    return f"{export.name} cannot be opened ({kind}: {said}): export it again with the fastai that is installed here."


def _export(learner: fv.Learner, file: Path) -> None:
    """Export a learner as fastai does, without the paths of this machine that its pickle would carry."""
    learner.path = Path(".")
    learner.export(file.resolve())
    installed = str(Path(fv.__file__).parents[2]).encode()
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    neutral = b"-" * len(installed)  # of the same length, because a pickle counts its letters
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(installed, neutral) if name.endswith("data.pkl") else content)


def to_stock_export(
    learner: fv.Learner,
    file: Path,
    classes: Sequence[str],
    picture: Path,
    cut: Resize,
    pixels: Normal = fv.imagenet_stats,
    familiarity: Mapping[str, Any] | None = None,
) -> Path:
    """Export a trained learner as one that stock fastai opens anywhere; give `file`. The learner is not to be trained on.

    What stood in for files while training stays here: the loaders become ones of importable parts alone, made with one
    `picture`, which the export does not name, and `cut` as the validation transform. `pixels` are the mean and the deviation of
    the network's pixels, from 0 to 1. `familiarity`, arrays named as in FAMILIARITY, goes with it, so that it can be told how
    like the training pictures a picture is.
    """
    resize = fv.Resize(cut.size[0], method=cut.kind)
    resize.split_idx = 1
    # labels by a CSV are in no path; the loaders want some label of the vocabulary, and nobody asks for it afterwards
    label_of = fv.parent_label if picture.parent.name in classes else fv.AttrGetter("label", default=classes[0])
    block = fv.DataBlock(
        blocks=(fv.ImageBlock, fv.CategoryBlock(vocab=list(classes))),
        get_y=label_of,
        splitter=fv.IndexSplitter([1]),
        item_tfms=resize,
        batch_tfms=fv.Normalize.from_stats(*pixels),
    )
    learner.dls = block.dataloaders([picture, picture], bs=1, num_workers=0, device="cpu")
    learner.model.cpu().to(memory_format=torch.contiguous_format).eval()
    learner.opt_func, learner.opt = fv.Adam, None
    if familiarity is not None:
        learner.familiarity = {name: torch.as_tensor(familiarity[name]).float() for name in FAMILIARITY}
    _export(learner, file)
    return file


@torch.inference_mode()
def middles_of(learner: fv.Learner, framed: Iterable[Image.Image], pixels: Normal = fv.imagenet_stats) -> torch.Tensor:
    """What the layer before the last one of the body sees in framed pictures, on their average: pictures × width."""
    first, _ = parts_of(learner.model[0])
    mean, std = (torch.tensor(each).view(1, -1, 1, 1) for each in pixels)
    before = nn.Sequential(Scale(255.0), Normalise(mean, std), fused(first.eval()), Average()).eval()
    rows, waiting = [], iter(framed)
    while some := list(itertools.islice(waiting, 32)):
        rows += [before(torch.from_numpy(batch)) for _, batch in batches(some)]
    return torch.cat(rows)


def classes_of(learner: fv.Learner) -> list[str]:
    """The classes of a single-label image learner, in order. Raises BadModel for any other learner."""
    names = getattr(learner.dls, "vocab", None)
    targets = [type(transform) for transform in learner.dls.tls[-1].tfms.fs] if hasattr(learner.dls, "tls") else []
    if names is None or fv.Categorize not in targets:
        raise BadModel("This export is not a single-label image classifier, the one kind that can be served here.")
    loss = getattr(learner.loss_func, "func", learner.loss_func)
    kind = getattr(loss, "__name__", type(loss).__name__)
    if export_check.is_wrong_loss(kind):
        raise BadModel(export_check.wrong_loss(kind))
    return [str(name) for name in names]


def network_of(learner: fv.Learner) -> nn.Module:
    """The learner's batch transforms and its network as one module: 8-bit pixels in, the outputs of `outputs_of` out."""
    stages = batch_stages(learner)
    if len(outputs_of(learner)) == 1:
        return nn.Sequential(*stages, fused(learner.model)).eval()
    known = _reference(learner)
    if known is not None:
        body, head = learner.model.eval()
        return nn.Sequential(*stages, fused(body), head[:FEATURES], Neighbours(head[FEATURES:], known)).eval()
    return nn.Sequential(*stages, Explained(learner.model.eval(), learner.familiarity)).eval()


def outputs_of(learner: fv.Learner) -> tuple[str, ...]:
    """The names of what the learner's network gives: logits alone, or what our own exports can say more."""
    if _reference(learner) is not None:
        return OUTPUTS[:3]
    if not _familiarity(learner):
        return OUTPUTS[:1]
    return OUTPUTS if is_linear(learner.model[1]) else OUTPUTS[:3]


def linear_head_of(learner: fv.Learner) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """The weight (classes × width) and bias of a linear head, and what tells what is familiar, by the names of FAMILIARITY."""
    linear = list(learner.model[1].children())[-1]
    familiarity = {name: learner.familiarity[name].numpy() for name in FAMILIARITY}
    return linear.weight.detach().numpy(), linear.bias.detach().numpy(), familiarity


def _familiarity(learner: fv.Learner) -> bool:
    found = getattr(learner, "familiarity", None)
    return isinstance(found, dict) and all(isinstance(found.get(name), torch.Tensor) for name in FAMILIARITY)


def _reference(learner: fv.Learner) -> torch.Tensor | None:
    """The training pictures' features that exports of earlier versions carry: pictures × width, rows of length 1."""
    found = getattr(learner, "reference", None)
    return found.float() if isinstance(found, torch.Tensor) and found.ndim == 2 else None
