"""The transforms of a fastai learner: how it cuts a picture in validation, and what it does to a batch, as modules."""

from __future__ import annotations

from typing import Any

import fastai.vision.all as fv
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from model.errors import BadModel
from model.images import Resize, Transforms

FILLS = {"zeros": "constant", "border": "edge", "reflection": "reflect"}  # by fastai's names, of which there are three


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


class Scale(nn.Module):
    """8-bit pixels -> floats, as IntToFloatTensor."""

    def __init__(self, divisor: float):
        super().__init__()
        self.divisor = divisor

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return pixels.float().div(self.divisor)


class Normalise(nn.Module):
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
        return [Scale(transform.div or 1.0)]
    if isinstance(transform, fv.Normalize):
        return [Normalise(transform.mean, transform.std)]
    if type(transform) is fv.RandomResizedCropGPU:
        return [_Resample(transform.size, transform.mode, "reflection", True, crop=_middle(transform))]
    raise BadModel(f"This export changes its batches by {_name_of(transform)}, a transform not known here.")


def _middle(transform: fv.RandomResizedCropGPU):
    def crop(height: int, width: int) -> tuple[int, int, int, int]:
        transform.before_call(torch.empty(1, 3, height, width), split_idx=1)
        return (*transform.tl, *transform.cp_size)

    return crop


def batch_stages(learner: fv.Learner) -> list[nn.Module]:
    """What is done to a batch before the network sees it, 8-bit pixels in. Raises BadModel for what is not known here."""
    return [stage for transform in learner.dls.after_batch.fs for stage in _stages(transform)]
