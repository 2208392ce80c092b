"""Whether the heat lies on what decides, and whether a twin of a training picture is found: by construction there is an answer.

Marks (digits, and drawn shapes) of 64 to 96 pixels are pasted anywhere onto textures that tell nothing of the class. A head is
fitted on the frozen body, or the body is fine-tuned, and heat counts that lies on the mark or within one cell of it. Only
pictures count in which the mark decides: answered rightly, and otherwise once the mark is covered. Twins are training pictures
made smaller, brighter or darker and saved again as poor JPEGs.
"""

from __future__ import annotations

import io
import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from statistics import mean

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance
from sklearn.datasets import load_digits, load_sample_image

from benchmarks.measure import PICTURES, Figure
from model.artifacts import OnnxNetwork
from model.evaluation import LinearHead, fit_head
from model.explanation import heat_map
from model.features import FrozenBody, frozen_body
from model.images import open_picture

SEEDS = int(os.environ.get("VOILENS_SEEDS") or 3)
CLASSES, TAUGHT, JUDGED, TWINS = 5, 300, 60, 100
SIDE, CELL, SMALLEST, LARGEST = 224, 32, 64, 96
DETAIL = 2  # times larger are the photographs of which details are taken
PLAIN = 25.0  # of 256: what varies less in a detail shows nothing
EPOCHS = 3  # of the fine-tuning

Box = tuple[int, int, int]  # left, top, side
Network = Callable[[np.ndarray, Sequence[str]], tuple[np.ndarray, ...]]


def figures(scratch: Path) -> list[Figure]:
    """Percent of the heat that lies on a mark, and of twins that come first; means over the seeds."""
    body = frozen_body()
    draws = [(marks, seed) for marks in ("digits", "shapes") for seed in range(SEEDS)]
    found = {"frozen": [heat_on_marks(on_frozen(body, marks, seed), marks, seed) for marks, seed in draws]}
    if os.environ.get("VOILENS_TUNED"):  # some minutes more
        found["fine-tuned"] = [heat_on_marks(on_tuned(marks, 0), marks, 0) for marks in ("digits", "shapes")]
    figures = []
    for kind, shares in found.items():
        ours, plain = (100 * mean(share[place] for share in shares) for place in range(2))
        what = f"heat on a mark that decides, {kind} body"
        figures.append(Figure(what, "all of the heat", ours, 100.0, 0.8, "%", at_least=True))
        figures.append(Figure("the same", "the plain class activation map", ours, plain, 1.0, "%", at_least=True))
    twins = 100 * twins_found(body)
    figures.append(Figure("twins of training pictures that come first", "all twins", twins, 100.0, 0.95, "%", at_least=True))
    return figures


def heat_on_marks(network: Network, marks: str, seed: int) -> tuple[float, float]:
    """The share of the heat on the mark: ours, and that of the plain map; over the pictures whose mark decides."""
    pixels, labels, boxes = planted(marks, JUDGED, 2 * seed + 1)
    ours, plain, right = [], [], 0
    for picture, label, box in zip(pixels, labels, boxes, strict=True):
        logits, heat = network(picture[None], ("logits", "heat"))
        if logits[0].argmax() != label:
            continue
        right += 1
        (covered,) = network(_covered(picture, box)[None], ("logits",))
        if covered[0].argmax() == label:
            continue
        found = heat_map(network, picture[None], heat, int(label))
        assert found is not None
        ours.append(_share(found.places, box))
        plain.append(_share(np.maximum(heat[0, label], 0), box))
    counts = f"{right} of {len(labels)} answered rightly, {len(ours)} decided by the mark"
    print(f"{marks} {seed}: {counts}; heat {mean(ours):.3f}, plain map {mean(plain):.3f}", file=sys.stderr, flush=True)
    return mean(ours), mean(plain)


