"""A fastai learner, read: its vocabulary, its validation transforms and its network, in terms of our own.

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
import torch.nn.functional as F
from PIL import Image
from torch import nn
from torch.fx.experimental import optimization

from model.artifacts import export_check, pickles
from model.artifacts.safe_model import OUTPUTS, batches
from model.errors import BadModel
from model.images import Resize, Transforms

LOW_PRECISION = (fv.ChannelsLast, fv.MixedPrecision, fv.NonNativeMixedPrecision, fv.ModelToHalf)  # callbacks of the training
FILLS = {"zeros": "constant", "border": "edge", "reflection": "reflect"}  # by fastai's names, of which there are three
FEATURES = 2  # layers of a fastai head that pool and flatten: what follows sees the features
FAMILIARITY = ("whitening", "centres")  # width × width, classes × width: what an export needs to tell what is familiar
NEIGHBOUR = 10
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
    before = nn.Sequential(_Scale(255.0), _Normalise(mean, std), _fused(first.eval()), _Average()).eval()
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


def transforms_of(learner: fv.Learner) -> Transforms:
    """How the learner cuts a picture in validation. Raises BadModel for a transform that is not known here."""
    steps = [step for transform in learner.dls.after_item.fs for step in _steps(transform)]
    return Transforms(_mode(learner), tuple(steps))


def _mode(learner: fv.Learner) -> str:
    for transform in learner.dls.tls[0].tfms.fs:
        for function in getattr(getattr(transform, "encodes", None), "funcs", None) or [transform]:
            owner: Any = getattr(function, "__self__", None)
            if _opens_pictures(owner):
                return owner._open_args["mode"]
    kinds = [kind for kind in learner.dls.tls[0].types if _opens_pictures(kind)]
    return kinds[-1]._open_args["mode"] if kinds else "RGB"


def _opens_pictures(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, fv.PILBase)


def _steps(transform: Any) -> list[Resize]:
    """What one item transform does to a picture in validation."""
    if transform.split_idx == 0 or isinstance(transform, fv.ToTensor):
        return []
    resample = int(getattr(transform, "mode", Image.Resampling.BILINEAR))
    if isinstance(transform, fv.RatioResize):
        return [Resize("longest", (transform.max_sz, transform.max_sz), int(transform.resamples[0]))]
    if not hasattr(transform, "size"):
        raise BadModel(f"This export cuts its pictures by {_name_of(transform)}, a transform not known here.")
    size = (int(transform.size[0]), int(transform.size[1]))
    fill = FILLS[getattr(transform, "pad_mode", "zeros")]
    kind = type(transform)
    if kind is fv.Resize:
        return [Resize(transform.method, size, resample, fill)]
    if kind is fv.RandomResizedCrop:
        return [Resize("inset", size, resample, extra=transform.val_xtra)]
    if kind in (fv.CropPad, fv.RandomCrop):
        return [Resize("centre", size, fill=fill)]
    raise BadModel(f"This export cuts its pictures by {kind.__name__}, a transform not known here.")


def _name_of(transform: Any) -> str:
    """The class of a transform, or the function that was made one."""
    kind = type(transform)
    return f"the function {transform.name}" if kind is fv.Transform else kind.__name__


class _Scale(nn.Module):
    """8-bit pixels -> floats, as IntToFloatTensor."""

    def __init__(self, divisor: float):
        super().__init__()
        self.divisor = divisor

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return pixels.float().div(self.divisor)


class _Normalise(nn.Module):
    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, mean: torch.Tensor, std: torch.Tensor):
        super().__init__()
        self.register_buffer("mean", torch.as_tensor(mean).detach().cpu().float().as_subclass(torch.Tensor).clone())
        self.register_buffer("std", torch.as_tensor(std).detach().cpu().float().as_subclass(torch.Tensor).clone())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x - self.mean) / self.std


class _Resample(nn.Module):
    """What a batch transform with a size does in validation: an optional middle crop, then sampling on an even grid."""

    def __init__(self, size: Any, mode: str, padding: str, align_corners: bool | None, crop=None):
        super().__init__()
        self.size = (size, size) if isinstance(size, int) else tuple(int(n) for n in size)
        self.mode, self.padding, self.align_corners, self.crop = mode, padding, align_corners, crop

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.crop:
            top, left, height, width = self.crop(x.shape[-2], x.shape[-1])
            x = x[..., top : top + height, left : left + width]
        even = torch.eye(2, 3).expand(x.shape[0], 2, 3)
        grid = F.affine_grid(even, [x.shape[0], x.shape[1], *self.size], align_corners=self.align_corners)
        shrink = min(x.shape[-2] / self.size[0], x.shape[-1] / self.size[1]) / 2
        if self.mode == "bilinear" and shrink > max(1, self._zoom()):  # as fastai: average first when shrinking a lot
            x = F.interpolate(x, scale_factor=1 / shrink, mode="area", recompute_scale_factor=True)
        return F.grid_sample(x, grid, mode=self.mode, padding_mode=self.padding, align_corners=self.align_corners)

    def _zoom(self) -> float:
        """2 over the grid's extent: 1 when the grid touches the corners, a little more when it holds pixel centres."""
        return 1.0 if self.align_corners else 1 / (1 - 1 / max(self.size))


