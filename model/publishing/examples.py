"""Up to six of a model's validation pictures, small, beside it, for its page to offer: where its owner says so, and not else.

One a class first, each answered rightly and surely. Knows pictures, labels and answers, no page.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from model.artifacts import example_pictures, registry
from model.classifier import Classifier
from model.core import evenly, put_in_place
from model.data import file_name_of
from model.errors import BadImage, BadUsage
from model.images import frame_files
from model.types import Item, Prediction

SIDE = 384  # pixels of the longer side of an example
LOOKED_AT = 30  # pictures of a class


def keep_examples(export: Path, classifier: Classifier, items: Sequence[Item]) -> list[Path]:
    """Keep examples of these pictures beside an export, in place of those that are there; give them.

    Raises BadUsage where none is answered rightly and surely, and for the shipped model, which has examples of its own.
    """
    if registry.is_shipped_place(export):
        raise BadUsage("The shipped model has examples of its own: pictures of yours belong beside a model of yours.")
    folder = example_pictures.beside(export)
    with tempfile.TemporaryDirectory(dir=export.parent) as scratch:
        made = Path(scratch, "examples")
        made.mkdir()
        for number, (label, content) in enumerate(_chosen(classifier, items), start=1):
            (made / file_name_of(f"{number}-{label}.jpg")).write_bytes(content)
        if not any(made.iterdir()):
            raise BadUsage("None of the validation pictures is answered rightly and surely: there is no example to show.")
        shutil.rmtree(folder, ignore_errors=True)
        put_in_place(made, folder)
    return example_pictures.of(export)


def _chosen(classifier: Classifier, items: Sequence[Item]) -> Iterator[tuple[str, bytes]]:
    """The label and a small JPEG of each example: round by round, the next good picture of every class."""
    good = {label: _good(classifier, label, items) for label in classifier.vocab}
    taken = count()
    while good:
        for label in list(good):
            content = next(good[label], None)
            if content is None:
                del good[label]
            elif next(taken) < example_pictures.MOST:
                yield label, content
            else:
                return


def _good(classifier: Classifier, label: str, items: Sequence[Item]) -> Iterator[bytes]:
    files = [item.path for item in evenly([item for item in items if item.label == label], LOOKED_AT)]
    for framed in frame_files(files, classifier.model.framing, SIDE):
        if isinstance(framed, BadImage):
            continue
        (answer,) = classifier.classify_opened([framed])
        if isinstance(answer, Prediction) and answer.label == label and answer.status == "sure":
            yield framed.photo
