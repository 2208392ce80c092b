"""Example pictures to click, where the owner of the model gave some. Knows files, no model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import traitlets as t

from model.artifacts import example_pictures
from model.images import to_data_url
from widgets.shared import BrowserWidget, script

Example = dict[str, str]  # file (a data URL), name, label


class Examples(BrowserWidget):
    """The strip of them; the browser hands the one that is clicked to the uploader."""

    _esm = script("classify/examples")

    examples = t.List(t.Dict(), help="see Example in examples.js").tag(sync=True)


def read(files: Iterable[Path], classes: Sequence[str]) -> list[Example]:
    """These pictures as the browser gets them. Raises OSError."""
    return [
        {
            "file": to_data_url(file.read_bytes()),
            "name": file.name,
            "label": example_pictures.label_of(file.name, classes),
        }
        for file in files
    ]