def _share(places: np.ndarray, box: Box) -> float:
    smooth = np.asarray(Image.fromarray(places.astype(np.float32)).resize((SIDE, SIDE), Image.Resampling.BILINEAR))
    left, top, side = box
    near = smooth[max(0, top - CELL) : top + side + CELL, max(0, left - CELL) : left + side + CELL]
    return float(near.sum() / max(float(smooth.sum()), 1e-9))


def on_frozen(body: FrozenBody, marks: str, seed: int) -> Network:
    """The frozen body with a head that was fitted on marks."""
    pixels, labels, _ = planted(marks, TAUGHT, 2 * seed)
    features = np.concatenate([body.see_pixels(some).features for some in _in_batches(pixels)])
    return with_head(OnnxNetwork(body.file), fit_head(features, labels, CLASSES))


def with_head(body: OnnxNetwork, head: LinearHead) -> Network:
    """What the safe form of the body with this head gives."""

    def network(pixels: np.ndarray, names: Sequence[str]) -> tuple[np.ndarray, ...]:
        features, maps = body(pixels, ("features", "maps"))
        heat = np.einsum("kc,nchw->nkhw", head.weight, maps) + head.bias[None, :, None, None]
        given = {"logits": head.logits(features), "features": features, "heat": heat}
        return tuple(given[name] for name in names)

    return network