def _stages(transform: Any) -> list[nn.Module]:
    """What one batch transform does in validation."""
    # Flips, rotations, warps: nothing in validation, unless they resize. They come first: their split_idx is of the last call.
    if isinstance(transform, fv.AffineCoordTfm):
        if transform.size is None:
            return []
        return [_Resample(transform.size, transform.mode, transform.pad_mode, transform.align_corners)]
    if transform.split_idx == 0:
        return []
    if isinstance(transform, fv.IntToFloatTensor):
        return [_Scale(transform.div or 1.0)]
    if isinstance(transform, fv.Normalize):
        return [_Normalise(transform.mean, transform.std)]
    if type(transform) is fv.RandomResizedCropGPU:
        return [_Resample(transform.size, transform.mode, "reflection", True, crop=_middle(transform))]
    raise BadModel(f"This export changes its batches by {_name_of(transform)}, a transform not known here.")


def _middle(transform: fv.RandomResizedCropGPU):
    def crop(height: int, width: int) -> tuple[int, int, int, int]:
        transform.before_call(torch.empty(1, 3, height, width), split_idx=1)
        return (*transform.tl, *transform.cp_size)

    return crop


def network_of(learner: fv.Learner) -> nn.Module:
    """The learner's batch transforms and its network as one module: 8-bit pixels in, the outputs of `outputs_of` out."""
    stages = _batch_stages(learner)
    if len(outputs_of(learner)) == 1:
        return nn.Sequential(*stages, _fused(learner.model)).eval()
    known = _reference(learner)
    if known is not None:
        body, head = learner.model.eval()
        return nn.Sequential(*stages, _fused(body), head[:FEATURES], _Neighbours(head[FEATURES:], known)).eval()
    return nn.Sequential(*stages, _Explained(learner.model.eval(), learner.familiarity)).eval()


def outputs_of(learner: fv.Learner) -> tuple[str, ...]:
    """The names of what the learner's network gives: logits alone, or what our own exports can say more."""
    if _reference(learner) is not None:
        return OUTPUTS[:3]
    if not _familiarity(learner):
        return OUTPUTS[:1]
    return OUTPUTS if is_linear(learner.model[1]) else OUTPUTS[:3]


def is_linear(head: nn.Module) -> bool:
    """Whether a head averages the maps and weighs them, and nothing else."""
    kinds = [type(layer) for layer in head.children() if not isinstance(layer, nn.Dropout)]
    return kinds[:1] == [nn.AdaptiveAvgPool2d] and kinds[2:] == [nn.Linear]


def linear_head_of(learner: fv.Learner) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """The weight (classes × width) and bias of a linear head, and what tells what is familiar, by the names of FAMILIARITY."""
    linear = list(learner.model[1].children())[-1]
    familiarity = {name: learner.familiarity[name].numpy() for name in FAMILIARITY}
    return linear.weight.detach().numpy(), linear.bias.detach().numpy(), familiarity


