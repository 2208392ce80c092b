"""A fastai learner -> its safe form: the network written as ONNX, and what it answers compared with the learner's `predict`.

Imports fastai and torch, so only `model.artifacts.build` may import it, where it makes a form.
"""

from __future__ import annotations

import contextlib
import random
import warnings
from collections.abc import Iterator
from pathlib import Path

import fastai.vision.all as fv
import torch
from PIL import Image

from model.artifacts import export_check, fastai_reader
from model.artifacts.fastai_transforms import transforms_of
from model.artifacts.onnx_network import FILE
from model.artifacts.safe_model import SafeModel, softmax
from model.errors import BadModel


def write(learner: fv.Learner, folder: Path, export: str) -> None:
    """Write the learner's safe form; `export` is the checksum of its export. Raises BadModel when that cannot be done."""
    form = SafeModel(fastai_reader.classes_of(learner), transforms_of(learner))
    height, width = form.framing(Image.new("RGB", (96, 64))).size[::-1]
    example = torch.zeros(2, len(form.framing.mode), height, width, dtype=torch.uint8)
    free = {0: torch.export.Dim.DYNAMIC} if form.framing.fixed else dict.fromkeys((0, 2, 3), torch.export.Dim.AUTO)
    module = fastai_reader.network_of(learner)
    _check_outputs(module, example, len(form.labels))
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what comes of it is compared in any case
            program = torch.export.export(module, (example,), dynamic_shapes=(free,))
            if not form.framing.fixed:
                program = program.run_decompositions({torch.ops.aten.adaptive_avg_pool2d.default: _averages})
            written = torch.onnx.export(program, verbose=False, output_names=fastai_reader.outputs_of(learner))
        if written is None:
            raise RuntimeError("the exporter gave nothing")
        written.save(folder / FILE)
        form.save(folder, export)
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise BadModel(f"This export's network cannot be made safe to serve: {reason}") from error


def _check_outputs(module: torch.nn.Module, example: torch.Tensor, classes: int) -> None:
    """Raises BadModel for a network that does not give one number for each class."""
    try:
        with torch.no_grad():
            given = module(example)
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise BadModel(f"This export's network fails on a picture: {reason}") from error
    logits = given[0] if isinstance(given, tuple) else given
    if logits.ndim != 2 or logits.shape[1] != classes:
        raise BadModel(export_check.wrong_outputs(classes, int(logits.shape[-1])))


def _averages(x: torch.Tensor, size: list[int]) -> torch.Tensor:
    """Adaptive average pooling as two products, for a picture of any size: ONNX knows windows of one size only."""

    def shares(length: int, count: int) -> torch.Tensor:
        window, place = torch.arange(count).unsqueeze(1), torch.arange(length)
        start, end = window * length // count, -(-(window + 1) * length // count)
        return ((place >= start) & (place < end)).float() / (end - start)

    return shares(x.shape[-2], size[0]) @ x @ shares(x.shape[-1], size[1]).T


@contextlib.contextmanager
def _middle_drawn() -> Iterator[None]:
    """RatioResize draws by chance, in validation too, where it cuts the last pixels: here always in the middle."""
    drawn, random.random = random.random, lambda: 0.5
    try:
        yield
    finally:
        random.random = drawn


def difference(learner: fv.Learner, form: SafeModel) -> float:
    """The largest difference in probability between `learner.predict` and the safe form, over pictures of odd shapes."""
    largest = 0.0
    noise = torch.Generator().manual_seed(0)
    for width, height in ((64, 64), (97, 61), (61, 130), (300, 200)):
        block = torch.randint(0, 256, (height // 8 + 1, width // 8 + 1, 3), generator=noise, dtype=torch.uint8)
        picture = Image.fromarray(block.numpy()).resize((width, height), Image.Resampling.BICUBIC)
        with learner.no_bar(), learner.no_logging(), _middle_drawn():
            expected = learner.predict(picture.convert(form.framing.mode))[2]
        if expected.min() < 0 or abs(expected.sum() - 1) > 1e-3:  # a loss without fastai's activation gives logits
            expected = expected.softmax(-1)
        answer = torch.from_numpy(softmax(form.run([form.framing(picture)]).logits)[0])
        largest = max(largest, (answer - expected.as_subclass(torch.Tensor)).abs().max().item())
    return largest
