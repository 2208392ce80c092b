"""How well a model tells what is unlike anything that it was taught: the score that it serves beside four others.

    python -m benchmarks.wary [EXPORT]

The pictures like those learned from are TrashNet's validation pictures. The others are drawn here, or come from scikit-learn
and from the folder of the data where there is one. Of each score is told how well it orders the two kinds (area under the ROC
curve); of the one served, also which share is caught at the card's threshold.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score

from benchmarks.measure import DATA, PICTURES
from model.artifacts import softmax
from model.classifier import BATCH, Classifier
from model.data import read_dataset
from model.evaluation import fit_familiarity, wilson
from model.images import open_picture

EACH, SIDE, NEAREST = 200, 224, 10
WORDS = ("box", "dogs", "fox", "jumps", "judges", "lazy", "my", "quartz", "quick", "seven", "the", "vow", "while", "wise")


class Seen(NamedTuple):
    """What the network gives for some pictures."""

    logits: np.ndarray
    embeddings: np.ndarray
    similarity: np.ndarray


def main(export: str | None) -> None:
    classifier = Classifier.load(export)
    photos = read_dataset(PICTURES)
    taught = _see(classifier, (open_picture(item.path) for item in photos.of("train")))
    labels = np.array([classifier.vocab.index(item.label) for item in photos.of("train")])
    like = _see(classifier, (open_picture(item.path) for item in photos.of("valid")))
    scores = _scores(taught, labels)
    threshold = classifier.card["thresholds"]["familiar"]
    called = int((like.similarity < threshold).sum())
    print(f"Called unfamiliar of {len(like.logits)} validation pictures: {_share(called, len(like.logits))}\n")
    print("| pictures | caught | " + " | ".join(scores) + " |\n|---|---|" + "---|" * len(scores))
    for name, pictures in _sources().items():
        others = _see(classifier, pictures)
        caught = _share(int((others.similarity < threshold).sum()), len(others.logits))
        curves = [_curve(score(like), score(others)) for score in scores.values()]
        print(f"| {name} | {caught} | " + " | ".join(f"{area:.3f}" for area in curves) + " |", flush=True)


def _scores(taught: Seen, labels: np.ndarray) -> dict[str, Callable[[Seen], np.ndarray]]:
    """Scores by their names: the higher, the more like what was taught."""
    known = _unit(taught.embeddings)
    last = fit_familiarity(taught.embeddings, labels)
    return {
        "served: Mahalanobis, last layer but one": lambda seen: seen.similarity,
        "Mahalanobis, last layer": lambda seen: last.scores(seen.embeddings),
        f"cosine to the {NEAREST}th nearest": lambda seen: np.sort(_unit(seen.embeddings) @ known.T, axis=1)[:, -NEAREST],
        "energy": lambda seen: np.logaddexp.reduce(seen.logits.astype(np.float64), axis=1),
        "highest probability": lambda seen: softmax(seen.logits).max(axis=1),
    }


def _sources() -> dict[str, Iterator[Image.Image]]:
    draw = np.random.default_rng(0)
    found: dict[str, Iterator[Image.Image]] = {
        "scikit-learn's digits": (_digit(image) for image in load_digits().images[:EACH]),
        "pages of text, drawn": (_text(draw) for _ in range(EACH)),
        "coloured shapes, drawn": (_shapes(draw) for _ in range(EACH)),
        "cloudy textures, drawn": (_texture(draw) for _ in range(EACH)),
        "noise": (Image.fromarray(draw.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)) for _ in range(EACH)),
    }
    if (DATA / "cats-dogs").is_dir():
        found["cats and dogs, photos"] = (open_picture(item.path) for item in read_dataset(DATA / "cats-dogs").of("all"))
    if (DATA / "tiny-imagenet-50k.zip").is_file():
        found["Tiny ImageNet, one of each class"] = _zipped(DATA / "tiny-imagenet-50k.zip")
    return found


def _digit(image: np.ndarray) -> Image.Image:
    return Image.fromarray((image * 15.9).astype(np.uint8)).convert("RGB").resize((SIDE, SIDE))


def _text(draw: np.random.Generator) -> Image.Image:
    page = Image.new("RGB", (450, 600), tuple(draw.integers(235, 256, 3)))
    pen = ImageDraw.Draw(page)
    for line in range(int(draw.integers(10, 40))):
        pen.text((30, 20 + 14 * line), " ".join(draw.choice(WORDS, int(draw.integers(3, 11)))), fill=(20, 20, 25))
    return page


def _shapes(draw: np.random.Generator) -> Image.Image:
    board = Image.new("RGB", (SIDE, SIDE), tuple(draw.integers(0, 256, 3)))
    pen = ImageDraw.Draw(board)
    for _ in range(int(draw.integers(1, 7))):
        left, top, width, height = map(int, draw.integers((0, 0, 20, 20), (160, 160, 100, 100)))
        shape = (pen.ellipse, pen.rectangle)[int(draw.integers(2))]
        shape((left, top, left + width, top + height), fill=tuple(draw.integers(0, 256, 3)))
    return board


def _texture(draw: np.random.Generator) -> Image.Image:
    grain = draw.integers(0, 256, (28, 28, 3), dtype=np.uint8)
    return Image.fromarray(grain).resize((SIDE, SIDE), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(3))


def _zipped(archive: Path) -> Iterator[Image.Image]:
    with zipfile.ZipFile(archive) as pictures:
        names = sorted(name for name in pictures.namelist() if name.endswith(".JPEG"))
        first = {name.split("/")[1]: name for name in reversed(names)}
        for name in list(first.values())[:EACH]:
            yield open_picture(io.BytesIO(pictures.read(name)).getvalue())


def _see(classifier: Classifier, pictures: Iterator[Image.Image]) -> Seen:
    framed, parts = [], []
    for picture in pictures:
        framed.append(classifier.model.framing(picture))
        if len(framed) == BATCH:
            parts.append(classifier.model.run(framed))
            framed = []
    if framed:
        parts.append(classifier.model.run(framed))
    return Seen(*(np.concatenate([getattr(part, name) for part in parts]) for name in Seen._fields))


def _curve(like: np.ndarray, others: np.ndarray) -> float:
    return float(roc_auc_score([1] * len(like) + [0] * len(others), np.concatenate([like, others])))


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _share(count: int, total: int) -> str:
    low, high = wilson(count, total)
    return f"{count} of {total} ({100 * low:.1f} to {100 * high:.1f} %)"


if __name__ == "__main__":
    main(sys.argv[1] if sys.argv[1:] else None)