def _batch_stages(learner: fv.Learner) -> list[nn.Module]:
    return [stage for transform in learner.dls.after_batch.fs for stage in _stages(transform)]


def _familiarity(learner: fv.Learner) -> bool:
    found = getattr(learner, "familiarity", None)
    return isinstance(found, dict) and all(isinstance(found.get(name), torch.Tensor) for name in FAMILIARITY)


def _reference(learner: fv.Learner) -> torch.Tensor | None:
    """The training pictures' features that exports of earlier versions carry: pictures × width, rows of length 1."""
    found = getattr(learner, "reference", None)
    return found.float() if isinstance(found, torch.Tensor) and found.ndim == 2 else None


def parts_of(body: nn.Module) -> tuple[nn.Module, nn.Module]:
    """A body as all but its last part, and that."""
    if isinstance(body, nn.Sequential) and len(body) > 1:
        return body[:-1], body[-1:]
    return body, nn.Identity()


class _Average(nn.Module):
    """Maps (n × width × h × w) to their average over all places (n × width); what has no places stays."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3)) if x.ndim == 4 else x


class _Explained(nn.Module):
    """Normalised pictures in; out come the logits, the features, how familiar the picture is and, for a linear head, the heat:
    the logits that each place of the maps would give by itself (n × classes × h × w), whose average are the logits (Zhou et al.
    2016, "Learning deep features for discriminative localization").

    Familiar is minus the squared Mahalanobis distance to the nearest class, by number of dimensions (Lee et al. 2018, "A simple
    unified framework for detecting out-of-distribution samples"), of the direction of the signed roots of the middle.
    """

    whitening: torch.Tensor
    centres: torch.Tensor

    def __init__(self, model: nn.Sequential, familiarity: Mapping[str, torch.Tensor]):
        super().__init__()
        body, head = model
        self.head = nn.Sequential(*head.children())
        first, last = parts_of(body)
        self.first, self.last, self.average = _fused(first), _fused(last), _Average()
        self.places: nn.Module | None = _on_each_place(list(head.children())[-1]) if is_linear(head) else None
        self.register_buffer("whitening", familiarity["whitening"].float())
        self.register_buffer("centres", familiarity["centres"].float() @ familiarity["whitening"].float())

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        before = self.first(x)
        maps = self.last(before)
        features = self.head[:FEATURES](maps)
        found = self.head[FEATURES:](features), features, self._familiar(self.average(before))
        return found if self.places is None else (*found, self.places(maps))

    def _familiar(self, middle: torch.Tensor) -> torch.Tensor:
        directions = F.normalize(middle.sign() * middle.abs().sqrt(), dim=1)
        apart = (directions @ self.whitening).unsqueeze(1) - self.centres
        return -apart.square().mean(2).amin(1)


def _on_each_place(linear: nn.Module) -> nn.Conv2d:
    """A linear layer as a convolution, for maps."""
    assert isinstance(linear, nn.Linear)
    layer = nn.Conv2d(linear.in_features, linear.out_features, 1)
    layer.weight.data, bias = linear.weight.data[:, :, None, None], linear.bias
    layer.bias = None if bias is None else nn.Parameter(bias.data)
    return layer


class _Neighbours(nn.Module):
    """Features in; out come the logits, the features, and how like the training pictures each picture is, from -1 to 1.

    That is the cosine similarity of its features to the NEIGHBOUR-th most similar training picture (Sun et al. 2022,
    "Out-of-distribution detection with deep nearest neighbors"), by which exports of earlier versions tell it.
    """

    known: torch.Tensor

    def __init__(self, rest_of_head: nn.Module, known: torch.Tensor):
        super().__init__()
        self.rest_of_head = rest_of_head
        self.register_buffer("known", known.T.contiguous())

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        alike = F.normalize(x, dim=1) @ self.known
        return self.rest_of_head(x), x, alike.topk(min(NEIGHBOUR, alike.shape[1]), dim=1).values[:, -1]


def _fused(model: nn.Module) -> nn.Module:
    """Batch norms folded into the convolutions before them, where the network can be traced for that."""
    try:
        return optimization.fuse(model)
    except Exception:
        return model