def on_tuned(marks: str, seed: int) -> Network:
    """The body fine-tuned on marks, its batch norms at rest."""
    import torch
    from torch import nn

    from model.backbones import DEFAULT, find_backbone

    backbone = find_backbone(DEFAULT)
    pixels, labels, _ = planted(marks, TAUGHT, 2 * seed)
    torch.manual_seed(seed)
    middle, spread = (torch.tensor(each).view(1, 3, 1, 1) for each in (backbone.mean, backbone.std))
    body, head = backbone.build(pretrained=True), nn.Linear(backbone.width, CLASSES)
    groups = [{"params": body.parameters(), "lr": 2e-4}, {"params": head.parameters(), "lr": 3e-3}]
    optimizer = torch.optim.AdamW(groups)
    for _ in range(EPOCHS):
        order = torch.randperm(len(labels))
        for rows in order.split(16):
            maps = body.eval()((torch.from_numpy(pixels[rows.numpy()]).float() / 255 - middle) / spread)
            loss = nn.functional.cross_entropy(head(maps.mean((2, 3))), torch.from_numpy(labels[rows.numpy()]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    @torch.no_grad()
    def network(some: np.ndarray, names: Sequence[str]) -> tuple[np.ndarray, ...]:
        maps = body((torch.from_numpy(some).float() / 255 - middle) / spread)
        heat = torch.einsum("kc,nchw->nkhw", head.weight, maps) + head.bias[None, :, None, None]
        given = {"logits": heat.mean((2, 3)), "heat": heat}
        return tuple(given[name].numpy() for name in names)

    return network


def twins_found(body: FrozenBody) -> float:
    """The share of twins whose original is the most similar training picture, among TrashNet's where that is here."""
    files = sorted(PICTURES.glob("train/*/*"))[::3]
    draw = random.Random(0)
    pictures = [body.framing(open_picture(file)) for file in files] if files else _details()
    taught = _directions(body, pictures)
    chosen = draw.sample(range(len(pictures)), min(TWINS, len(pictures)))
    twins = _directions(body, [body.framing(_twin(pictures[place], draw)) for place in chosen])
    found = float(((twins @ taught.T).argmax(axis=1) == np.array(chosen)).mean())
    print(f"twins: {len(chosen)} among {len(pictures)}, first: {found:.3f}", file=sys.stderr, flush=True)
    return found


def _directions(body: FrozenBody, pictures: list[Image.Image]) -> np.ndarray:
    pixels = np.stack([np.asarray(picture) for picture in pictures]).transpose(0, 3, 1, 2)
    features = np.concatenate([body.see_pixels(np.ascontiguousarray(some)).features for some in _in_batches(pixels)])
    return features / np.linalg.norm(features, axis=1, keepdims=True)


def _details() -> list[Image.Image]:
    """Details of scikit-learn's two photographs, side by side and none twice, that show something."""
    found = []
    for name in ("china.jpg", "flower.jpg"):
        photo = Image.fromarray(load_sample_image(name))
        photo = photo.resize((DETAIL * photo.width, DETAIL * photo.height), Image.Resampling.BICUBIC)
        corners = product(range(0, photo.width - SIDE + 1, SIDE), range(0, photo.height - SIDE + 1, SIDE))
        found += [photo.crop((left, top, left + SIDE, top + SIDE)) for left, top in corners]
    return [detail for detail in found if np.asarray(detail.convert("L")).std() > PLAIN]  # no sky


def _twin(picture: Image.Image, draw: random.Random) -> Image.Image:
    smaller = picture.resize((180, 180), Image.Resampling.BILINEAR)
    stream = io.BytesIO()
    ImageEnhance.Brightness(smaller).enhance(draw.choice((0.85, 1.15))).save(stream, "JPEG", quality=50)
    return open_picture(stream.getvalue())


def _in_batches(pixels: np.ndarray) -> Iterator[np.ndarray]:
    yield from (pixels[start : start + 32] for start in range(0, len(pixels), 32))


# ---- pictures in which a mark alone decides


def planted(marks: str, count: int, seed: int) -> tuple[np.ndarray, np.ndarray, list[Box]]:
    """Pixels (count × 3 × SIDE × SIDE), labels, and where the mark of each lies."""
    draw = random.Random(f"{marks} {seed}")
    pictures, boxes = [], []
    labels = np.arange(count) % CLASSES
    for label in labels.tolist():
        picture, side = _texture(draw), draw.randint(SMALLEST, LARGEST)
        left, top = draw.randint(0, SIDE - side), draw.randint(0, SIDE - side)
        picture.paste((_digit if marks == "digits" else _shape)(draw, label, side), (left, top))
        pictures.append(np.asarray(picture))
        boxes.append((left, top, side))
    return np.ascontiguousarray(np.stack(pictures).transpose(0, 3, 1, 2)), labels, boxes


def _covered(pixels: np.ndarray, box: Box) -> np.ndarray:
    left, top, side = box
    covered = pixels.copy()
    covered[:, top : top + side, left : left + side] = pixels.mean(axis=(1, 2), keepdims=True).astype(np.uint8)
    return covered


def _texture(draw: random.Random) -> Image.Image:
    grain = draw.choice((6, 14, 40, 112))
    way = draw.choice((Image.Resampling.NEAREST, Image.Resampling.BICUBIC))
    return Image.frombytes("RGB", (grain, grain), draw.randbytes(grain * grain * 3)).resize((SIDE, SIDE), way)


def _digit(draw: random.Random, label: int, side: int) -> Image.Image:
    digits = load_digits()
    image = digits.images[draw.choice(np.flatnonzero(digits.target == label).tolist())]
    return Image.fromarray((255 - 15.9 * image).astype(np.uint8)).resize((side, side), Image.Resampling.BICUBIC).convert("RGB")


def _shape(draw: random.Random, label: int, side: int) -> Image.Image:
    image = Image.new("RGB", (side, side), "white")
    pen, colour = ImageDraw.Draw(image), tuple(draw.randrange(160) for _ in range(3))
    edge = 4, 4, side - 5, side - 5
    if label == 0:
        pen.ellipse(edge, fill=colour)
    elif label == 1:
        pen.rectangle(edge, fill=colour)
    elif label == 2:
        pen.polygon([(side // 2, 4), (side - 5, side - 5), (4, side - 5)], fill=colour)
    elif label == 3:
        pen.rectangle((side // 3, 4, 2 * side // 3, side - 5), fill=colour)
        pen.rectangle((4, side // 3, side - 5, 2 * side // 3), fill=colour)
    else:
        pen.ellipse(edge, outline=colour, width=side // 6)
    return image
